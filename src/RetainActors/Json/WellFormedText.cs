using System.Buffers;
using System.Text;

namespace RetainActors.Json;

/// <summary>JSON and UTF-8 cannot hold a lone surrogate; writers would silently replace it.</summary>
internal static class WellFormedText
{
    /// <summary>Index of the first lone surrogate; null when there is none.</summary>
    public static int? LoneSurrogateIn(string text)
    {
        var first = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        if (first < 0) return null;
        for (var rest = text.AsSpan(first); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out _, out var consumed) != OperationStatus.Done) return text.Length - rest.Length;
            rest = rest[consumed..];
        }

        return null;
    }

    /// <summary>The text with every lone surrogate replaced by U+FFFD.</summary>
    public static string Replace(string text) => LoneSurrogateIn(text) is null ? text : Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
