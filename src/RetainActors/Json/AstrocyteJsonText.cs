using System.Globalization;
using System.Text;
using System.Text.Json;

namespace RetainActors.Json;

/// <summary>
/// JSON as Python's <c>json.dumps(value, indent=2)</c> writes it: everything but printable ASCII escaped, no line feed at the end. Numbers
/// keep the text they were read with.
/// </summary>
internal static class AstrocyteJsonText
{
    private const int IndentSize = 2;

    /// <summary>Python's <c>repr</c> turns to an exponent from 10^16 on, and below 10^-4.</summary>
    private const int LargestPoint = 16;
    private const int SmallestPoint = -3;

    public static byte[] Write(JsonElement value)
    {
        var text = new StringBuilder();
        Append(text, value, 0);
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>A finite number as Python writes a <c>float</c>: the shortest digits that give it back, with a point or an exponent.</summary>
    public static string OfFloat(double value)
    {
        var shortest = value.ToString("R", CultureInfo.InvariantCulture).Split('E');
        var sign = shortest[0].StartsWith('-') ? "-" : "";
        var parts = shortest[0][sign.Length..].Split('.');
        var exponent = shortest.Length > 1 ? int.Parse(shortest[1], CultureInfo.InvariantCulture) : 0;
        var all = string.Concat(parts);
        var digits = all.TrimStart('0');
        // The value is 0.DIGITS times ten to the power of this.
        var point = parts[0].Length + exponent - (all.Length - digits.Length);
        digits = digits.TrimEnd('0');
        if (digits.Length == 0) return sign + "0.0";
        if (point is > LargestPoint or < SmallestPoint)
        {
            var fraction = digits.Length > 1 ? "." + digits[1..] : "";
            return $"{sign}{digits[0]}{fraction}e{(point > 0 ? '+' : '-')}{Math.Abs(point - 1):00}";
        }

        return point <= 0 ? $"{sign}0.{new string('0', -point)}{digits}"
            : point >= digits.Length ? $"{sign}{digits.PadRight(point, '0')}.0"
            : $"{sign}{digits[..point]}.{digits[point..]}";
    }

    private static void Append(StringBuilder text, JsonElement value, int depth)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                AppendItems(text, '{', '}', value.EnumerateObject().ToList(), depth, member =>
                {
                    AppendText(text, member.Name);
                    text.Append(": ");
                    Append(text, member.Value, depth + 1);
                });
                break;
            case JsonValueKind.Array:
                AppendItems(text, '[', ']', value.EnumerateArray().ToList(), depth, item => Append(text, item, depth + 1));
                break;
            case JsonValueKind.String:
                AppendText(text, value.GetString()!);
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    private static void AppendItems<T>(StringBuilder text, char open, char close, List<T> items, int depth, Action<T> append)
    {
        text.Append(open);
        for (var i = 0; i < items.Count; i++)
        {
            text.Append(i == 0 ? "\n" : ",\n").Append(' ', IndentSize * (depth + 1));
            append(items[i]);
        }

        if (items.Count > 0) text.Append('\n').Append(' ', IndentSize * depth);
        text.Append(close);
    }

    private static void AppendText(StringBuilder text, string value)
    {
        text.Append('"');
        foreach (var unit in value)
            _ = unit switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                >= ' ' and <= '~' => text.Append(unit),
                _ => text.Append("\\u").Append(((int)unit).ToString("x4", CultureInfo.InvariantCulture)),
            };
        text.Append('"');
    }
}
