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

    public RetainContext ApplyTo(RetainContext context)
    {
        var remove = _remove;
        var set = _set;
        var append = _append;
        if (remove.TokenType != JsonTokenType.None)
            while (remove.Read() && remove.TokenType != JsonTokenType.EndArray)
                context = Without(context, remove.GetString() ?? throw new JsonException("remove: a name was expected."));
        while (Next(ref set, out var name))
            context = Known(name) is { } known ? known.Set(context, ref set) : WithUnknown(context, name, JsonElement.ParseValue(ref set));
        while (Next(ref append, out var name))
            context = Known(name) is { } known ? known.Append(context, ref append) : AppendedUnknown(context, name, JsonElement.ParseValue(ref append));
        return context;
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

    private static RetainContext Without(RetainContext context, string name) => Known(name)?.Remove(context)
        ?? context with { UnknownMembers = JsonMembers.From(context.UnknownMembers.Where(member => member.Key != name)) };

    private static RetainContext WithUnknown(RetainContext context, string name, JsonElement value) =>
        context with { UnknownMembers = context.UnknownMembers.With(name, value) };

    private static RetainContext AppendedUnknown(RetainContext context, string name, JsonElement items) => WithUnknown(
        context, name,
        context.UnknownMembers.TryGet(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? UnknownMembersDelta.ToList(list.EnumerateArray().Concat(items.EnumerateArray()))
            : items);
}
