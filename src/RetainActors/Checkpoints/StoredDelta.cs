using System.Text.Json;

namespace RetainActors.Checkpoints;

/// <summary>
/// The bytes of a stored <see cref="ContextDelta"/>, read straight into a context: where its three parts begin. They are stored in
/// another order than they are applied in.
/// </summary>
internal readonly ref struct StoredDelta
{
    private readonly Utf8JsonReader _set;
    private readonly Utf8JsonReader _append;
    private readonly Utf8JsonReader _remove;

    private StoredDelta(Utf8JsonReader set, Utf8JsonReader append, Utf8JsonReader remove)
    {
        _set = set;
        _append = append;
        _remove = remove;
    }

    /// <param name="stored">The bytes.</param>
    /// <param name="maxDepth">The deepest nesting to read.</param>
    /// <exception cref="JsonException">The bytes are no delta.</exception>
    public static StoredDelta Find(ReadOnlySpan<byte> stored, int maxDepth)
    {
        Utf8JsonReader set = default, append = default, remove = default;
        var reader = new Utf8JsonReader(stored, new JsonReaderOptions { MaxDepth = maxDepth });
        reader.Read();
        Expect(reader, JsonTokenType.StartObject, "a delta");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("set"u8)) Take(ref reader, ref set, JsonTokenType.StartObject, "set");
            else if (reader.ValueTextEquals("append"u8)) Take(ref reader, ref append, JsonTokenType.StartObject, "append");
            else if (reader.ValueTextEquals("remove"u8)) Take(ref reader, ref remove, JsonTokenType.StartArray, "remove");
            else reader.Skip();
        }

        if (reader.Read()) throw new JsonException("Something follows the delta.");
        return set.TokenType == JsonTokenType.None || append.TokenType == JsonTokenType.None
            ? throw new JsonException("A delta has the members set and append.")
            : new StoredDelta(set, append, remove);
    }

    /// <exception cref="JsonException">The bytes are no delta.</exception>
    public RetainContext ApplyTo(RetainContext context) => Appended(Changed(Removed(context)));

    private RetainContext Removed(RetainContext context)
    {
        var reader = _remove;
        if (reader.TokenType == JsonTokenType.None) return context;
        HashSet<string>? unknown = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var name = reader.GetString() ?? throw new JsonException("remove: a name was expected.");
            if (Known(name) is { } known) context = known.Remove(context);
            else (unknown ??= new HashSet<string>(StringComparer.Ordinal)).Add(name);
        }

        return unknown is null ? context : context with { UnknownMembers = JsonMembers.From(context.UnknownMembers.Where(member => !unknown.Contains(member.Key))) };
    }

    private RetainContext Changed(RetainContext context)
    {
        var reader = _set;
        List<KeyValuePair<string, JsonElement>> unknown = [];
        while (Next(ref reader, out var name))
            if (Known(name) is { } known) context = known.Set(context, ref reader);
            else unknown.Add(new(name, JsonElement.ParseValue(ref reader)));
        return WithUnknown(context, unknown);
    }

    private RetainContext Appended(RetainContext context)
    {
        var reader = _append;
        List<ContextMember> done = [];
        Dictionary<string, JsonElement>? unknown = null;
        while (Next(ref reader, out var name))
        {
            // Each time would copy what is there.
            if (Known(name) is { } known)
            {
                if (done.Contains(known)) throw Twice(name);
                done.Add(known);
                context = known.Append(context, ref reader);
            }
            else if (!(unknown ??= new(StringComparer.Ordinal)).TryAdd(name, Longer(context.UnknownMembers, name, JsonElement.ParseValue(ref reader))))
            {
                throw Twice(name);
            }
        }

        return unknown is null ? context : WithUnknown(context, unknown);

        static JsonException Twice(string name) => new($"append: {name} is there twice.");
    }

    private static void Take(ref Utf8JsonReader reader, ref Utf8JsonReader part, JsonTokenType expected, string name)
    {
        if (part.TokenType != JsonTokenType.None) throw new JsonException($"A delta has the member {name} twice.");
        reader.Read();
        Expect(reader, expected, name);
        part = reader;
        reader.Skip();
    }

    private static void Expect(in Utf8JsonReader reader, JsonTokenType expected, string what)
    {
        if (reader.TokenType != expected) throw new JsonException($"{what}: {expected} was expected, not {reader.TokenType}.");
    }

    /// <summary>Goes on to the next member of an object.</summary>
    private static bool Next(ref Utf8JsonReader reader, out string name)
    {
        reader.Read();
        name = reader.TokenType == JsonTokenType.PropertyName ? reader.GetString()! : "";
        return reader.TokenType == JsonTokenType.PropertyName;
    }

    private static ContextMember? Known(string name) => ContextMember.ByName.GetValueOrDefault(name);

    private static RetainContext WithUnknown(RetainContext context, IReadOnlyCollection<KeyValuePair<string, JsonElement>> members) =>
        members.Count == 0 ? context : context with { UnknownMembers = context.UnknownMembers.With(members) };

    private static JsonElement Longer(JsonMembers members, string name, JsonElement items) =>
        members.TryGet(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? UnknownMembersDelta.ToList(list.EnumerateArray().Concat(items.EnumerateArray()))
            : items;
}
