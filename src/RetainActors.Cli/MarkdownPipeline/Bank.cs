namespace RetainActors.Cli.MarkdownPipeline;

/// <summary>
/// A bank in memory: the records of its sources and which pages follow from those that are published. No files, no
/// clock. It remembers which pages may look different since it was last asked.
/// </summary>
internal sealed class Bank
{
    private readonly SortedDictionary<string, SourceRecord> _records = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, SortedDictionary<string, Entity>> _mentions = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changedPages = new(StringComparer.Ordinal);

    /// <summary>The published contributions by source, sorted.</summary>
    public IEnumerable<(string Source, Contribution Contribution)> Published =>
        _records.Values.Where(record => record.Published is not null).Select(record => (record.Source, record.Published!));

    /// <summary>The keys of all entities that a published contribution mentions, sorted.</summary>
    public IEnumerable<string> PageKeys => _mentions.Keys;

    public SourceRecord? Find(string source) => _records.GetValueOrDefault(source);

    /// <summary>Replaces the record of a source; its pages change when what it publishes does.</summary>
    public void Put(SourceRecord record)
    {
        var before = Find(record.Source)?.Published;
        _records[record.Source] = record;
        if (ReferenceEquals(before, record.Published)) return;

        var affected = Keys(before).Union(Keys(record.Published)).ToDictionary(key => key, NameOf, StringComparer.Ordinal);
        foreach (var key in Keys(before)) Forget(key, record.Source);
        foreach (var entity in record.Published?.Entities ?? []) MentionsOf(entity.Key)[record.Source] = entity;

        _changedPages.UnionWith(affected.Keys);
        // Another spelling of the name shows on the pages that refer to this one.
        foreach (var (key, name) in affected)
            if (NameOf(key) != name)
                _changedPages.UnionWith(Neighbours(key));
    }

    /// <summary>The pages that may look different since the last call, sorted.</summary>
    public IReadOnlyList<string> TakeChangedPages()
    {
        var changed = _changedPages.Order(StringComparer.Ordinal).ToArray();
        _changedPages.Clear();
        return changed;
    }

    /// <summary>The page of an entity; null when nobody mentions it.</summary>
    public WikiPage? PageOf(string key)
    {
        if (!_mentions.TryGetValue(key, out var mentions)) return null;
        var sources = mentions.Select(mention => (mention.Key, Find(mention.Key)!.Published!.Title, mention.Value)).ToArray();
        var related = mentions.Keys
            .SelectMany(source => Keys(Find(source)!.Published))
            .Where(other => other != key)
            .GroupBy(other => other, StringComparer.Ordinal)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Take(WikiPage.MaxRelated)
            .Select(group => (group.Key, NameOf(group.Key)!));
        return new WikiPage(key, NameOf(key)!, sources, [.. related], [.. WebAddressesOf(key, mentions.Keys)]);
    }

    /// <summary>How publishing a contribution would change the pages.</summary>
    public PagePlan PlanFor(string source, Contribution contribution)
    {
        var after = Keys(contribution).ToHashSet(StringComparer.Ordinal);
        var lost = Keys(Find(source)?.Published).Where(key => !after.Contains(key)).ToArray();
        return new PagePlan(
            Created: Ids(after.Where(key => !_mentions.ContainsKey(key))),
            Updated: Ids(after.Where(_mentions.ContainsKey).Concat(lost.Where(key => _mentions[key].Count > 1))),
            Removed: Ids(lost.Where(key => _mentions[key].Count == 1)));
    }

    /// <summary>The spelling that most sources use.</summary>
    public string? NameOf(string key) => !_mentions.TryGetValue(key, out var mentions)
        ? null
        : mentions.Values.GroupBy(entity => entity.Name, StringComparer.Ordinal)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
            .First().Key;

    public int CountOfSources(string key) => _mentions.TryGetValue(key, out var mentions) ? mentions.Count : 0;

    private IEnumerable<string> Neighbours(string key) =>
        _mentions.TryGetValue(key, out var mentions) ? mentions.Keys.SelectMany(source => Keys(Find(source)!.Published)) : [];

    private IEnumerable<string> WebAddressesOf(string key, IEnumerable<string> sources) =>
        sources.SelectMany(source => Find(source)!.Published!.Links)
            .Where(link => EntityKey.Of(link.Text) == key)
            .Select(link => MarkdownText.WebAddress(link.Target))
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);

    private SortedDictionary<string, Entity> MentionsOf(string key) =>
        _mentions.TryGetValue(key, out var mentions) ? mentions : _mentions[key] = new(StringComparer.Ordinal);

    private void Forget(string key, string source)
    {
        if (_mentions.TryGetValue(key, out var mentions) && mentions.Remove(source) && mentions.Count == 0) _mentions.Remove(key);
    }

    private static IEnumerable<string> Keys(Contribution? contribution) => contribution is null ? [] : contribution.Entities.Select(entity => entity.Key);

    private static IReadOnlyList<string> Ids(IEnumerable<string> keys) => [.. keys.Select(WikiPage.IdOf).Order(StringComparer.Ordinal)];
}
