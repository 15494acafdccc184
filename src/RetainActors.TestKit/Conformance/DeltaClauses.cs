using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Testing.Conformance;

/// <summary>Saves are stored as what changed; nobody should notice.</summary>
internal static class DeltaClauses
{
    public static IEnumerable<Clause> All =>
    [
        new("DELTA-1", "Many changes give every revision as it was, in their order.", async run =>
        {
            var saved = await ReadClauses.SaveAsync(run, 50);
            foreach (var index in (int[])[0, 1, 17, 33, 48, 49])
            {
                var entities = (await run.LoadAsync(run.Key, saved[index])).Context.Entities;
                run.Equal(index + 1, entities.Length, $"the number of entities at revision {saved[index]}");
            }

            run.Equal("e49", (await run.LoadAsync(run.Key)).Context.Entities[^1], "the last entity");
        }),
        new("DELTA-2", "Changes after a full revision stand on that one, not on an older one.", async run =>
        {
            var saved = await ReadClauses.SaveAsync(run, 3);
            await run.DoAsync<Saved>(new Rewind(run.Key, saved[0]));
            await run.SaveAsync(run.Context("e0") with { DocumentId = "after" });
            run.Equal(run.Context("e0") with { DocumentId = "after" }, (await run.LoadAsync(run.Key)).Context, "the context");
        }),
        new("DELTA-3", "Results of open branches are no part of the context before the join.", async run =>
        {
            var fork = await BranchClauses.OpenAsync(run);
            await fork.SaveAsync("A", context => context with { DocumentId = "pending" });
            run.Equal(fork.Context, (await run.LoadAsync(run.Key)).Context, "the context");
        }),
        new("DELTA-5", "A save that changes nothing is a revision of equal content.", async run =>
        {
            var first = await run.SaveAsync(run.Context("e"));
            var second = await run.SaveAsync(run.Context("e"));
            run.That(second.Revision > first.Revision, "the second save is a revision of its own");
            run.Equal(run.Context("e"), (await run.LoadAsync(run.Key)).Context, "the context");
        }),
        new("DELTA-6", "Without a checkpoint there is nothing to change: a claimed key is not found, not empty.", async run =>
        {
            await run.DoAsync<Claimed>(new Claim(run.Key));
            await run.DoAsync<NotFound>(new Load(run.Key));
        }),
        new("DELTA-8", "Branches and request ids stored at a full revision are known after it.", async run =>
        {
            var fork = await BranchClauses.OpenAsync(run);
            var branch = await fork.SaveAsync("A", context => context with { DocumentId = "d" });
            var id = Guid.NewGuid();
            var rewound = await run.DoAsync<Saved>(new Rewind(run.Key, branch.Revision, id));
            var claimed = await run.DoAsync<Claimed>(new Claim(run.Key));
            await run.DoAsync<Saved>(fork.Result("B", context => context) with { Epoch = claimed.Epoch });
            run.Sequence(["A", "B"], (await run.LoadAsync(run.Key)).Branches.Select(result => result.Branch), "the branches");
            run.Equal(rewound, await run.DoAsync<Saved>(new SaveStatus(run.Key, id)), "what is known of the rewind");
        }),
    ];
}
