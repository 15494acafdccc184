using System.Text.Json;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Testing.Conformance;

internal static class SaveClauses
{
    public static IEnumerable<Clause> All =>
    [
        new("SAVE-1", "A save returns the key and a new revision.", async run =>
        {
            var first = await run.SaveAsync(run.Context());
            var second = await run.SaveAsync(run.Context("e"));
            run.Equal(run.Key, first.Key, "the key of the answer");
            run.That(first.Revision > 0 && second.Revision > first.Revision, $"revisions grow from 1; they are {first.Revision}, {second.Revision}");
        }),
        new("SAVE-2", "Loading a saved revision gives equal data.", async run =>
        {
            var saved = await run.SaveAsync(Full(run));
            var loaded = await run.LoadAsync(run.Key, saved.Revision);
            run.Equal(Full(run), loaded.Context, "the loaded context");
            run.Equal(saved.Revision, loaded.Revision, "its revision");
        }),
        new("SAVE-3", "Text, integers, lists, maps, numbers of any precision and null keep their types.", async run =>
        {
            await run.SaveAsync(Full(run));
            var members = (await run.LoadAsync(run.Key)).Context.UnknownMembers;
            foreach (var (name, text) in Values)
                run.Equal(text, members.TryGet(name, out var value) ? value.GetRawText() : "missing", $"member {name}");
        }),
        new("SAVE-6", "Metadata, own members included, is kept.", async run =>
        {
            await run.SaveAsync(Full(run));
            var context = (await run.LoadAsync(run.Key)).Context;
            run.Equal("READ", context.CompletedState, "the completed state");
            run.Equal("EXTRACT", context.NextState, "the next state");
            run.Equal(Full(run).StepLog.Single(), context.StepLog.Single(), "the step log");
            run.Equal("\"pdf\"", context.UnknownMembers.TryGet("source_kind", out var kind) ? kind.GetRawText() : "missing", "an own member");
        }),
        new("SAVE-10", "Three saves on one key can all be loaded by their revisions.", async run =>
        {
            var revisions = new List<long>();
            foreach (var entity in (string[])["a", "b", "c"]) revisions.Add((await run.SaveAsync(run.Context(entity))).Revision);
            foreach (var (revision, entity) in revisions.Zip((string[])["a", "b", "c"]))
                run.Sequence([entity], (await run.LoadAsync(run.Key, revision)).Context.Entities, $"what revision {revision} holds");
        }),
        new("SAVE-11", "Two keys never mix.", async run =>
        {
            await run.SaveAsync(run.Context("of the one"));
            await run.SaveAsync(run.Context("of the other") with { Key = run.Other });
            run.Sequence(["of the one"], (await run.LoadAsync(run.Key)).Context.Entities, "what the one key holds");
            run.Sequence(["of the other"], (await run.LoadAsync(run.Other)).Context.Entities, "what the other key holds");
        }),
        new("SAVE-12", "The second save stands on the first.", async run =>
        {
            var first = await run.SaveAsync(run.Context("first"));
            var second = await run.DoAsync<Saved>(new Save(run.Context("first", "second"), ExpectedRevision: first.Revision));
            run.Sequence([second.Revision, first.Revision], await run.HistoryAsync(run.Key), "the history");
        }),
        new("SAVE-13", "A save of changed fields shows changed and unchanged ones; the old revision shows the old.", async run =>
        {
            var before = Full(run);
            var first = await run.SaveAsync(before);
            await run.SaveAsync(before with { DocumentId = "changed" });
            run.Equal(before with { DocumentId = "changed" }, (await run.LoadAsync(run.Key)).Context, "the new revision");
            run.Equal(before, (await run.LoadAsync(run.Key, first.Revision)).Context, "the old revision");
        }),
        new("SAVE-14", "A field that appears later is loaded, and earlier fields stay.", async run =>
        {
            await run.SaveAsync(run.Context("e"));
            var later = run.Context("e") with { DocumentId = "d", UnknownMembers = Full(run).UnknownMembers };
            await run.SaveAsync(later);
            run.Equal(later, (await run.LoadAsync(run.Key)).Context, "the context");
        }),
        new("SAVE-15", "A dropped field is absent from the new revision.", async run =>
        {
            await run.SaveAsync(Full(run));
            await run.SaveAsync(run.Context());
            var context = (await run.LoadAsync(run.Key)).Context;
            run.Equal(null, context.DocumentId, "a dropped field");
            run.Equal(0, context.UnknownMembers.Count, "the number of own members");
            run.Equal(0, context.Entities.Length, "the number of entities");
        }),
        new("SAVE-16", "The run that saved is kept: its epoch and its attempt.", async run =>
        {
            var claimed = await run.DoAsync<Claimed>(new Claim(run.Key));
            await run.DoAsync<Saved>(new Save(run.Context() with { Attempt = 3 }, Epoch: claimed.Epoch));
            var loaded = await run.LoadAsync(run.Key);
            run.Equal((claimed.Epoch, 3), (loaded.Epoch, loaded.Context.Attempt), "epoch and attempt");
            var page = await run.DoAsync<HistoryPage>(new History(run.Key));
            run.Sequence([claimed.Epoch, claimed.Epoch], page.Revisions.Select(revision => revision.Epoch), "the epochs of the history");
        }),
    ];

    private static readonly (string Name, string Text)[] Values =
    [
        ("source_kind", "\"pdf\""), ("text", "\"héllo\""), ("integer", "9007199254740993"), ("number", "1.50"), ("list", "[1,\"a\",null]"),
        ("map", "{\"b\":1,\"a\":{}}"), ("nothing", "null"), ("yes", "true"),
    ];

    /// <summary>A context with something in every kind of field.</summary>
    private static RetainContext Full(ClauseRun run) => run.Context("e1", "e2") with
    {
        TextLength = 12345678901,
        TextSha256 = new string('a', 64),
        ReferenceDate = Timestamp.Parse("2026-01-02T03:04:05"),
        DocumentId = "d",
        WikisCreated = ["w"],
        SupersedesEdges = [new SupersedesEdge("old", "new")],
        StepLog = [new StepLogEntry("READ", Timestamp.Parse("2026-01-02T03:04:05Z"), Timestamp.Parse("2026-01-02T03:04:06.5Z"), 1500.25)],
        UnknownMembers = Values.Aggregate(JsonMembers.Empty, (members, value) => members.With(value.Name, JsonDocument.Parse(value.Text).RootElement)),
    };
}
