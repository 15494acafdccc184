using System.Collections.Immutable;
using System.Text.Json;
using RetainActors.Json;

namespace RetainActors.Checkpoints;

/// <summary>
/// What changed between two contexts of one key, member by member of the stored form. A list that only grew is an
/// append; any other change is a set or a removal. Law: <c>Between(a, b).ApplyTo(a)</c> equals <c>b</c>.
/// </summary>
/// <param name="Set">Members with their new values.</param>
/// <param name="Append">Lists with the items added at their end.</param>
/// <param name="Remove">Members that are gone, or lists that became empty.</param>
public sealed record ContextDelta(JsonMembers Set, JsonMembers Append, ImmutableArray<string> Remove)
{
    private static readonly JsonEncodedText SetName = JsonEncodedText.Encode("set");
    private static readonly JsonEncodedText AppendName = JsonEncodedText.Encode("append");
    private static readonly JsonEncodedText RemoveName = JsonEncodedText.Encode("remove");
    private static readonly JsonEncodedText IsEmptyName = JsonEncodedText.Encode("isEmpty");

    /// <summary>Whether nothing changed.</summary>
    public bool IsEmpty => Set.Count == 0 && Append.Count == 0 && Remove.IsDefaultOrEmpty;

    /// <summary>The delta that turns one context into the other.</summary>
    public static ContextDelta Between(RetainContext before, RetainContext after)
    {
        using var scratch = JsonScratch.Rent();
        Write(scratch.Writer, before, after);
        // Nobody has checked yet how deep the contexts are nested.
        var reader = new Utf8JsonReader(scratch.Written, new JsonReaderOptions { MaxDepth = int.MaxValue });
        return JsonSerializer.Deserialize(ref reader, CheckpointJson.Stored.ContextDelta)!;
    }

    /// <summary>Writes the delta between two contexts as it is stored, without making it.</summary>
    internal static void Write(Utf8JsonWriter writer, RetainContext before, RetainContext after)
    {
        var known = ContextMember.All;
        Span<MemberChange> changes = stackalloc MemberChange[known.Length];
        Span<int> kept = stackalloc int[known.Length];
        for (var i = 0; i < known.Length; i++) changes[i] = known[i].Compare(before, after, out kept[i]);
        var unknown = UnknownMembersDelta.Between(before.UnknownMembers, after.UnknownMembers);

        writer.WriteStartObject();
        writer.WriteStartObject(SetName);
        for (var i = 0; i < known.Length; i++)
            if (changes[i] == MemberChange.Set) known[i].Write(writer, after);
        unknown?.Set.WriteMembers(writer);
        writer.WriteEndObject();
        writer.WriteStartObject(AppendName);
        for (var i = 0; i < known.Length; i++)
            if (changes[i] == MemberChange.Append) known[i].Write(writer, after, kept[i]);
        unknown?.Append.WriteMembers(writer);
        writer.WriteEndObject();
        writer.WriteStartArray(RemoveName);
        for (var i = 0; i < known.Length; i++)
            if (changes[i] == MemberChange.Remove) writer.WriteStringValue(known[i].Name);
        foreach (var name in unknown?.Remove ?? []) writer.WriteStringValue(name);
        writer.WriteEndArray();
        writer.WriteBoolean(IsEmptyName, unknown is null && !changes.ContainsAnyExcept(MemberChange.None));
        writer.WriteEndObject();
    }

    /// <summary>The context with this change; removals first, then sets, then appends.</summary>
    /// <exception cref="FormatException">The delta does not fit a context.</exception>
    public RetainContext ApplyTo(RetainContext context)
    {
        using var scratch = JsonScratch.Rent();
        JsonSerializer.Serialize(scratch.Writer, Remove.IsDefault ? this with { Remove = [] } : this, CheckpointJson.Stored.ContextDelta);
        try
        {
            return StoredDelta.Find(scratch.Written, int.MaxValue).ApplyTo(context);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new FormatException($"The delta gives no context: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public bool Equals(ContextDelta? other) =>
        other is not null && Set.Equals(other.Set) && Append.Equals(other.Append) && Remove.SequenceEqual(other.Remove);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Set, Append, Remove.Length);
}
