using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Testing.Conformance;

/// <summary>Load and history.</summary>
internal static class ReadClauses
{
    public static IEnumerable<Clause> All => [.. Load, .. History];

    private static IEnumerable<Clause> Load =>
    [
        new("LOAD-1", "An unknown key is not found.", async run =>
        {
            await run.DoAsync<NotFound>(new Load(run.Key));
            run.Equal(null, await (await run.ClientAsync()).LoadAsync(run.Key), "what the client loads");
        }),
        new("LOAD-2", "Without a revision the newest is loaded, with its metadata.", async run =>
        {
            await run.SaveAsync(run.Context("old"));
            var saved = await run.SaveAsync(run.Context("new") with { NextState = "EMBED" });
            var loaded = await run.LoadAsync(run.Key);
            run.Equal((saved.Revision, "new", "EMBED"), (loaded.Revision, loaded.Context.Entities.Single(), loaded.Context.NextState), "what is loaded");
        }),
        new("LOAD-3", "A given revision is loaded exactly.", async run =>
        {
            var first = await run.SaveAsync(run.Context("first"));
            await run.SaveAsync(run.Context("second"));
            run.Equal(run.Context("first"), (await run.LoadAsync(run.Key, first.Revision)).Context, "the first revision");
        }),
        new("LOAD-4", "The answer names key and revision.", async run =>
        {
            var saved = await run.SaveAsync(run.Context());
            var loaded = await run.LoadAsync(run.Key);
            run.Equal((run.Key, run.Key, saved.Revision), (loaded.Key, loaded.Context.Key, loaded.Revision), "key and revision");
        }),
        new("LOAD-5", "All fields are present, the time of the save included.", async run =>
        {
            var before = DateTimeOffset.UtcNow.AddMinutes(-1);
            await run.SaveAsync(run.Context("e"));
            var loaded = await run.LoadAsync(run.Key);
            run.Equal(run.Context("e"), loaded.Context, "the context");
            var isNow = loaded.SavedAt.Instant > before && loaded.SavedAt.Instant < DateTimeOffset.UtcNow.AddMinutes(1);
            run.That(isNow, $"it was saved now, not at {loaded.SavedAt}");
        }),
        new("LOAD-6", "The metadata is that of the revision.", async run =>
        {
            var claimed = await run.DoAsync<Claimed>(new Claim(run.Key));
            var running = await run.DoAsync<Saved>(new Save(run.Context(), Epoch: claimed.Epoch));
            await run.DoAsync<Saved>(new Save(run.Context() with { Status = CheckpointStatus.Completed, NextState = null }, Epoch: claimed.Epoch));
            run.Equal(CheckpointStatus.Completed, (await run.LoadAsync(run.Key)).Context.Status, "the newest status");
            var earlier = await run.LoadAsync(run.Key, running.Revision);
            run.Equal((CheckpointStatus.Running, claimed.Epoch), (earlier.Context.Status, earlier.Epoch), "status and epoch of the earlier revision");
        }),
        new("LOAD-7", "The first revision stands on none, each later one on the one before.", async run =>
        {
            await run.DoAsync<Saved>(new Save(run.Context("1"), ExpectedRevision: 0));
            await run.RefusedAsync(RefuseReason.Conflict, new Save(run.Context("2"), ExpectedRevision: 0));
            var first = (await run.LoadAsync(run.Key)).Revision;
            var second = await run.DoAsync<Saved>(new Save(run.Context("2"), ExpectedRevision: first));
            run.Sequence([second.Revision, first], await run.HistoryAsync(run.Key), "the history");
        }),
        new("LOAD-8", "Finished branches of the open fork are part of the answer.", async run =>
        {
            var fork = await BranchClauses.OpenAsync(run);
            var saved = await fork.SaveAsync("A", context => context with { DocumentId = "d" });
            run.Equal("A", (await run.LoadAsync(run.Key)).Branches.Single().Branch, "the branch");
            run.Equal("A", (await run.LoadAsync(run.Key, saved.Revision)).Branches.Single().Branch, "the branch of that revision");
            run.Equal(0, (await run.LoadAsync(run.Key, saved.Revision - 1)).Branches.Length, "the number of branches one revision before");
        }),
        new("LOAD-10", "An unknown revision of a known key is not found; the newest is not given instead.", async run =>
        {
            var saved = await run.SaveAsync(run.Context());
            await run.DoAsync<NotFound>(new Load(run.Key, saved.Revision + 1));
            await run.DoAsync<NotFound>(new Load(run.Key, saved.Revision + 1_000_000));
            await run.DoAsync<NotFound>(new Load(run.Key, 0));
        }),
    ];

