using System.Text.RegularExpressions;
using Akka.Configuration.Hocon;

namespace RetainActors.Cli.Configuration;

/// <summary>Keys and values as HOCON that can be read back.</summary>
internal static partial class HoconWriter
{
    public static string Key(string name) => PlainKey().IsMatch(name) ? name : Quoted(name);

    public static string Text(HoconValue value)
    {
        // Akka takes an empty array for none.
        if (value.IsArray() || value.Values.Any(element => element is HoconArray)) return $"[{string.Join(", ", value.GetArray().Select(Text))}]";
        if (value.IsObject()) return $"{{ {string.Join(", ", value.GetObject().Items.Select(member => $"{Key(member.Key)} = {Text(member.Value)}"))} }}";
        return value.GetString() is { } text ? PlainValue().IsMatch(text) ? text : Quoted(text) : "null";
    }

    public static string Quoted(string text) =>
        '"' + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal) + '"';

    [GeneratedRegex(@"^[A-Za-z0-9_-]+\z")]
    private static partial Regex PlainKey();

    [GeneratedRegex(@"^[A-Za-z0-9_.-]+( [A-Za-z0-9_.-]+)*\z")]
    private static partial Regex PlainValue();
}
