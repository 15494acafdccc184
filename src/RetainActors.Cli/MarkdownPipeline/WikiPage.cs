using System.Text;

namespace RetainActors.Cli.MarkdownPipeline;

/// <summary>All that a bank knows of one entity, as a page for people.</summary>
internal sealed record WikiPage(
    string Key,
    string Name,
    IReadOnlyList<(string Source, string Title, Entity Entity)> Sources,
    IReadOnlyList<(string Key, string Name)> Related,
    IReadOnlyList<string> WebAddresses)
{
    public const int MaxRelated = 8;

    public static string IdOf(string key) => SafeFileName.Of(key);

    public static string FileNameOf(string key) => IdOf(key) + ".md";

    public string Render()
    {
        var page = new StringBuilder();
        page.Append("# ").Append(MarkdownText.Escape(Name)).Append("\n\n");
        page.Append(Sources.Count == 1 ? "Mentioned in one source" : $"Mentioned in {Sources.Count} sources").Append(" of [this bank](../index.md).\n");
        foreach (var (source, title, entity) in Sources) AppendSource(page, source, title, entity);
        if (Related.Count > 0)
            page.Append("\n## See also\n\n")
                .AppendJoin(" · ", Related.Select(other => $"[{MarkdownText.Escape(other.Name)}]({FileNameOf(other.Key)})")).Append('\n');
        if (WebAddresses.Count > 0)
        {
            page.Append("\n## On the web\n\n");
            foreach (var address in WebAddresses) page.Append("- [").Append(MarkdownText.Escape(address[(address.IndexOf("//", StringComparison.Ordinal) + 2)..])).Append("](").Append(address).Append(")\n");
        }

        return page.ToString();
    }

    private static void AppendSource(StringBuilder page, string source, string title, Entity entity)
    {
        page.Append("\n## ").Append(MarkdownText.Escape(title)).Append("\n\n");
        page.Append('[').Append(MarkdownText.Escape(source)).Append("](../sources/").Append(SourceFile.NameOf(source)).Append(")\n");
        foreach (var mention in entity.Mentions)
        {
            page.Append("\nIn *").Append(MarkdownText.Escape(mention.Section)).Append('*');
            if (mention.Quote.Length == 0) page.Append(".\n");
            else page.Append(":\n\n> ").Append(MarkdownText.Escape(mention.Quote)).Append('\n');
        }
    }
}
