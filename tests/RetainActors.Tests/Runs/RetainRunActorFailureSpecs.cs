using Akka.TestKit.Xunit2;
using RetainActors.Runs;
using static RetainActors.Tests.Runs.Handlers;

namespace RetainActors.Tests.Runs;

public sealed class RetainRunActorFailureSpecs() : TestKit("akka.loglevel = WARNING")
{
    public static TheoryData<string, string> Failures { get; } = new()
    {
        { "exception", "InvalidOperationException: boom" },
        { "own cancellation", "OperationCanceledException: the model hung up" },
        { "lone surrogate", "InvalidOperationException: bad \ufffd text" },
        { "failed", "no such document" },
        { "undeclared", "undeclared transition to 'B'; the table declares C, D" },
        { "undeclared block", "undeclared parallel block; the table declares C, D" },
        { "no transition", "the state returned no transition" },
        { "no context", "the state returned no context" },
        { "no result", "the state returned no result" },
        { "no task", "NullReferenceException: Object reference not set to an instance of an object." },
        { "unstorable", "the state's context cannot be stored: documentId holds a lone surrogate at index 0" },
        { "unstorable note", "ArgumentException: The note cannot be stored: stepLog[0].notes.note holds a lone surrogate. (Parameter 'value')" },
    };

    [Theory(DisplayName = "A state that does not succeed should fail the run by name, be stored so, and stay the next state")]
    [MemberData(nameof(Failures))]
    public async Task Failed(string what, string error)
    {
        var run = new ProbedRun(this, new StateTableBuilder("A")
            .Add("A", Handler(what), next: ["C", "D"]).Add("B", Completes).Add("C", Completes).Add("D", Completes)
            .Build());

        await run.StartAsync();
        await run.SaveAsync();
        var failed = await run.SaveAsync();
        var result = await run.EndAsync();

        Assert.Equal((CheckpointStatus.Failed, null, "A", null), (failed.Status, failed.CompletedState, failed.NextState, failed.CompletedAt));
        Assert.Equal<string>(["A: " + error], failed.Errors);
        Assert.Equal(error, failed.StepLog.Single().Error);
        Assert.NotNull(failed.StepLog.Single().CompletedAt);
        Assert.Equal((RunOutcome.Failed, new RunError("StateFailed", "A: " + error)), (result.Outcome, result.Error));
        Assert.Equal<string>(["A"], result.StatesRun);
    }

    [Fact(DisplayName = "A state that leaves nothing but its failure should not change what the states before it made")]
    public async Task Outputs_of_a_failed_state()
    {
        var run = new ProbedRun(this, new StateTableBuilder("A")
            .Add("A", Marks(GoesTo("B")), next: ["B"])
            .Add("B", Marks(Returns(Transition.Fail("no"))))
            .Build());

        await run.StartAsync();
        await run.SaveAsync();
        await run.SaveAsync();

        Assert.Equal<string>(["A"], (await run.SaveAsync()).Entities);
        await run.EndAsync();
    }

    [Fact(DisplayName = "What a state sets of the control plane should be ignored: that is the engine's")]
    public async Task Control_plane()
    {
        var run = new ProbedRun(this, new StateTableBuilder("A")
            .Add("A", (_, context, _) => Task.FromResult(new StateResult(
                context with { NextState = "X", CompletedState = "Y", Attempt = 9, Errors = ["e"], StepLog = [], TextSha256 = "0", StartedAt = null },
                Transition.To("B"))), next: ["B"])
            .Add("B", Completes)
            .Build());

        await run.StartAsync();
        var first = await run.SaveAsync();
        var after = await run.SaveAsync();
        await run.SaveAsync();
        await run.EndAsync();

        Assert.Equal(first with { CompletedState = "A", NextState = "B", StepLog = after.StepLog }, after);
        Assert.Single(after.StepLog);
    }

    [Fact(DisplayName = "A run whose step cannot be brought to an end should crash to its supervisor instead of waiting for ever")]
    public async Task Unreadable_exception()
    {
        var run = new ProbedRun(this, new StateTableBuilder("A").Add("A", Throws(() => new UnreadableException())).Build());

        await run.StartAsync();
        await run.SaveAsync();
        await run.GoneAsync();

        await run.Parent.ExpectMsgAsync<RunProtocol.Started>();
        Assert.False(run.Parent.HasMessages, "a crashed run told its parent an end");
    }

    private static StateHandler Handler(string what) => what switch
    {
        "exception" => Throws(() => new InvalidOperationException("boom")),
        "own cancellation" => Throws(() => new OperationCanceledException("the model hung up")),
        "lone surrogate" => Throws(() => new InvalidOperationException("bad \ud800 text")),
        "failed" => Returns(Transition.Fail("no such document")),
        "undeclared" => GoesTo("B"),
        "undeclared block" => Forks,
        "no transition" => Returns(null!),
        "no context" => (_, _, _) => Task.FromResult(new StateResult(null!, Transition.Completed)),
        "no result" => (_, _, _) => Task.FromResult<StateResult>(null!),
        "no task" => (_, _, _) => null!,
        "unstorable" => (_, context, _) => Task.FromResult(new StateResult(context with { DocumentId = "\ud800" }, Transition.Completed)),
        "unstorable note" => Sees(
            (scope, _) => scope.Note("note", System.Text.Json.JsonDocument.Parse("\"\\ud800\"").RootElement), Completes),
        _ => throw new ArgumentOutOfRangeException(nameof(what)),
    };
}
