using RetainActors.Cli.Sources;
using RetainActors.Runs;

namespace RetainActors.Cli.Node;

/// <summary>The texts of one bank, from the folder that <c>retain run</c> would read, in the same way.</summary>
internal sealed class FolderTexts(string bank, string folder) : ISourceTexts
{
    private readonly string _folder = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;

    /// <exception cref="InvalidDataException">There is a file, and it cannot be retained; the message says why and what to do.</exception>
    public Task<string?> FindAsync(CheckpointKey key, CancellationToken cancellationToken)
    {
        // An id is what any node asked for: it leads nowhere but below the folder.
        var path = Path.GetFullPath(Path.Combine(_folder, key.Source));
        if (key.Bank != bank || !path.StartsWith(_folder, StringComparison.Ordinal) || !File.Exists(path)) return Task.FromResult<string?>(null);
        var (text, problem) = SourceReader.Read(path);
        return problem is null ? Task.FromResult(text) : throw new InvalidDataException(problem.Detail);
    }
}
