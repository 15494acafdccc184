using System.Diagnostics;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using RetainActors.Runs;
using RetainActors.Tests.Runs;
using static RetainActors.Tests.Runs.Handlers;

namespace RetainActors.Tests.Diagnostics;

[Collection(nameof(Alone))]
public sealed class RunTelemetrySpecs() : TestKit(ConfigurationFactory.ParseString("retain.telemetry.key-tags = bank, retain.run.max-live-runs = 1").WithFallback(TestJournal.Config))
{
    private static readonly ActivitySource User = new("user");

    private readonly Telemetry _telemetry = new();
    private readonly CheckpointKey _key = new($"bank-{Guid.NewGuid():N}", "source");

    [Fact(DisplayName = "A run should hang under the span of who asked, its states and branches under the run, their handlers and saves under them")]
    public async Task Spans()
    {
        var handlers = new Dictionary<string, ActivitySpanId>();
        var runs = RetainRuns.Start(Sys, new StateTableBuilder("F")
            .AddFork("F", Notes(Forks), ["X"], "J").Add("X", Notes(Completes)).Add("J", Notes(Completes)).Build());
        ActivitySpanId user;
        using (var request = User.StartActivity("request")!)
        {
            user = request.SpanId;
            await runs.RunAsync(_key, "text");
        }

        var run = One("run");
        Assert.Equal((user, "completed"), (run.ParentSpanId, run.GetTagItem("outcome")));
        var states = _telemetry.SpansOf(_key.Bank, "run.state");
        var branch = One("run.branch");
        Assert.Equal<string>(["F", "J"], states.Select(state => (string)state.GetTagItem("state")!));
        Assert.Equal("parallel:X", branch.GetTagItem("state"));
        Assert.All([.. states, branch], state => Assert.Equal((run.TraceId, run.SpanId), (state.TraceId, state.ParentSpanId)));
        Assert.Equal([states[0].SpanId, branch.SpanId, states[1].SpanId], new[] { "F", "X", "J" }.Select(state => handlers[state]));
        Assert.Equal(
            [run.SpanId, states[0].SpanId, branch.SpanId, states[1].SpanId], _telemetry.SpansOf(_key.Bank, "checkpoint.save").Select(save => save.ParentSpanId));
        Assert.Equal(run.SpanId, One("checkpoint.claim").ParentSpanId);
        Assert.Equal(2, _telemetry.SpansOf(_key.Bank, "checkpoint.load").Count(load => load.ParentSpanId == run.SpanId));

        StateHandler Notes(StateHandler then) => async (scope, context, stop) =>
        {
            await Task.Yield();
            lock (handlers) handlers[scope.State] = Activity.Current!.SpanId;
            return await then(scope, context, stop);
        };
    }

    [Fact(DisplayName = "Runs should be counted by outcome, states timed, retries and parked runs counted, and what a resume need not do again")]
    public async Task Measures()
    {
        var retry = new RetryPolicy { MaxTries = 2, MinBackoff = TimeSpan.FromMilliseconds(1), MaxBackoff = TimeSpan.FromMilliseconds(1), Retries = _ => true };
        var runs = RetainRuns.Start(Sys, new StateTableBuilder("A")
            .Add("A", GoesTo("B"), next: ["B"]).Add("B", FailsTimes(3, Completes), policy: new StatePolicy { Retry = retry, ParkAfter = 3 }).Build());

        Assert.Equal(RunOutcome.Failed, (await runs.RunAsync(_key, "text")).Outcome);
        Assert.Equal(RunOutcome.Parked, (await runs.RunAsync(_key, "text")).Outcome);
        Assert.Equal(RunOutcome.Refused, (await runs.RunAsync(_key, "text")).Outcome);
        await runs.UnparkAsync(_key);
        Assert.Equal(RunOutcome.Completed, (await runs.RunAsync(_key, "text")).Outcome);
        Assert.Equal(RunOutcome.UpToDate, (await runs.RunAsync(_key, "text")).Outcome);

        Assert.Equal(
            [("failed", "StateFailed"), ("parked", "Parked"), ("refused", "Parked"), ("completed", null), ("upToDate", null)],
            Mine("retain.run.count").Select(measured => ((string)measured.Tags["outcome"]!, (string?)measured.Tags.GetValueOrDefault("reason"))));
        Assert.Equal(5, Mine("retain.run.duration").Count());
        Assert.Equal(
            [("A", "success"), ("B", "failure"), ("B", "failure"), ("B", "failure"), ("B", "success")],
            Mine("retain.run.state.duration").Select(measured => ((string)measured.Tags["state"]!, (string)measured.Tags["outcome"]!)));
        Assert.Equal("B", Assert.Single(Mine("retain.run.retried")).Tags["state"]);
        Assert.Equal("B", Assert.Single(Mine("retain.run.parked")).Tags["state"]);
        Assert.Equal(2, Mine("retain.run.resumed").Sum(measured => measured.Value));
        Assert.Equal([1, 1], Mine("retain.run.state.skipped").Select(measured => measured.Value));
        Assert.DoesNotContain(Mine("retain.run.count"), measured => measured.Tags.ContainsKey("retain.source"));
        var failed = _telemetry.SpansOf(_key.Bank, "run.state").First(span => Equals(span.GetTagItem("state"), "B"));
        Assert.Equal((ActivityStatusCode.Error, "TimeoutException: no model today"), (failed.Status, failed.StatusDescription));
        Assert.Equal("retried", Assert.Single(_telemetry.SpansOf(_key.Bank, "run")[0].Events).Name);
    }

    [Fact(DisplayName = "Live and waiting runs should be counted while they are that, and a stopped state end with its run")]
    public async Task Active()
    {
        var gate = new Gate(Completes);
        var runs = RetainRuns.Start(Sys, new StateTableBuilder("A").Add("A", gate.Handle).Build());
        var (live, waiting) = (Runs(), Waiting());
        using var stop = new CancellationTokenSource();

        var first = runs.RunAsync(_key, "text", cancellationToken: stop.Token);
        await gate.Entered;
        var second = runs.RunAsync(new CheckpointKey(_key.Bank, "second"), "text", cancellationToken: stop.Token);
        // Answered after the second start was taken.
        await runs.RunAsync(_key, "text");
        Assert.Equal((live + 1, waiting + 1), (Runs(), Waiting()));

        await stop.CancelAsync();
        Assert.Equal((RunOutcome.Stopped, RunOutcome.Stopped), ((await first).Outcome, (await second).Outcome));
        await AwaitConditionAsync(() => Task.FromResult(Runs() == live));
        Assert.Equal(waiting, Waiting());
        Assert.Equal("stopped", _telemetry.SpansOf(_key.Bank, "run.state")[0].GetTagItem("outcome"));

        double Runs() => _telemetry.Observe("retain.actor.active").Single(measured => Equals(measured.Tags["kind"], "run")).Value;
        double Waiting() => _telemetry.Observe("retain.run.waiting").Single().Value;
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _telemetry.Dispose();
    }

    private IEnumerable<Measured> Mine(string name) => _telemetry.Of(_key.Bank, name);

    private Activity One(string name) => Assert.Single(_telemetry.SpansOf(_key.Bank, name));
}
