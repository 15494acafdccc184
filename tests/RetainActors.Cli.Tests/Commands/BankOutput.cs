using System.Text;

namespace RetainActors.Cli.Tests.Commands;

/// <summary>All files of a bank on the disk but the log, as one text.</summary>
internal static class BankOutput
{
    public static string Of(string root, string bankDirectory)
    {
        var bank = Path.Combine(root, "banks", bankDirectory);
        var output = new StringBuilder();
        string[] paths = ["index.md", "facts.jsonl", .. Files(bank, "wiki"), .. Files(bank, "sources")];
        foreach (var path in paths) output.Append("=== ").Append(path).Append('\n').Append(File.ReadAllText(Path.Combine(bank, path)));
        return output.ToString();
    }

    private static IEnumerable<string> Files(string bank, string directory) =>
        Directory.GetFiles(Path.Combine(bank, directory)).Select(path => $"{directory}/{Path.GetFileName(path)}").Order(StringComparer.Ordinal);
}