    private static IEnumerable<Clause> History =>
    [
        new("LIST-1", "The history has all revisions of a key.", async run =>
            run.Sequence(Enumerable.Reverse(await SaveAsync(run, 3)), await run.HistoryAsync(run.Key), "the history")),
        new("LIST-2", "The history has revisions of that key only; that of an unknown key is empty.", async run =>
        {
            await SaveAsync(run, 2);
            run.Sequence([], await run.HistoryAsync(run.Other), "the history of an unknown key");
            var other = await run.SaveAsync(run.Context() with { Key = run.Other });
            run.Sequence([other.Revision], await run.HistoryAsync(run.Other), "the history of the other key");
        }),
        new("LIST-4", "The history is newest first.", async run =>
        {
            await SaveAsync(run, 4);
            var history = await run.HistoryAsync(run.Key);
            run.Sequence(history.OrderDescending(), history, "the history");
        }),
        new("LIST-10", "The cursor leaves out itself and what is newer.", async run =>
        {
            var saved = await SaveAsync(run, 4);
            var page = await run.DoAsync<HistoryPage>(new History(run.Key, Before: saved[2]));
            run.Sequence([saved[1], saved[0]], page.Revisions.Select(revision => revision.Revision), "the page");
        }),
        new("LIST-11", "A page holds at most as many as asked for.", async run =>
        {
            var saved = await SaveAsync(run, 4);
            var page = await run.DoAsync<HistoryPage>(new History(run.Key, Limit: 3));
            run.Sequence([saved[3], saved[2], saved[1]], page.Revisions.Select(revision => revision.Revision), "the page");
            run.Equal(saved[1], page.Before, "the cursor of the next page");
        }),
        new("LIST-12", "Pages follow each other without gap and repetition, and end.", async run =>
        {
            var saved = await SaveAsync(run, 5);
            var found = new List<long>();
            for (long? before = null; ;)
            {
                var page = await run.DoAsync<HistoryPage>(new History(run.Key, before, Limit: 2));
                found.AddRange(page.Revisions.Select(revision => revision.Revision));
                if ((before = page.Before) is null) break;
            }

            run.Sequence(Enumerable.Reverse(saved), found, "all pages together");
        }),
        new("LIST-14", "A page with nothing in it is no failure.", async run =>
        {
            var saved = await SaveAsync(run, 1);
            var page = await run.DoAsync<HistoryPage>(new History(run.Key, Before: saved[0]));
            run.Equal((0, null), (page.Revisions.Length, page.Before), "the page");
            run.Equal(0, (await (await run.ClientAsync()).HistoryAsync(run.Other)).Revisions.Length, "the number of revisions of an unknown key");
        }),
        new("LIST-15", "Branch results and claims are in the history, each as what it is.", async run =>
        {
            var fork = await BranchClauses.OpenAsync(run);
            await fork.SaveAsync("A", context => context);
            var page = await run.DoAsync<HistoryPage>(new History(run.Key));
            run.Sequence([RevisionKind.Branch, RevisionKind.Save, RevisionKind.Claim], page.Revisions.Select(revision => revision.Kind), "the kinds");
            run.Equal("A", page.Revisions[0].Branch, "the branch");
        }),
    ];

    /// <summary>Saves a context that grows, and returns the revisions, oldest first. One step.</summary>
    public static async Task<long[]> SaveAsync(ClauseRun run, int count)
    {
        var client = await run.ClientAsync();
        var revisions = new long[count];
        for (var i = 0; i < count; i++) revisions[i] = await client.SaveAsync(run.Context([.. Enumerable.Range(0, i + 1).Select(entity => $"e{entity}")]));
        return revisions;
    }
}
