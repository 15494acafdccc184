using System.Text;

namespace RetainActors.Cli;

/// <summary>Text of others where people read it: on a terminal, a page, or in a report.</summary>
internal static class PlainText
{
    /// <summary>
    /// One line of well-formed text: runs of white space become one space; control characters and those that change the
    /// direction, move a cursor or hide in text are dropped.
    /// </summary>
    public static string OneLine(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                if (line.Length > 0 && line[^1] != ' ') line.Append(' ');
            }
            else if (!Rune.IsControl(rune) && Rune.GetUnicodeCategory(rune) != System.Globalization.UnicodeCategory.Format)
            {
                line.Append(rune);
            }
        }

        return line.ToString().TrimEnd();
    }

    /// <summary>At most so many UTF-16 code units, cut between words where possible and never inside a character.</summary>
    public static string Shorten(string text, int maxLength)
    {
        if (text.Length <= maxLength) return text;
        var cut = text.LastIndexOf(' ', maxLength - 1);
        if (cut < maxLength / 2) cut = char.IsHighSurrogate(text[maxLength - 2]) ? maxLength - 2 : maxLength - 1;
        return text[..cut].TrimEnd() + "…";
    }
}
