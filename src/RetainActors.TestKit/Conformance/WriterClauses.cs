using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Testing.Conformance;

/// <summary>Several writers of one key, in one instance and in two.</summary>
internal static class WriterClauses
{
    public static IEnumerable<Clause> All =>
    [
        new("W-1", "Of several saves on one revision exactly one wins; the others are told of the conflict with both revisions.", async run =>
        {
            var saved = await run.SaveAsync(run.Context());
            var answers = await Task.WhenAll(Enumerable.Range(0, 8)
                .Select(writer => run.SendAsync(new Save(run.Context($"{writer}"), ExpectedRevision: saved.Revision))).ToList());
            var won = answers.OfType<Saved>().ToList();
            run.Equal(1, won.Count, "the number of winners");
            foreach (var refused in answers.OfType<SaveRefused>())
            {
                run.Equal(RefuseReason.Conflict, refused.Reason, "the reason of the others");
                foreach (var revision in (long[])[saved.Revision, won[0].Revision])
                    run.That(refused.Detail.Contains($"{revision}", StringComparison.Ordinal), $"revision {revision} is named in '{refused.Detail}'");
            }

            run.Equal(7, answers.OfType<SaveRefused>().Count(), "the number of conflicts");
        }),
        new("W-2", "A run that was replaced is refused, for saves and for branch results.", async run =>
        {
            var fork = await BranchClauses.OpenAsync(run);
            await run.DoAsync<Claimed>(new Claim(run.Key));
            await run.RefusedAsync(RefuseReason.StaleEpoch, new Save(fork.Context with { DocumentId = "late" }, Epoch: fork.Epoch));
            await run.RefusedAsync(RefuseReason.StaleEpoch, fork.Result("A", context => context));
            run.Equal(fork.Context, (await run.LoadAsync(run.Key)).Context, "the context");
        }),
        new("W-3", "What was refused is in no revision.", async run =>
        {
            var saved = await run.SaveAsync(run.Context("kept"));
            await run.RefusedAsync(RefuseReason.Conflict, new Save(run.Context("refused"), ExpectedRevision: saved.Revision + 7));
            var next = await run.SaveAsync(run.Context("kept", "next"));
            foreach (var revision in await run.HistoryAsync(run.Key))
                run.That(!(await run.LoadAsync(run.Key, revision)).Context.Entities.Contains("refused"), $"revision {revision} holds nothing that was refused");
            run.Equal(next.Revision, (await run.LoadAsync(run.Key)).Revision, "the newest revision");
        }),
        new("W-4", "Readers see whole revisions only, in the order of their saves.", async run =>
        {
            var requests = Enumerable.Range(1, 40).SelectMany(i => (ICheckpointCommand[])
                [new Save(run.Context($"{i}") with { DocumentId = $"{i}" }), new Load(run.Key)]);
            var answers = await Task.WhenAll(requests.Select(run.SendAsync).ToList());
            var seen = answers.OfType<Loaded>().ToList();
            run.Equal(40, seen.Count, "the number of loads");
            foreach (var loaded in seen)
                run.Equal(loaded.Context.DocumentId, loaded.Context.Entities.Single(), $"revision {loaded.Revision}, which was saved with both fields alike,");
            run.Sequence(seen.Select(loaded => loaded.Revision).Order(), seen.Select(loaded => loaded.Revision), "the revisions in the order of their loads");
        }),
        new("W-5", "Deleting and saving again does not let an old owner in; revisions go on counting.", async run =>
        {
            var claimed = await run.DoAsync<Claimed>(new Claim(run.Key));
            var saved = await run.DoAsync<Saved>(new Save(run.Context(), Epoch: claimed.Epoch));
            await run.DoAsync<Deleted>(new Delete(run.Key));
            await run.RefusedAsync(RefuseReason.StaleEpoch, new Save(run.Context("late"), Epoch: claimed.Epoch));
            var again = await run.DoAsync<Saved>(new Save(run.Context("again"), ExpectedRevision: 0));
            run.That(again.Revision > saved.Revision, $"revision {again.Revision} after the deletion is above {saved.Revision} before it");
            await run.RefusedAsync(RefuseReason.StaleEpoch, new Save(run.Context("late"), Epoch: claimed.Epoch));
            await run.RefusedAsync(RefuseReason.Conflict, new Save(run.Context("late"), ExpectedRevision: saved.Revision));
        }),
        new("W-7", "Every claim raises the epoch, and the newest owner alone may save.", async run =>
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => run.SendAsync(new Claim(run.Key))).ToList());
            var epochs = answers.Select(answer => run.Expect<Claimed>(new Claim(run.Key), answer).Epoch).ToList();
            run.Sequence(epochs.Distinct().Order(), epochs.Order(), "the epochs");
            await run.DoAsync<Saved>(new Save(run.Context(), Epoch: epochs.Max()));
            await run.RefusedAsync(RefuseReason.StaleEpoch, new Save(run.Context()));
            await run.RefusedAsync(RefuseReason.Invalid, new Save(run.Context(), Epoch: epochs.Max() + 1));
        }),
        new(
            "W-8", "Two instances on one store never both have a save under one revision, and lose none of either.", TwoInstancesAsync,
            HarnessFeatures.TwoInstances),
        new("W-9", "A run that was replaced from another instance is refused, although its own instance did not hear of it.", async run =>
        {
            var claimed = await run.DoAsync<Claimed>(new Claim(run.Key));
            await run.DoAsync<Saved>(new Save(run.Context("first"), Epoch: claimed.Epoch));
            await using var second = await run.StartSecondAsync();
            var taken = (Claimed)await ClauseRun.SendAsync(second, new Claim(run.Key));
            run.That(taken.Epoch > claimed.Epoch, $"epoch {taken.Epoch} of the second instance is above {claimed.Epoch}");
            await run.RefusedAsync(RefuseReason.StaleEpoch, new Save(run.Context("late"), Epoch: claimed.Epoch));
            run.Sequence(["first"], ((Loaded)await ClauseRun.SendAsync(second, new Load(run.Key))).Context.Entities, "what the key holds");
        }, HarnessFeatures.TwoInstances),
    ];

    private static async Task TwoInstancesAsync(ClauseRun run)
    {
        const int rounds = 10;
        await using var second = await run.StartSecondAsync();
        var acknowledged = new Dictionary<long, string>();
        for (var round = 0; round < rounds; round++)
        {
            var (one, other) = (new Save(run.Context($"one {round}")), new Save(run.Context($"other {round}")));
            var (answerOfOne, answerOfOther) = (run.SendAsync(one), ClauseRun.SendAsync(second, other));
            foreach (var (save, answer) in new[] { (one, await answerOfOne), (other, await answerOfOther) })
            {
                var isNew = acknowledged.TryAdd(run.Expect<Saved>(save, answer).Revision, save.Context.Entities[0]);
                run.That(isNew, $"no two saves got one revision; {answer} came twice");
            }
        }

        await using var third = await run.StartSecondAsync();
        foreach (var (revision, entity) in acknowledged)
        {
            var load = new Load(run.Key, revision);
            var loaded = run.Expect<Loaded>(load, await ClauseRun.SendAsync(third, load));
            run.Equal(entity, loaded.Context.Entities[0], $"what revision {revision} holds");
        }
    }
}
