using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RetainActors;

/// <summary>
/// An immutable, ordered set of JSON members whose values stay raw: a number keeps the digits it was written with.
/// Equal when names, order and raw values are equal.
/// </summary>
[JsonConverter(typeof(Converter))]
public sealed class JsonMembers : IReadOnlyCollection<KeyValuePair<string, JsonElement>>, IEquatable<JsonMembers>
{
    /// <summary>Up to so many are looked through one by one.</summary>
    private const int MaxWithoutIndex = 16;

    private readonly ImmutableArray<KeyValuePair<string, JsonElement>> _members;
    private Dictionary<string, int>? _index;

    private JsonMembers(ImmutableArray<KeyValuePair<string, JsonElement>> members) => _members = members;

    /// <summary>No members.</summary>
    public static JsonMembers Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _members.Length;

    /// <summary>Members from pairs; a later pair replaces an earlier one of the same name.</summary>
    public static JsonMembers From(IEnumerable<KeyValuePair<string, JsonElement>> members)
    {
        var all = ImmutableArray.CreateBuilder<KeyValuePair<string, JsonElement>>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (name, value) in members)
        {
            var member = KeyValuePair.Create(name, value.Clone());
            if (places.TryAdd(name, all.Count)) all.Add(member);
            else all[places[name]] = member;
        }

        return new JsonMembers(all.ToImmutable());
    }

    /// <summary>These members with others in one go: each comes behind them, or replaces one in its place.</summary>
    internal JsonMembers With(IReadOnlyCollection<KeyValuePair<string, JsonElement>> members) => members.Count == 0 ? this : From(_members.Concat(members));

    /// <summary>These members with one more, or with one replaced in its place.</summary>
    public JsonMembers With(string name, JsonElement value)
    {
        var member = KeyValuePair.Create(name, value.Clone());
        var index = IndexOf(name);
        return new JsonMembers(index < 0 ? _members.Add(member) : _members.SetItem(index, member));
    }

    /// <summary>The value of a member; false when there is none.</summary>
    public bool TryGet(string name, out JsonElement value)
    {
        var index = IndexOf(name);
        value = index < 0 ? default : _members[index].Value;
        return index >= 0;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, JsonElement>> GetEnumerator() => _members.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] JsonMembers? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || _members.Length != other._members.Length) return false;
        for (var i = 0; i < _members.Length; i++)
            if (_members[i].Key != other._members[i].Key || !RawEquals(_members[i].Value, other._members[i].Value))
                return false;
        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as JsonMembers);

    /// <inheritdoc/>
    public override int GetHashCode() => _members.Aggregate(0, (hash, member) => HashCode.Combine(hash, member.Key));

    internal ReadOnlySpan<KeyValuePair<string, JsonElement>> AsSpan() => _members.AsSpan();

    /// <summary>Writes them as an object. Numbers keep their text, so that 1.0 stays 1.0; what a lenient parser let pass does not get in.</summary>
    internal void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        WriteMembers(writer);
        writer.WriteEndObject();
    }

    /// <summary>Writes them into the object that is being written.</summary>
    internal void WriteMembers(Utf8JsonWriter writer)
    {
        foreach (var (name, element) in _members)
        {
            writer.WritePropertyName(name);
            element.WriteTo(writer);
        }
    }

    /// <summary>Whether two values are written the same.</summary>
    internal static bool RawEquals(JsonElement left, JsonElement right) =>
        JsonMarshal.GetRawUtf8Value(left).SequenceEqual(JsonMarshal.GetRawUtf8Value(right));

    private int IndexOf(string name)
    {
        if (_members.Length > MaxWithoutIndex) return (_index ??= MakeIndex()).GetValueOrDefault(name, -1);
        for (var i = 0; i < _members.Length; i++)
            if (_members[i].Key == name)
                return i;
        return -1;
    }

    private Dictionary<string, int> MakeIndex()
    {
        var index = new Dictionary<string, int>(_members.Length, StringComparer.Ordinal);
        for (var i = 0; i < _members.Length; i++) index.TryAdd(_members[i].Key, i);
        return index;
    }

    internal sealed class Converter : JsonConverter<JsonMembers>
    {
        public override JsonMembers Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            using var document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw new JsonException("A JSON object was expected.");
            // One copy for all of them.
            return new JsonMembers([.. document.RootElement.Clone().EnumerateObject().Select(member => KeyValuePair.Create(member.Name, member.Value))]);
        }

        public override void Write(Utf8JsonWriter writer, JsonMembers value, JsonSerializerOptions options) => value.WriteTo(writer);
    }
}
