using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Testing.Conformance;

/// <summary>Prune and retention, on banks whose retention <see cref="CheckpointConformance.Config"/> sets.</summary>
internal static class RetentionClauses
{
    public const string KeepsOne = "conformance keeps one";
    public const string Deletes = "conformance deletes";
    public const string Expires = "conformance expires";

    public static IEnumerable<Clause> All =>
    [
        new("PRUNE-1", "Pruned to the newest, the newest alone remains, whole.", async run =>
        {
            var key = run.KeyIn(KeepsOne);
            var rewound = await SavePruneableAsync(run, key);
            run.Equal(3, (await run.DoAsync<Pruned>(new Prune(key, DryRun: true))).Removed, "the number of revisions that would go");
            run.Equal(4, (await run.HistoryAsync(key)).Length, "the number of revisions before");
            var pruned = await run.DoAsync<Pruned>(new Prune(key));
            run.Equal((false, rewound, 3), (pruned.Expired, pruned.FirstKept, pruned.Removed), "what was pruned");
            run.Sequence([rewound], await run.HistoryAsync(key), "the history");
            run.Sequence(["1"], (await run.LoadAsync(key)).Context.Entities, "what the key holds");
            await run.DoAsync<NotFound>(new Load(key, 1));
        }),
        new("PRUNE-2", "Each of several keys keeps its own newest.", async run =>
        {
            var (one, other) = (run.KeyIn(KeepsOne), run.KeyIn(KeepsOne, "other"));
            foreach (var key in (CheckpointKey[])[one, other]) await SavePruneableAsync(run, key);
            await run.DoAsync<Saved>(new Rewind(other, 3));
            foreach (var key in (CheckpointKey[])[one, other]) await run.DoAsync<Pruned>(new Prune(key));
            run.Sequence(["1"], (await run.LoadAsync(one)).Context.Entities, "what the one key holds");
            run.Sequence(["3"], (await run.LoadAsync(other)).Context.Entities, "what the other key holds");
        }),
        new("PRUNE-4", "The newest keeps the finished branches of its fork.", async run =>
        {
            var fork = await BranchClauses.OpenAsync(run, KeepsOne);
            var branch = await fork.SaveAsync("A", context => context with { DocumentId = "d" });
            var rewound = await run.DoAsync<Saved>(new Rewind(fork.Context.Key, branch.Revision));
            run.Equal(rewound.Revision, (await run.DoAsync<Pruned>(new Prune(fork.Context.Key))).FirstKept, "the oldest revision that stays");
            run.Equal("A", (await run.LoadAsync(fork.Context.Key)).Branches.Single().Branch, "the branch");
        }),
        new("PRUNE-5", "Where success deletes, the checkpoint of a completed run goes wholly.", async run =>
        {
            var key = run.KeyIn(Deletes);
            await run.SaveAsync(new RetainContext(key));
            await run.SaveAsync(new RetainContext(key) { Status = CheckpointStatus.Completed });
            await run.DoAsync<NotFound>(new Load(key));
            run.Sequence([], await run.HistoryAsync(key), "the history");
        }),
        new("PRUNE-6", "Keys that were not named are untouched.", async run =>
        {
            var (pruned, untouched) = (run.KeyIn(KeepsOne), run.KeyIn(KeepsOne, "other"));
            foreach (var key in (CheckpointKey[])[pruned, untouched]) await SavePruneableAsync(run, key);
            await run.DoAsync<Pruned>(new Prune(pruned));
            run.Equal(4, (await run.HistoryAsync(untouched)).Length, "the number of revisions of the other key");
        }),
        new("PRUNE-8", "Pruning an unknown key does nothing.", async run =>
        {
            var pruned = await run.DoAsync<Pruned>(new Prune(run.KeyIn(KeepsOne)));
            run.Equal((false, null, 0), (pruned.Expired, pruned.FirstKept, pruned.Removed), "what was pruned");
            run.Equal(1, (await run.SaveAsync(new RetainContext(run.KeyIn(KeepsOne)))).Revision, "the first revision of the key");
        }),
        new("P-1", "Pruning while saving loses nothing of the newest.", async run =>
        {
            var key = run.KeyIn(KeepsOne);
            var requests = Enumerable.Range(1, 60).SelectMany(i => (ICheckpointCommand[])
                [new Save(new RetainContext(key) { Entities = [$"{i}"] }), .. i % 20 == 0 ? [new Rewind(key, i)] : (ICheckpointCommand[])[], new Prune(key)]);
            var answers = await Task.WhenAll(requests.Select(run.SendAsync).ToList());
            run.Equal(0, answers.Count(answer => answer is Unavailable or SaveUnknown), "the number of requests without an answer");
            var newest = answers.OfType<Saved>().Max(saved => saved.Revision);
            var loaded = await run.LoadAsync(key);
            run.Equal(newest, loaded.Revision, "the newest revision");
            run.Equal(newest, (await run.HistoryAsync(key))[0], "the newest of the history");
        }),
        new("P-2", "What expires after success never takes a run that goes on, failed or is parked.", async run =>
        {
            foreach (var status in (CheckpointStatus[])[CheckpointStatus.Running, CheckpointStatus.Failed, CheckpointStatus.Parked])
            {
                var key = run.KeyIn(Expires, $"{status}");
                await run.SaveAsync(new RetainContext(key) { Status = status });
                run.Equal(false, (await run.DoAsync<Pruned>(new Prune(key))).Expired, $"whether a {status} run expired");
                await run.LoadAsync(key);
            }

            var completed = run.KeyIn(Expires, "completed");
            await run.SaveAsync(new RetainContext(completed) { Status = CheckpointStatus.Completed });
            // Expires after a millisecond; each question takes a part of it.
            for (var i = 0; i < 10_000; i++)
                if (await run.SendAsync(new Load(completed)) is NotFound)
                    return;
            run.That(false, "a completed run expires");
        }),
    ];

    /// <summary>Three saves and a rewind to the first, which carries everything; returns its revision.</summary>
    private static async Task<long> SavePruneableAsync(ClauseRun run, CheckpointKey key)
    {
        foreach (var entity in (string[])["1", "2", "3"]) await run.SaveAsync(new RetainContext(key) { Entities = [entity] });
        return (await run.DoAsync<Saved>(new Rewind(key, 1))).Revision;
    }
}
