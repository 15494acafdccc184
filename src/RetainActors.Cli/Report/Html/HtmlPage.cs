using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace RetainActors.Cli.Report.Html;

/// <summary>An HTML text that grows. What is written between the holes is markup; what is put into them is foreign text and always escaped.</summary>
internal sealed class HtmlPage
{
    private readonly StringBuilder _text = new();

    /// <summary>Adds markup.</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Performance", "CA1822", Justification = "The compiler passes this page to the handler, which has written the parts into it.")]
    public void Add([InterpolatedStringHandlerArgument("")] Hole _)
    {
    }

    /// <summary>Adds a style sheet of ours.</summary>
    public void AddStyle(string css) => _text.Append("<style>").Append(css).Append("</style>\n");

    public byte[] ToUtf8() => Encoding.UTF8.GetBytes(_text.ToString());

    /// <summary>
    /// Foreign text between tags or in a quoted attribute. A character that cannot be seen, or that would turn the text around it, stands
    /// there by its number.
    /// </summary>
    private void AppendEscaped(string text)
    {
        foreach (var rune in text.EnumerateRunes())
            _ = rune.Value switch
            {
                '&' => _text.Append("&amp;"),
                '<' => _text.Append("&lt;"),
                '>' => _text.Append("&gt;"),
                '"' => _text.Append("&quot;"),
                '\'' => _text.Append("&#39;"),
                // Ours, between the thousands of a number.
                '\u202F' => _text.Append('\u202F'),
                _ when ShellCommand.IsUnseen(rune) => _text.Append(CultureInfo.InvariantCulture, $"⟨U+{rune.Value:X4}⟩"),
                _ => _text.Append(rune),
            };
    }

    /// <summary>Takes the parts of one interpolated string.</summary>
    [InterpolatedStringHandler]
    internal readonly ref struct Hole(int literalLength, int formattedCount, HtmlPage page)
    {
        private readonly HtmlPage _page = Reserve(page, literalLength + (16 * formattedCount));

        public void AppendLiteral(string markup) => _page._text.Append(markup);

        public void AppendFormatted(string? text) => _page.AppendEscaped(text ?? "");

        public void AppendFormatted(long number) => _page._text.Append(number);

        /// <summary>A length in percent.</summary>
        public void AppendFormatted(double number) => _page._text.Append(CultureInfo.InvariantCulture, $"{number:0.##}");

        private static HtmlPage Reserve(HtmlPage page, int length)
        {
            if (page._text.Capacity - page._text.Length < length) page._text.EnsureCapacity(Math.Max(page._text.Length + length, page._text.Capacity * 2));
            return page;
        }
    }
}
