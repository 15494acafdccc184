using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using RetainActors.Cli;
using RetainActors.Release.Tests.Packages;

namespace RetainActors.Release.Tests.Snippets;

/// <summary>A line of a shell block: whether the programs in it would take it.</summary>
internal static partial class ShellLine
{
    private static readonly string[] Starts = ["retain ", "tools/retain ", "dotnet run --project src/RetainActors.Cli -- "];

    private static readonly Lazy<string> Replayed = new(() =>
        string.Join('\n', CodeBlock.Pages.SelectMany(CodeBlock.Of).Where(block => block.Language == "console").SelectMany(block => block.Lines).Where(line => line.StartsWith("$ ", StringComparison.Ordinal))));

    /// <summary>What is wrong with the line; null when nothing is.</summary>
    public static string? ProblemOf(string line) =>
        line.Length == 0 || line[0] == '#' ? null : line.Split(" | ").Select(command => ProblemOfCommand(command.Trim())).FirstOrDefault(problem => problem is not null);

    private static string? ProblemOfCommand(string shown)
    {
        var command = Substitution().Replace(shown, "$1");
        if (Starts.FirstOrDefault(start => command.StartsWith(start, StringComparison.Ordinal)) is { } start) return ProblemOfArguments(command[start.Length..]);
        return IsKnown(command) || Replayed.Value.Contains(command, StringComparison.Ordinal)
            ? null
            : $"'{command}' is no command of the tool, and no page that is replayed has it";
    }

    /// <summary>The tool itself reads them; that a folder of the example is not here is no fault of the page.</summary>
    private static string? ProblemOfArguments(string arguments) => CommandLine.Create().Parse([.. CommandLineParser.SplitCommandLine(Redirection().Replace(arguments, ""))]).Errors
        .Select(error => error.Message).FirstOrDefault(message => !message.StartsWith("FolderMissing", StringComparison.Ordinal));

    private static bool IsKnown(string command) => command.Split(' ') switch
    {
        ["dotnet", "test"] or ["dotnet", "tool", "restore"] => true,
        ["dotnet", "tool", "install", "RetainActors.Cli", "--tool-path", _] => true,
        ["dotnet", "cake", "--target", var target, ..] => File.ReadAllText(Repository.File("build.cake")).Contains($"Task(\"{target}\")", StringComparison.Ordinal),
        ["dotnet", "run", "-c", "Release", "--project", var project, "--", ..] => Directory.Exists(Repository.File(project)),
        ["dotnet", "add", "package", var id] => PackedPackages.Ids.Contains(id),
        _ => false,
    };

    /// <summary>What a shell reads as if it were a file.</summary>
    [GeneratedRegex(@"^source <\((.+)\)$")]
    private static partial Regex Substitution();

    [GeneratedRegex(@" 2?>>? ?\S+")]
    private static partial Regex Redirection();
}
