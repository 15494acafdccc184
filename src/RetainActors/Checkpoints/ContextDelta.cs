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
    /// <summary>The members of the stored form that are lists; when empty they are left out.</summary>
    private static readonly ImmutableHashSet<string> Lists =
        ["entities", "wikisCreated", "wikisUpdated", "supersedesEdges", "stepLog", "errors"];

    /// <summary>Whether nothing changed.</summary>
    public bool IsEmpty => Set.Count == 0 && Append.Count == 0 && Remove.IsDefaultOrEmpty;

    /// <summary>The delta that turns one context into the other.</summary>
    public static ContextDelta Between(RetainContext before, RetainContext after)
    {
        var (old, current) = (MembersOf(before), MembersOf(after));
        var (set, append) = (JsonMembers.Empty, JsonMembers.Empty);
        foreach (var (name, value) in current)
        {
            var known = old.TryGet(name, out var previous);
            if (known && previous.GetRawText() == value.GetRawText()) continue;
            if (Grown(known ? previous : Lists.Contains(name) ? EmptyList : default, value) is { } added) append = append.With(name, added);
            else set = set.With(name, value);
        }

        var remove = old.Select(member => member.Key).Where(name => !current.TryGet(name, out _));
        return SameOrder(before.UnknownMembers, after.UnknownMembers)
            ? new ContextDelta(set, append, [.. remove])
            : new ContextDelta(set, append, [.. remove]).Reordering(before.UnknownMembers, after.UnknownMembers);
    }

    /// <summary>The context with this change; removals first, then sets, then appends.</summary>
    /// <exception cref="FormatException">The result is no context.</exception>
    public RetainContext ApplyTo(RetainContext context)
    {
        var removed = Remove;
        var members = JsonMembers.From(MembersOf(context).Where(member => !removed.Contains(member.Key)));
        members = Set.Aggregate(members, (all, member) => all.With(member.Key, member.Value));
        members = Append.Aggregate(members, (all, member) => all.With(member.Key, Concat(all, member)));
        return ContextJson.Decode(ToBytes(members), out var problem) ?? throw new FormatException($"The delta gives no context: {problem}");
    }

    /// <inheritdoc/>
    public bool Equals(ContextDelta? other) =>
        other is not null && Set.Equals(other.Set) && Append.Equals(other.Append) && Remove.SequenceEqual(other.Remove);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Set, Append, Remove.Length);

    private static JsonElement EmptyList { get; } = JsonDocument.Parse("[]").RootElement;

    private static JsonMembers MembersOf(RetainContext context) =>
        JsonSerializer.Deserialize(ContextJson.Encode(context), CheckpointJson.Stored.JsonMembers)!;

    private static byte[] ToBytes(JsonMembers members) => JsonSerializer.SerializeToUtf8Bytes(members, CheckpointJson.Stored.JsonMembers);

    /// <summary>The items that <paramref name="after"/> has behind those of <paramref name="before"/>; null when it is no such list.</summary>
    private static JsonElement? Grown(JsonElement before, JsonElement after)
    {
        if (before.ValueKind != JsonValueKind.Array || after.ValueKind != JsonValueKind.Array) return null;
        var count = before.GetArrayLength();
        if (after.GetArrayLength() <= count) return null;
        var isPrefix = before.EnumerateArray().Zip(after.EnumerateArray()).All(pair => pair.First.GetRawText() == pair.Second.GetRawText());
        return isPrefix ? ToList(after.EnumerateArray().Skip(count)) : null;
    }

    private static JsonElement Concat(JsonMembers members, KeyValuePair<string, JsonElement> added) =>
        members.TryGet(added.Key, out var list) && list.ValueKind == JsonValueKind.Array
            ? ToList(list.EnumerateArray().Concat(added.Value.EnumerateArray()))
            : added.Value;

    private static JsonElement ToList(IEnumerable<JsonElement> items) =>
        JsonDocument.Parse($"[{string.Join(',', items.Select(item => item.GetRawText()))}]").RootElement;

    /// <summary>Whether removing and adding alone gives the unknown members in their new order.</summary>
    private static bool SameOrder(JsonMembers before, JsonMembers after)
    {
        var kept = before.Select(member => member.Key).Where(name => after.TryGet(name, out _)).ToList();
        return kept.Concat(after.Select(member => member.Key).Except(kept)).SequenceEqual(after.Select(member => member.Key));
    }

    private ContextDelta Reordering(JsonMembers before, JsonMembers after) => this with
    {
        Set = JsonMembers.From(Set.Where(member => !after.TryGet(member.Key, out _)).Concat(after)),
        Append = JsonMembers.From(Append.Where(member => !after.TryGet(member.Key, out _))),
        Remove = [.. Remove.Union(before.Select(member => member.Key))],
    };
}
