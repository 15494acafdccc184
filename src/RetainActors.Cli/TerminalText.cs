using RetainActors.Cli.MarkdownPipeline;

namespace RetainActors.Cli;

/// <summary>Text of others on a terminal: one line, without characters that move the cursor, change colours or hide text.</summary>
internal static class TerminalText
{
    public static string OneLine(string text) => SentenceSplitter.OneLine(text);
}
