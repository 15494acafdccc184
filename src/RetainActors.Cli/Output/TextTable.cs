using System.Globalization;
using Spectre.Console;

namespace RetainActors.Cli.Output;

/// <summary>Tables for people: foreign text cannot draw, and rows stay whole in a pipe.</summary>
internal static class TextTable
{
    /// <summary>A pipe says 80; rows are easier to read, and to search, whole.</summary>
    private const int MinWidth = 140;

    public static void Write(TextWriter output, Table table)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = Math.Max(console.Profile.Width, MinWidth);
        console.Write(table);
    }

    public static Markup Cell(string? text) => new(Markup.Escape(PlainText.OneLine(text ?? "")));

    public static Markup Cell(long number) => Cell(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>A time in UTC, to the second; empty when there is none.</summary>
    public static Markup Cell(Timestamp? time) => Cell(time is null ? null : TimeText(time));

    /// <summary>A time in UTC, to the second.</summary>
    public static string TimeText(Timestamp time) => time.Instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
