using System.Text;

namespace RetainActors.Cli.MarkdownPipeline;

/// <summary>Text of others, written so that no Markdown reader takes it for anything but text.</summary>
internal static class MarkdownText
{
    public static string Escape(string text)
    {
        var line = PlainText.OneLine(text);
        var escaped = new StringBuilder(line.Length + 8);
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            switch (c)
            {
                case '<': escaped.Append("&lt;"); break;
                case '>': escaped.Append("&gt;"); break;
                case '&': escaped.Append("&amp;"); break;
                case '\\' or '`' or '*' or '[' or ']' or '~' or '|' or '$': escaped.Append('\\').Append(c); break;
                case '_' when !IsInsideWord(line, i): escaped.Append("\\_"); break;
                // Marks that mean something only where a line begins.
                case '#' or '-' or '+' or '=' or ':' when i == 0: escaped.Append('\\').Append(c); break;
                case '.' or ')' when i is > 0 and < 10 && line.AsSpan(0, i).IndexOfAnyExceptInRange('0', '9') < 0: escaped.Append('\\').Append(c); break;
                // Keeps readers that link bare addresses from doing so.
                case ':' when i + 2 < line.Length && line[i + 1] == '/' && line[i + 2] == '/': escaped.Append("&#58;"); break;
                default: escaped.Append(c); break;
            }
        }

        return escaped.ToString();
    }

    /// <summary>A web address for a link's destination; null for every other scheme.</summary>
    public static string? WebAddress(string target)
    {
        if (!Uri.TryCreate(target, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)) return null;
        return uri.AbsoluteUri.Replace("(", "%28", StringComparison.Ordinal).Replace(")", "%29", StringComparison.Ordinal)
            .Replace("<", "%3C", StringComparison.Ordinal).Replace(">", "%3E", StringComparison.Ordinal).Replace("\\", "%5C", StringComparison.Ordinal);
    }

    private static bool IsInsideWord(string line, int index) =>
        index > 0 && index + 1 < line.Length && char.IsLetterOrDigit(line[index - 1]) && char.IsLetterOrDigit(line[index + 1]);
}
