using System.Text;
using System.Text.Json;

namespace RetainActors.Cli.MarkdownPipeline;

/// <summary>The files of a bank that show all of it: <c>index.md</c>, <c>facts.jsonl</c>, and the lines of <c>log.md</c>.</summary>
internal static class BankPages
{
    public static string Index(string name, Bank bank)
    {
        var sources = bank.Published.ToArray();
        var keys = bank.PageKeys.ToArray();
        var index = new StringBuilder();
        index.Append("# ").Append(MarkdownText.Escape(name)).Append("\n\n");
        index.Append(Count(sources.Length, "source")).Append(", ").Append(Count(keys.Length, "page")).Append(", ")
            .Append(Count(sources.Sum(source => source.Contribution.Facts.Length), "fact")).Append(" in [facts.jsonl](facts.jsonl).\n");

        index.Append("\n## Pages\n");
        if (keys.Length > 0) index.Append('\n');
        foreach (var key in keys)
            index.Append("- [").Append(MarkdownText.Escape(bank.NameOf(key)!)).Append("](wiki/").Append(WikiPage.FileNameOf(key)).Append("): ")
                .Append(Count(bank.CountOfSources(key), "source")).Append('\n');

        index.Append("\n## Sources\n");
        if (sources.Length > 0) index.Append('\n');
        foreach (var (source, contribution) in sources)
            index.Append("- ").Append(MarkdownText.Escape(contribution.Title)).Append(" ([").Append(MarkdownText.Escape(source))
                .Append("](sources/").Append(SourceFile.NameOf(source)).Append(")): ").Append(Counts(contribution)).Append('\n');
        return index.ToString();
    }

    public static string Facts(Bank bank)
    {
        var lines = new StringBuilder();
        foreach (var (source, contribution) in bank.Published)
            foreach (var fact in contribution.Facts)
                lines.Append(JsonSerializer.Serialize(new FactLine(source, fact.Section, fact.Text, fact.Entities), BankJson.Lines.FactLine)).Append('\n');
        return lines.ToString();
    }

    public static string LogHeading(string name) => $"# Log of {MarkdownText.Escape(name)}\n\n";

    public static string LogLine(string source, string startedAt, Contribution contribution) =>
        $"- {startedAt} {MarkdownText.Escape(source)}: {Counts(contribution)}\n";

    private static string Counts(Contribution contribution) =>
        $"{Count(contribution.SectionCount, "section")}, {Count(contribution.Facts.Length, "fact")}, "
        + $"{Count(contribution.Entities.Length, "entity", "entities")}, {Count(contribution.Links.Length, "link")}";

    private static string Count(int count, string one, string? many = null) => count == 1 ? $"1 {one}" : $"{count} {many ?? one + "s"}";
}
