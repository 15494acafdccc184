using System.Globalization;
using RetainActors.Cli.Output;

namespace RetainActors.Cli.Report;

/// <summary>Numbers for people, with a unit that keeps them short.</summary>
internal static class Format
{
    private static readonly string[] ByteUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    public static string Age(double? seconds) => seconds switch
    {
        null => "unknown",
        < 120 => Text($"{Math.Floor(seconds.Value)} s"),
        < 7200 => Text($"{Math.Floor(seconds.Value / 60)} min"),
        < 172_800 => Text($"{Math.Floor(seconds.Value / 3600)} h"),
        _ => Text($"{Math.Floor(seconds.Value / 86_400)} d"),
    };

    public static string Ago(double? seconds) => seconds switch
    {
        null => "at an unknown time",
        < 1 => "just now",
        _ => Age(seconds) + " ago",
    };

    public static string Duration(double? milliseconds) => milliseconds switch
    {
        null => "–",
        < 0.05 => "< 0.1 ms",
        < 10 => Text($"{milliseconds.Value:0.0} ms"),
        < 1000 => Text($"{milliseconds.Value:0} ms"),
        < 60_000 => Text($"{milliseconds.Value / 1000:0.0} s"),
        < 3_600_000 => Text($"{milliseconds.Value / 60_000:0.0} min"),
        < 86_400_000 => Text($"{milliseconds.Value / 3_600_000:0.0} h"),
        _ => Text($"{milliseconds.Value / 86_400_000:0.0} d"),
    };

    public static string Bytes(long bytes)
    {
        var (size, unit) = ((double)bytes, 0);
        for (; size >= 1024 && unit < ByteUnits.Length - 1; unit++) size /= 1024;
        return unit == 0 ? Text($"{bytes} B") : Text($"{size:0.0} {ByteUnits[unit]}");
    }

    /// <summary>Thousands apart by a space that no line breaks at.</summary>
    public static string Count(long number) => number.ToString("#,0", CultureInfo.InvariantCulture).Replace(',', '\u202F');

    /// <summary>A time as it is stored, in UTC to the second.</summary>
    public static string Time(string? timestamp) =>
        Timestamp.TryParse(timestamp, out var time) ? TextTable.TimeText(time) : "unknown";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
