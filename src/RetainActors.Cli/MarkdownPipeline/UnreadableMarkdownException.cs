namespace RetainActors.Cli.MarkdownPipeline;

/// <summary>The text is no Markdown document that can be read; the message says why.</summary>
internal sealed class UnreadableMarkdownException(string message, Exception cause) : Exception(message, cause);
