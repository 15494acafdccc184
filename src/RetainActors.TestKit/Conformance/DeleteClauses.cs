using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Testing.Conformance;

/// <summary>Delete, copy, rewind.</summary>
internal static class DeleteClauses
{
    public static IEnumerable<Clause> All => [.. Delete, .. Copy, .. Rewind];

    private static IEnumerable<Clause> Delete =>
    [
        new("DELETE-1", "All revisions of a deleted key are gone from load and history.", async run =>
        {
            var saved = await ReadClauses.SaveAsync(run, 3);
            run.Equal(true, (await run.DoAsync<Deleted>(new Delete(run.Key))).Existed, "whether there was a checkpoint");
            await run.DoAsync<NotFound>(new Load(run.Key));
            foreach (var revision in saved) await run.DoAsync<NotFound>(new Load(run.Key, revision));
            run.Sequence([], await run.HistoryAsync(run.Key), "the history");
        }),
        new("DELETE-2", "Branch results are gone too, also once the key lives again.", async run =>
        {
            var fork = await BranchClauses.OpenAsync(run);
            await fork.SaveAsync("A", context => context);
            await run.DoAsync<Deleted>(new Delete(run.Key));
            await run.SaveAsync(fork.Context);
            run.Equal(0, (await run.LoadAsync(run.Key)).Branches.Length, "the number of branches");
            run.Equal(1, (await run.HistoryAsync(run.Key)).Length, "the number of revisions");
        }),
        new("DELETE-4", "Other keys are untouched.", async run =>
        {
            await ReadClauses.SaveAsync(run, 2);
            await run.SaveAsync(run.Context("kept") with { Key = run.Other });
            await run.DoAsync<Deleted>(new Delete(run.Key));
            run.Sequence(["kept"], (await run.LoadAsync(run.Other)).Context.Entities, "what the other key holds");
        }),
        new("DELETE-5", "Deleting a missing key is no failure and says that there was none; it can be repeated.", async run =>
        {
            run.Equal(false, await (await run.ClientAsync()).DeleteAsync(run.Key), "whether there was a checkpoint");
            await run.SaveAsync(run.Context());
            run.Equal(true, await (await run.ClientAsync()).DeleteAsync(run.Key), "whether there was a checkpoint");
            run.Equal(false, await (await run.ClientAsync()).DeleteAsync(run.Key), "whether there still was one");
        }),
    ];

    private static IEnumerable<Clause> Copy =>
    [
        new("COPY-1", "A copy appears at the target, under the target's key.", async run =>
        {
            await ReadClauses.SaveAsync(run, 2);
            var copied = await run.DoAsync<Saved>(new Copy(run.Key, run.Other));
            var loaded = await run.LoadAsync(run.Other);
            run.Equal((run.Other, copied.Revision), (loaded.Context.Key, loaded.Revision), "key and revision of the copy");
        }),
        new("COPY-2", "The copy has the content of the revision that was copied.", async run =>
        {
            var saved = await ReadClauses.SaveAsync(run, 3);
            await run.DoAsync<Saved>(new Copy(run.Key, run.Other, saved[1]));
            run.Equal((await run.LoadAsync(run.Key, saved[1])).Context with { Key = run.Other }, (await run.LoadAsync(run.Other)).Context, "the copy");
        }),
        new("COPY-3", "The copy has the metadata, and says where it came from.", async run =>
        {
            var saved = await run.SaveAsync(run.Context() with { Status = CheckpointStatus.Failed, Attempt = 2, Errors = ["READ: no"] });
            await run.DoAsync<Saved>(new Copy(run.Key, run.Other));
            var context = (await run.LoadAsync(run.Other)).Context;
            run.Equal((CheckpointStatus.Failed, 2, "READ: no"), (context.Status, context.Attempt, context.Errors.Single()), "the metadata");
            var info = (await run.DoAsync<HistoryPage>(new History(run.Other))).Revisions.Single();
            run.Equal((RevisionKind.Copy, saved.Revision), (info.Kind, info.CopiedFrom!.Revision), "what the history says");
            run.Equal((run.Key.Bank, run.Key.Source), (info.CopiedFrom.Bank, info.CopiedFrom.Source), "where it came from");
        }),
        new("COPY-5", "The copy has the finished branches of the open fork.", async run =>
        {
            var fork = await BranchClauses.OpenAsync(run);
            await fork.SaveAsync("A", context => context with { DocumentId = "d" });
            await run.DoAsync<Saved>(new Copy(run.Key, run.Other));
            var branch = (await run.LoadAsync(run.Other)).Branches.Single();
            run.Equal(("A", "d"), (branch.Branch, branch.Delta.ApplyTo(fork.Context).DocumentId), "the branch");
        }),
        new("COPY-7", "The source is unchanged, whatever becomes of the copy.", async run =>
        {
            var saved = await ReadClauses.SaveAsync(run, 2);
            await run.DoAsync<Saved>(new Copy(run.Key, run.Other));
            await run.DoAsync<Deleted>(new Delete(run.Other));
            run.Sequence(Enumerable.Reverse(saved), await run.HistoryAsync(run.Key), "the history of the source");
        }),
        new("COPY-8", "Copying an unknown key is refused and leaves the target empty; an existing target is never replaced unasked.", async run =>
        {
            await run.RefusedAsync(RefuseReason.Invalid, new Copy(run.Key, run.Other));
            await run.DoAsync<NotFound>(new Load(run.Other));
            await run.SaveAsync(run.Context("source"));
            await run.SaveAsync(run.Context("target") with { Key = run.Other });
            await run.RefusedAsync(RefuseReason.Conflict, new Copy(run.Key, run.Other));
            run.Sequence(["target"], (await run.LoadAsync(run.Other)).Context.Entities, "what the target holds");
        }),
    ];

    private static IEnumerable<Clause> Rewind =>
    [
        new("REWIND-1", "A rewind stores an earlier revision again as a new one, keeps the others, and fences the owner out.", async run =>
        {
            var claimed = await run.DoAsync<Claimed>(new Claim(run.Key));
            var first = await run.DoAsync<Saved>(new Save(run.Context("first"), Epoch: claimed.Epoch));
            var second = await run.DoAsync<Saved>(new Save(run.Context("second"), Epoch: claimed.Epoch));
            var rewound = await run.DoAsync<Saved>(new Rewind(run.Key, first.Revision));
            run.That(rewound.Revision > second.Revision, "the rewind is a new revision");
            run.Sequence(["first"], (await run.LoadAsync(run.Key)).Context.Entities, "what the key holds");
            run.Sequence(["second"], (await run.LoadAsync(run.Key, second.Revision)).Context.Entities, "what the second revision holds");
            await run.RefusedAsync(RefuseReason.StaleEpoch, new Save(run.Context("third"), Epoch: claimed.Epoch));
        }),
        new("REWIND-2", "A rewind to a revision that is not stored, or was deleted, is refused and changes nothing.", async run =>
        {
            var saved = await run.SaveAsync(run.Context());
            await run.DoAsync<Deleted>(new Delete(run.Key));
            var alive = await run.SaveAsync(run.Context("alive"));
            await run.RefusedAsync(RefuseReason.Invalid, new Rewind(run.Key, saved.Revision));
            await run.RefusedAsync(RefuseReason.Invalid, new Rewind(run.Key, alive.Revision + 1));
            run.Sequence([alive.Revision], await run.HistoryAsync(run.Key), "the history");
        }),
    ];
}
