using System.Text.Json;

namespace RetainActors.Checkpoints;

/// <summary>What changed between the unknown members of two contexts. They are few and seldom change, so this is written to be plain.</summary>
/// <param name="Set">Members with their new values.</param>
/// <param name="Append">Lists with the items added at their end.</param>
/// <param name="Remove">Members that are gone.</param>
internal sealed record UnknownMembersDelta(JsonMembers Set, JsonMembers Append, IReadOnlyList<string> Remove)
{
    /// <summary>The change; null when there is none.</summary>
    public static UnknownMembersDelta? Between(JsonMembers before, JsonMembers after)
    {
        if (before.Equals(after)) return null;
        List<KeyValuePair<string, JsonElement>> set = [], append = [];
        List<string> removed = [];
        var isReordered = !SameOrder(before, after);
        foreach (var (name, _) in before)
            if (isReordered || !after.TryGet(name, out _))
                removed.Add(name);
        foreach (var (name, value) in after)
        {
            if (isReordered || !before.TryGet(name, out var previous)) set.Add(new(name, value));
            else if (JsonMembers.RawEquals(previous, value)) continue;
            else if (Grown(previous, value) is { } added) append.Add(new(name, added));
            else set.Add(new(name, value));
        }

        return new UnknownMembersDelta(JsonMembers.From(set), JsonMembers.From(append), removed);
    }

    /// <summary>The text of an element is as its parser let it pass.</summary>
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>The items that <paramref name="after"/> has behind those of <paramref name="before"/>; null when it is no such list.</summary>
    private static JsonElement? Grown(JsonElement before, JsonElement after)
    {
        if (before.ValueKind != JsonValueKind.Array || after.ValueKind != JsonValueKind.Array) return null;
        var count = before.GetArrayLength();
        if (after.GetArrayLength() <= count) return null;
        var isPrefix = before.EnumerateArray().Zip(after.EnumerateArray()).All(pair => JsonMembers.RawEquals(pair.First, pair.Second));
        return isPrefix ? ToList(after.EnumerateArray().Skip(count)) : null;
    }

    internal static JsonElement ToList(IEnumerable<JsonElement> items) =>
        JsonDocument.Parse($"[{string.Join(',', items.Select(item => item.GetRawText()))}]", Lenient).RootElement;

    /// <summary>Whether removing and adding alone gives the unknown members in their new order.</summary>
    private static bool SameOrder(JsonMembers before, JsonMembers after)
    {
        var kept = before.Select(member => member.Key).Where(name => after.TryGet(name, out _)).ToList();
        return kept.Concat(after.Select(member => member.Key).Except(kept)).SequenceEqual(after.Select(member => member.Key));
    }
}
