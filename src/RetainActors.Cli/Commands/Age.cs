using System.Globalization;

namespace RetainActors.Cli.Commands;

/// <summary>Lengths of time as people write them: a whole number with s, m, h or d.</summary>
internal static class Age
{
    private static readonly (char Unit, int Seconds)[] Units = [('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)];

    /// <summary>Null when the text is no age.</summary>
    public static TimeSpan? Parse(string text)
    {
        var seconds = Units.FirstOrDefault(unit => unit.Unit == text.LastOrDefault()).Seconds;
        return seconds > 0 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && (long)number * seconds < int.MaxValue
            ? TimeSpan.FromSeconds((long)number * seconds)
            : null;
    }

    /// <summary>In the largest unit of which there is at least one, rounded down.</summary>
    public static string Text(TimeSpan age)
    {
        var total = Math.Max(0, (long)age.TotalSeconds);
        var (unit, seconds) = Units.FirstOrDefault(unit => total >= unit.Seconds, Units[^1]);
        return string.Create(CultureInfo.InvariantCulture, $"{total / seconds}{unit}");
    }
}
