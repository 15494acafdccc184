using System.Collections.Immutable;
using System.Text.Json;

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
    /// <summary>Whether nothing changed.</summary>
    public bool IsEmpty => Set.Count == 0 && Append.Count == 0 && Remove.IsDefaultOrEmpty;

    /// <summary>The delta that turns one context into the other.</summary>
    public static ContextDelta Between(RetainContext before, RetainContext after)
    {
        var delta = new Builder();
        foreach (var member in ContextMember.All) member.Compare(before, after, delta);
        if (!before.UnknownMembers.Equals(after.UnknownMembers)) CompareUnknown(before.UnknownMembers, after.UnknownMembers, delta);
        return delta.Build();
    }

    /// <summary>The context with this change; removals first, then sets, then appends.</summary>
    /// <exception cref="FormatException">The delta does not fit a context.</exception>
    public RetainContext ApplyTo(RetainContext context)
    {
        try
        {
            var changed = Remove.IsDefault ? context : Remove.Aggregate(context, Without);
            changed = Set.Aggregate(changed, (to, member) => Known(member.Key)?.Set(to, member.Value) ?? WithUnknown(to, member.Key, member.Value));
            return Append.Aggregate(changed, (to, member) => Known(member.Key)?.Append(to, member.Value) ?? AppendedUnknown(to, member));
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

    private static ContextMember? Known(string name) => ContextMember.ByName.GetValueOrDefault(name);

    private static RetainContext Without(RetainContext context, string name) => Known(name)?.Remove(context)
        ?? context with { UnknownMembers = JsonMembers.From(context.UnknownMembers.Where(member => member.Key != name)) };

    private static RetainContext WithUnknown(RetainContext context, string name, JsonElement value) =>
        context with { UnknownMembers = context.UnknownMembers.With(name, value) };

    private static RetainContext AppendedUnknown(RetainContext context, KeyValuePair<string, JsonElement> added) => WithUnknown(
        context, added.Key,
        context.UnknownMembers.TryGet(added.Key, out var list) && list.ValueKind == JsonValueKind.Array
            ? ToList(list.EnumerateArray().Concat(added.Value.EnumerateArray()))
            : added.Value);

    private static void CompareUnknown(JsonMembers before, JsonMembers after, Builder delta)
    {
        var isReordered = !SameOrder(before, after);
        foreach (var (name, _) in before)
            if (isReordered || !after.TryGet(name, out _))
                delta.Remove(name);
        foreach (var (name, value) in after)
        {
            if (isReordered || !before.TryGet(name, out var previous)) delta.Set(name, value);
            else if (previous.GetRawText() == value.GetRawText()) continue;
            else if (Grown(previous, value) is { } added) delta.Append(name, added);
            else delta.Set(name, value);
        }
    }

    /// <summary>The items that <paramref name="after"/> has behind those of <paramref name="before"/>; null when it is no such list.</summary>
    private static JsonElement? Grown(JsonElement before, JsonElement after)
    {
        if (before.ValueKind != JsonValueKind.Array || after.ValueKind != JsonValueKind.Array) return null;
        var count = before.GetArrayLength();
        if (after.GetArrayLength() <= count) return null;
        var isPrefix = before.EnumerateArray().Zip(after.EnumerateArray()).All(pair => pair.First.GetRawText() == pair.Second.GetRawText());
        return isPrefix ? ToList(after.EnumerateArray().Skip(count)) : null;
    }

    private static JsonElement ToList(IEnumerable<JsonElement> items) =>
        JsonDocument.Parse($"[{string.Join(',', items.Select(item => item.GetRawText()))}]").RootElement;

    /// <summary>Whether removing and adding alone gives the unknown members in their new order.</summary>
    private static bool SameOrder(JsonMembers before, JsonMembers after)
    {
        var kept = before.Select(member => member.Key).Where(name => after.TryGet(name, out _)).ToList();
        return kept.Concat(after.Select(member => member.Key).Except(kept)).SequenceEqual(after.Select(member => member.Key));
    }

    /// <summary>Collects the changes of a delta.</summary>
    internal sealed class Builder
    {
        private readonly ImmutableArray<string>.Builder _removed = ImmutableArray.CreateBuilder<string>();
        private JsonMembers _set = JsonMembers.Empty;
        private JsonMembers _append = JsonMembers.Empty;

        public void Set(string name, JsonElement value) => _set = _set.With(name, value);

        public void Append(string name, JsonElement items) => _append = _append.With(name, items);

        public void Remove(string name) => _removed.Add(name);

        public ContextDelta Build() => new(_set, _append, _removed.ToImmutable());
    }
}
