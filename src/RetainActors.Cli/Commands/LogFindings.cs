using RetainActors.Storage;

namespace RetainActors.Cli.Commands;

/// <summary>What the findings of one look at a journal mean together: the exit code, and what the operator should do.</summary>
internal sealed class LogFindings
{
    private readonly HashSet<StorageFailure> _kinds = [];
    private readonly HashSet<string> _files = new(StringComparer.Ordinal);

    /// <summary>Damage is 3; what only this version or this user cannot read is no damage.</summary>
    public int ExitCode => IsDamaged ? Cli.ExitCode.Corrupt : _kinds.Count > 0 ? Cli.ExitCode.Failed : Cli.ExitCode.Ok;

    private bool IsDamaged => _kinds.Contains(StorageFailure.SegmentCorrupt) || _kinds.Contains(StorageFailure.SegmentMissing);

    public void Add(LogFinding finding)
    {
        _kinds.Add(finding.Kind);
        _files.Add(finding.File);
    }

    /// <summary>Whether something was found in the file.</summary>
    public bool AreIn(string file) => _files.Contains(file);

    /// <summary>Writes what to do, one line for each cause; nothing when nothing was found.</summary>
    public void Explain(TextWriter error, string directory)
    {
        var root = Path.GetDirectoryName(directory);
        if (_kinds.Contains(StorageFailure.FormatTooNew))
            Line($"A newer version of RetainActors wrote in {root}. Use that version; what this one cannot read may well be sound.");
        if (_kinds.Contains(StorageFailure.RootUnavailable))
            Line($"Parts of {root} cannot be read. Check the device and the permissions, then look again.");
        if (IsDamaged)
            Line($"Restore {root} from a backup. Without one, stop its owner and run retain log repair --root {root} --output NEW.");

        void Line(string text) => error.WriteLine(PlainText.OneLine(text));
    }
}
