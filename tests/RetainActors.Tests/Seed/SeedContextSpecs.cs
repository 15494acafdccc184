using System.Text;
using Akka.TestKit.Xunit2;
using RetainActors.Json;
using RetainActors.Runs;
using RetainActors.Tests.Runs;
using static RetainActors.Tests.Runs.Handlers;

namespace RetainActors.Tests.Seed;

/// <summary>The context's behaviours X1 to X5 of the Python retain FSM.</summary>
public sealed class SeedContextSpecs() : TestKit(TestJournal.Config)
{
    private static readonly CheckpointKey Key = new("bank", "source.md");

    [Fact(DisplayName = "X1: a state gets bank, source, text and reference date; the text from the scope, because it is not part of what is saved")]
    public async Task X1()
    {
        StateScope? scope = null;
        RetainContext? context = null;
        var date = Timestamp.Parse("2024-05-06");
        // A caller gives a reference date by saving the context that the run then starts from.
        await RetainCheckpoints.Get(Sys).Client.SaveAsync(new RetainContext(Key) { NextState = "A", ReferenceDate = date });

        await RunAsync(One(Sees((s, c) => (scope, context) = (s, c), Completes)));

        Assert.Equal((Key, Key, "text", date), (scope!.Key, context!.Key, scope.Text, context.ReferenceDate));
    }

    [Fact(DisplayName = "X2: outputs are document id, entities, wikis and supersedes edges; sections and facts are derived once and shared, because they are not saved")]
    public async Task X2()
    {
        var derived = 0;
        string[] Sections(StateScope scope) => scope.Derive("sections", s =>
        {
            derived++;
            return s.Text.Split(' ');
        });
        var table = new StateTableBuilder("A")
            .Add("A", (scope, context, _) => Task.FromResult(new StateResult(
                context with
                {
                    DocumentId = "doc",
                    Entities = [.. Sections(scope)],
                    WikisCreated = ["w1"],
                    WikisUpdated = ["w2"],
                    SupersedesEdges = [new SupersedesEdge("new", "old")],
                },
                Transition.To("B"))), next: ["B"])
            .Add("B", Sees((scope, _) => Sections(scope), Completes))
            .Build();

        var context = (await RetainRuns.Start(Sys, table).RunAsync(Key, "two sections")).Context!;

        Assert.Equal("doc", context.DocumentId);
        Assert.Equal<string>(["two", "sections"], context.Entities);
        Assert.Equal<string>(["w1"], context.WikisCreated);
        Assert.Equal<string>(["w2"], context.WikisUpdated);
        Assert.Equal<SupersedesEdge>([new("new", "old")], context.SupersedesEdges);
        Assert.Equal(1, derived);
    }

    [Fact(DisplayName = "X3: the control part is states, step log, errors, started_at and completed_at, kept by the engine")]
    public async Task X3()
    {
        var context = (await RetainRuns.Start(Sys, One(Completes), new ManualClock()).RunAsync(Key, "text")).Context!;

        Assert.Equal(("A", null, CheckpointStatus.Completed), (context.CompletedState, context.NextState, context.Status));
        Assert.Equal(Timestamp.From(ManualClock.Start), context.StartedAt);
        Assert.Equal(Timestamp.From(ManualClock.Start), context.CompletedAt);
        Assert.Single(context.StepLog);
        Assert.Empty(context.Errors);
    }

    [Fact(DisplayName = "X4: the milliseconds by state sum the entries with a duration, also in the middle of a run")]
    public async Task X4()
    {
        var clock = new ManualClock();
        IReadOnlyDictionary<string, double>? midRun = null;
        var rounds = 0;
        var table = new StateTableBuilder("A")
            .Add("A", (scope, context, stop) =>
            {
                clock.Advance(TimeSpan.FromMilliseconds(10));
                return GoesTo(++rounds == 1 ? "A" : "B")(scope, context, stop);
            }, next: ["A", "B"])
            .Add("B", Sees((_, context) => midRun = context.DurationMsByState(), Completes))
            .Build();

        var context = (await RetainRuns.Start(Sys, table, clock).RunAsync(Key, "text")).Context!;
        var open = context with { StepLog = context.StepLog.Add(new StepLogEntry("C", Timestamp.From(ManualClock.Start), null, null)) };

        Assert.Equal([KeyValuePair.Create("A", 20d)], midRun!);
        Assert.Equal([KeyValuePair.Create("A", 20d), KeyValuePair.Create("B", 0d)], open.DurationMsByState());
    }

    [Fact(DisplayName = "X5: the default INIT fails on a blank text, and the other default states lead to Complete; an empty id is refused with the key already")]
    public async Task X5()
    {
        var runs = RetainRuns.Start(Sys, StateTable.Default);

        var blank = await runs.RunAsync(Key, " \n\t");
        var good = await runs.RunAsync(new CheckpointKey("bank", "other.md"), "text");

        Assert.Equal<string>(["INIT: the source text is empty"], blank.Context!.Errors);
        Assert.Equal<string>(["INIT", "READ", "COMPLETE"], good.StatesRun);
        Assert.Equal(RunOutcome.Completed, good.Outcome);
        Assert.Throws<ArgumentException>(() => new CheckpointKey("", "source"));
        Assert.Throws<ArgumentException>(() => new CheckpointKey("bank", ""));
    }

    [Fact(DisplayName = "U13: length and hash of the text survive a resume, because the seed's length became 0")]
    public async Task U13()
    {
        var table = One(FailsOnce(Completes));

        var failed = (await RunAsync(table)).Context!;
        var completed = (await RunAsync(table)).Context!;

        Assert.Equal((4L, SourceText.Sha256Of("text")), (failed.TextLength, failed.TextSha256));
        Assert.Equal((failed.TextLength, failed.TextSha256), (completed.TextLength, completed.TextSha256));
        Assert.DoesNotContain("\"text\"", Encoding.UTF8.GetString(ContextJson.Encode(completed)), StringComparison.Ordinal);
    }

    private Task<RunResult> RunAsync(StateTable table) => RetainRuns.Start(Sys, table).RunAsync(Key, "text");

    private static StateTable One(StateHandler a) => new StateTableBuilder("A").Add("A", a).Build();
}
