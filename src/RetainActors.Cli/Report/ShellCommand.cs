using System.Globalization;
using System.Text;

namespace RetainActors.Cli.Report;

/// <summary>Command lines of this tool that a POSIX shell takes as they are, whatever is in the ids.</summary>
/// <param name="root">The root; null when the checkpoints are in the database that the file names.</param>
/// <param name="configFile">The user's file.</param>
internal sealed class ShellCommand(string? root, string? configFile)
{
    /// <summary>Whether the commands that change a root can be used.</summary>
    public bool IsOfRoot => root is not null;

    public static ShellCommand For(RetainConfig config) => new(config.IsDatabase ? null : config.Root, config.File);

    /// <summary>A command about one checkpoint; its operands stand behind <c>--</c> where one could be taken for something else.</summary>
    public string Of(string command, params string[] operands) => string.Join(' ',
    [
        "retain", command, .. Common(), .. operands.Any(IsSpecial) ? ["--"] : Array.Empty<string>(), .. operands.Select(Quote),
    ]);

    /// <summary>The run of a bank. From where its texts come no checkpoint tells, so FOLDER is the reader's to fill in.</summary>
    /// <remarks>In a cluster a node asks for all sources of its file.</remarks>
    public string Run(string bank) =>
        string.Join(' ', IsOfRoot ? ["retain", "run", .. Common(), Option("--bank", bank), "FOLDER"] : ["retain", "node", .. Common()]);

    private IEnumerable<string> Common()
    {
        if (root is not null) yield return Option("--root", root);
        if (configFile is not null) yield return Option("--config", configFile);
    }

    private static string Option(string name, string value) => IsSpecial(value) ? $"{name}={Quote(value)}" : $"{name} {Quote(value)}";

    /// <summary>Whether the parser would take it for an option, or for the name of a file with arguments.</summary>
    private static bool IsSpecial(string argument) => argument.StartsWith('-') || argument.StartsWith('@');

    /// <summary>One word; characters that cannot be seen are written as octal escapes, so that a copy from the page is exact.</summary>
    public static string Quote(string text)
    {
        if (text.Length > 0 && text.All(character => char.IsAsciiLetterOrDigit(character) || "._-/:+,@%=".Contains(character, StringComparison.Ordinal))) return text;
        if (!text.EnumerateRunes().Any(IsUnseen)) return $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
        var quoted = new StringBuilder("$'");
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsUnseen(rune))
                foreach (var value in Encoding.UTF8.GetBytes(rune.ToString())) quoted.Append('\\').Append(Convert.ToString(value, 8).PadLeft(3, '0'));
            else if (rune.Value is '\'' or '\\')
                quoted.Append('\\').Append(rune);
            else
                quoted.Append(rune);
        }

        return quoted.Append('\'').ToString();
    }

    /// <summary>Whether a character cannot be told from others, or moves them, on a page; an ordinary space can be told.</summary>
    public static bool IsUnseen(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.PrivateUse || (rune.Value != ' ' && Rune.IsWhiteSpace(rune));
}
