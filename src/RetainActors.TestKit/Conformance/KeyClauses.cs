using System.Text.Json;
using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Testing.Conformance;

/// <summary>Requests that are repeated, keys, and what survives a restart.</summary>
internal static class KeyClauses
{
    public static IEnumerable<Clause> All =>
    [
        new("T-1", "One save id twice is one revision and the same answer; with other content it is refused.", async run =>
        {
            var save = new Save(run.Context("e"), Guid.NewGuid());
            var first = await run.DoAsync<Saved>(save);
            run.Equal(first, await run.DoAsync<Saved>(save), "the second answer");
            await run.RefusedAsync(RefuseReason.Invalid, save with { Context = run.Context("something else") });
            run.Sequence([first.Revision], await run.HistoryAsync(run.Key), "the history");
        }),
        new("T-2", "Whether a save landed can be asked by its id, until 64 later requests are accepted.", async run =>
        {
            var save = new Save(run.Context("e"), Guid.NewGuid());
            await run.DoAsync<SaveNotFound>(new SaveStatus(run.Key, save.SaveId!.Value));
            var saved = await run.DoAsync<Saved>(save);
            run.Equal(saved, await run.DoAsync<Saved>(new SaveStatus(run.Key, save.SaveId.Value)), "the status");
            await ReadClauses.SaveAsync(run, 63);
            run.Equal(saved.Revision, await (await run.ClientAsync()).FindSaveAsync(run.Key, save.SaveId.Value), "the status after 63 others");
            await ReadClauses.SaveAsync(run, 1);
            await run.DoAsync<SaveNotFound>(new SaveStatus(run.Key, save.SaveId.Value));
        }),
        new("T-3", "Saves of one key that wait together are stored in the order they were sent.", async run =>
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => run.SendAsync(new Save(run.Context($"{i}")))).ToList());
            var revisions = answers.Select(answer => run.Expect<Saved>(new Save(run.Context()), answer).Revision).ToList();
            run.Sequence(revisions.Order(), revisions, "the revisions");
            foreach (var i in (int[])[0, 50, 99])
                run.Sequence([$"{i}"], (await run.LoadAsync(run.Key, revisions[i])).Context.Entities, $"what revision {revisions[i]} holds");
        }),
        new("K-1", "Keys that look alike are different keys.", async run =>
        {
            var keys = Names.Select((name, index) => (Key: new CheckpointKey(name, run.Key.Source), index))
                .Concat(Names.Select((name, index) => (Key: run.KeyIn(ClauseRun.Bank, name), index: index + 1000))).ToList();
            var client = await run.ClientAsync();
            foreach (var (key, index) in keys) await client.SaveAsync(new RetainContext(key) { Entities = [$"{index}"] });
            client = await run.ClientAsync();
            foreach (var (key, index) in keys)
            {
                var loaded = await client.LoadAsync(key);
                run.Equal((1, key, $"{index}"), (loaded!.Revision, loaded.Context.Key, loaded.Context.Entities.Single()), $"what {key} holds");
            }
        }),
        new("K-4", "Requests about unknown keys store nothing.", async run =>
        {
            ICheckpointCommand[] requests =
                [new Load(run.Key), new Delete(run.Key), new History(run.Key), new Prune(run.Key), new SaveStatus(run.Key, Guid.NewGuid())];
            foreach (var request in requests) await run.DoAsync(request);
            await run.RefusedAsync(RefuseReason.Invalid, new Rewind(run.Key, 1));
            run.Equal(1, (await run.SaveAsync(run.Context())).Revision, "the first revision of the key");
        }),
        new("V-3", "Members that this version does not know are kept when a context is saved again.", async run =>
        {
            var unknown = JsonMembers.Empty.With("from_the_future", JsonDocument.Parse("""{"a":[1,2,{"b":null}]}""").RootElement);
            await run.SaveAsync(run.Context() with { UnknownMembers = unknown });
            await run.SaveAsync((await run.LoadAsync(run.Key)).Context with { DocumentId = "d" });
            run.Equal(unknown, (await run.LoadAsync(run.Key)).Context.UnknownMembers, "the members");
        }),
        new("R-6", "Nothing done to a loaded or saved context changes what is stored.", async run =>
        {
            var context = run.Context("e");
            await run.SaveAsync(context);
            _ = context.Entities.Add("not saved");
            _ = (await run.LoadAsync(run.Key)).Context.Entities.Add("not saved");
            run.Equal(run.Context("e"), (await run.LoadAsync(run.Key)).Context, "the context");
        }),
        new("C-1", "What was acknowledged is there after a restart: context, epoch, branches, ids, and the past.", async run =>
        {
            var fork = await BranchClauses.OpenAsync(run);
            var result = fork.Result("A", context => context with { DocumentId = "d" });
            var branch = await run.DoAsync<Saved>(result);
            var loaded = await run.LoadAsync(run.Key);
            var history = await run.HistoryAsync(run.Key);
            await run.RestartAsync();
            var again = await run.LoadAsync(run.Key);
            run.Equal(loaded with { Branches = [] }, again with { Branches = [] }, "what is loaded");
            run.Sequence(loaded.Branches, again.Branches, "the branches");
            run.Equal(branch, await run.DoAsync<Saved>(result), "the answer to the repeated branch");
            run.Sequence(history, await run.HistoryAsync(run.Key), "the history");
            await run.RefusedAsync(RefuseReason.StaleEpoch, new Save(fork.Context));
        }, HarnessFeatures.SurvivesRestart),
    ];

    private static readonly string[] Names =
    [
        "a/b", "a:b", "a b", "a%2Fb", "a%2fb", "A/B", "a~b", "a~", "~a", ".", "..", "CON", "nul.txt",
        "\u65e5\u672c", "\U0001f600", "\u00e9", "e\u0301", "a\0b", "a\nb",
        new('x', 900), new string('x', 899) + "y", new string('\u00fc', 300), "%", "%25", "-", "_",
    ];
}
