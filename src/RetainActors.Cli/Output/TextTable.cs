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

    public static Markup Cell(string? text) => new(Markup.Escape(TerminalText.OneLine(text ?? "")));

    public static Markup Cell(long number) => Cell(number.ToString(CultureInfo.InvariantCulture));
}
