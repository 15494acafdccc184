using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace RetainActors;

/// <summary>
/// A point in time that keeps its ISO 8601 text, so that what another writer stored (naive or with an offset, any
/// precision) is written back unchanged. Equality is that of the text.
/// </summary>
[JsonConverter(typeof(Converter))]
public sealed partial record Timestamp
{
    private const string OwnFormat = "yyyy-MM-dd'T'HH:mm:ss.ffffffzzz";
    private const int OwnLength = 32;

    private Timestamp(string text, DateTimeOffset instant)
    {
        Text = text;
        Instant = instant;
    }

    /// <summary>The ISO 8601 text as it was written.</summary>
    public string Text { get; }

    /// <summary>The instant, to 100 ns; a text without an offset is read as UTC.</summary>
    public DateTimeOffset Instant { get; }

    /// <summary>The timestamp of an instant, written with microseconds and its offset.</summary>
    public static Timestamp From(DateTimeOffset instant) =>
        new(instant.ToString(OwnFormat, CultureInfo.InvariantCulture), instant);

    /// <summary>Reads ISO 8601 text: a date, or a date and time with an optional fraction and offset.</summary>
    /// <exception cref="FormatException">The text is no such timestamp.</exception>
    public static Timestamp Parse(string text) =>
        TryParse(text, out var timestamp) ? timestamp : throw new FormatException($"'{text}' is no ISO 8601 timestamp.");

    /// <summary>Reads ISO 8601 text; false when it is none.</summary>
    public static bool TryParse(string? text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Timestamp? timestamp)
    {
        timestamp = text is not null && TryParseOwn(text, out var own) ? new Timestamp(text, own) : null;
        if (timestamp is not null) return true;
        if (text is null || !Iso8601().IsMatch(text)) return false;
        // .NET reads at most seven digits of a fraction and no seconds in an offset; the text keeps them.
        var readable = ExcessDigits().Replace(OffsetSeconds().Replace(text, "$1"), "$1");
        if (!DateTimeOffset.TryParse(readable, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)) return false;
        timestamp = new Timestamp(text, instant);
        return true;
    }

    /// <summary>What <see cref="From"/> writes, which most texts are, without the patterns.</summary>
    private static bool TryParseOwn(string text, out DateTimeOffset instant) => DateTimeOffset.TryParseExact(
        text.Length == OwnLength ? text : null, OwnFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out instant);

    /// <inheritdoc/>
    public bool Equals(Timestamp? other) => other is not null && Text == other.Text;

    /// <inheritdoc/>
    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    /// <summary>The text.</summary>
    public override string ToString() => Text;

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?(Z|[+-]\d\d:?\d\d(:\d\d(\.\d{1,6})?)?)?)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Iso8601();

    [GeneratedRegex(@"([+-]\d\d:\d\d):\d\d(\.\d+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex OffsetSeconds();

    [GeneratedRegex(@"([.,]\d{7})\d+", RegexOptions.CultureInvariant)]
    private static partial Regex ExcessDigits();

    internal sealed class Converter : JsonConverter<Timestamp>
    {
        public override Timestamp Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.String && TryParse(reader.GetString(), out var timestamp)
                ? timestamp
                : throw new JsonException("An ISO 8601 timestamp was expected.");

        public override void Write(Utf8JsonWriter writer, Timestamp value, JsonSerializerOptions options) => writer.WriteStringValue(value.Text);
    }
}
