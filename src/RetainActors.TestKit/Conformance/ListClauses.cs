using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CatalogProtocol;

namespace RetainActors.Testing.Conformance;

/// <summary>Lists over many keys. Each clause has banks of its own, because others share the store.</summary>
internal static class ListClauses
{
    private static readonly string[] Unsorted = ["c", "a", "b"];

    public static IEnumerable<Clause> All =>
    [
        Listed("LIST-5", "A list filtered by status holds the checkpoints that stand there, and no others.", async run =>
        {
            await SaveAllAsync(run);
            foreach (var status in Enum.GetValues<CheckpointStatus>())
                run.Sequence([status.ToString()], await SourcesAsync(run, new ListCheckpoints(run.OwnBank, StatusOf(status))), $"the list of {status}");
        }),
        Listed("LIST-7", "Filters hold together: a checkpoint that one of them leaves out is not listed.", async run =>
        {
            await SaveAllAsync(run);
            var parked = ListedStatus.Parked;
            run.Sequence(["Parked"], await SourcesAsync(run, new ListCheckpoints(run.OwnBank, parked, DateTimeOffset.MaxValue)), "the list of both filters");
            run.Sequence([], await SourcesAsync(run, new ListCheckpoints(run.OwnBank, parked, DateTimeOffset.UnixEpoch)), "the list of those that are too young");
        }),
        Listed("LIST-8", "A list that nothing matches is an empty page and no failure.", async run =>
        {
            var page = await ListAsync(run, new ListCheckpoints(run.OwnBank));
            run.Equal((0, null), (page.Items.Length, page.NextCursor), "the page of an unknown bank");
            await run.SaveAsync(run.Context() with { Key = run.KeyIn(run.OwnBank) });
            run.Sequence([], await SourcesAsync(run, new ListCheckpoints(run.OwnBank, ListedStatus.Unreadable)), "the list of a status that no checkpoint has");
        }),
        Listed("LIST-13", "A bank and a filter hold together on every page, in the order of the sources.", async run =>
        {
            var other = $"{run.OwnBank}/other";
            foreach (var bank in (string[])[other, run.OwnBank])
                foreach (var source in Unsorted)
                    await run.SaveAsync(run.Context() with { Key = new CheckpointKey(bank, source) });
            await run.SaveAsync(run.Context() with { Key = new CheckpointKey(run.OwnBank, "0"), Status = CheckpointStatus.Failed });
            run.Sequence(Unsorted.Order(StringComparer.Ordinal), await SourcesAsync(run, new ListCheckpoints(run.OwnBank, ListedStatus.Running, Limit: 1)), "all pages together");
            var items = (await ListAsync(run, new ListCheckpoints(other))).Items;
            run.Sequence(Unsorted.Order(StringComparer.Ordinal), items.Select(item => item.Key.Source), "the other bank");
        }),
        Listed("S-4", "A filter is a value, whatever text it holds: it never becomes a part of a query.", async run =>
        {
            await SaveAllAsync(run);
            string[] hostile = ["' OR '1'='1", "'; DROP TABLE journal; --", "%", "_", "\" OR 1=1 --", $"{run.OwnBank}' --"];
            foreach (var bank in hostile) run.Sequence([], await SourcesAsync(run, new ListCheckpoints($"{run.OwnBank}{bank}")), $"the list of the bank {bank}");

            var named = new CheckpointKey(run.OwnBank + hostile[0], hostile[1]);
            await run.SaveAsync(run.Context() with { Key = named });
            run.Sequence([named.Source], await SourcesAsync(run, new ListCheckpoints(named.Bank)), "the list of a bank with a hostile name");
            run.Equal(named, (await run.LoadAsync(named)).Context.Key, "the key that is loaded");
            run.Equal(Enum.GetValues<CheckpointStatus>().Length, (await SourcesAsync(run, new ListCheckpoints(run.OwnBank))).Count, "the number of checkpoints left");
        }),
    ];

    private static Clause Listed(string id, string text, Func<ClauseRun, Task> body) => new(id, text, body, HarnessFeatures.Lists);

    /// <summary>One checkpoint for each status, whose source is named after it.</summary>
    private static async Task SaveAllAsync(ClauseRun run)
    {
        foreach (var status in Enum.GetValues<CheckpointStatus>())
            await run.SaveAsync(run.Context() with { Key = new CheckpointKey(run.OwnBank, status.ToString()), Status = status });
    }

    private static ListedStatus StatusOf(CheckpointStatus status) => Enum.Parse<ListedStatus>(status.ToString());

    private static async Task<CheckpointPage> ListAsync(ClauseRun run, ListCheckpoints request) => await (await run.ClientAsync()).ListAsync(request);

    /// <summary>The sources of all pages.</summary>
    private static async Task<IReadOnlyList<string>> SourcesAsync(ClauseRun run, ListCheckpoints request)
    {
        var sources = new List<string>();
        for (string? cursor = null; ;)
        {
            var page = await ListAsync(run, request with { Cursor = cursor });
            sources.AddRange(page.Items.Select(item => item.Key.Source));
            if ((cursor = page.NextCursor) is null) return sources;
        }
    }
}
