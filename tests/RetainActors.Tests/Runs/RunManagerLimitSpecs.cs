using System.Collections.Concurrent;
using Akka.TestKit.Xunit2;
using RetainActors.Runs;
using static RetainActors.Tests.Runs.Handlers;

namespace RetainActors.Tests.Runs;

/// <summary>No more live runs than allowed: the others wait their turn, or are refused.</summary>
public sealed class RunManagerLimitSpecs() : TestKit(TestJournal.Config.WithFallback("retain.run { max-live-runs = 2, max-waiting-runs = 3 }"))
{
    [Fact(DisplayName = "No more runs than allowed should be live at once, and those that wait should all have their turn, the banks in turn")]
    public async Task Bounded()
    {
        // One of the two live runs stays to the end, so that the others have their turns one after the other.
        var (gate, end, order) = (new Gate(Completes), new Gate(Completes), new ConcurrentQueue<string>());
        var runs = Start((scope, context, stop) =>
        {
            order.Enqueue(scope.Key.ToString());
            return (scope.Key == Key("a", 2) ? end : gate).Handle(scope, context, stop);
        });

        Task<RunResult>[] live = [runs.RunAsync(Key("a", 1), "text"), runs.RunAsync(Key("a", 2), "text")];
        Task<RunResult>[] waiting = [runs.RunAsync(Key("a", 3), "text"), runs.RunAsync(Key("a", 4), "text"), runs.RunAsync(Key("b", 1), "text")];
        var again = await runs.RunAsync(Key("a", 3), "text");
        var refused = await runs.RunAsync(Key("a", 5), "text");
        await AwaitAssertAsync(() => Assert.Equal(2, order.Count), TimeSpan.FromSeconds(20));
        gate.Open();
        var results = await Task.WhenAll(waiting.Prepend(live[0]));
        end.Open();

        Assert.All(results.Append(await live[1]), result => Assert.Equal(RunOutcome.Completed, result.Outcome));
        Assert.Equal(RunOutcome.AlreadyRunning, again.Outcome);
        Assert.Equal((RunOutcome.Refused, "Busy"), (refused.Outcome, refused.Error!.Reason));
        Assert.Equal(5, order.Count);
        Assert.True(order.ToList().IndexOf(Key("b", 1).ToString()) < 4, $"bank b came last: {string.Join(' ', order)}");
    }

    [Fact(DisplayName = "A run that is stopped or whose caller gives up while it waits should end as Stopped without a checkpoint, and the next have its turn")]
    public async Task Stopped_while_waiting()
    {
        var gate = new Gate(Completes);
        var runs = Start(gate.Handle);
        using var giveUp = new CancellationTokenSource();

        var live = new[] { runs.RunAsync(Key("a", 1), "text"), runs.RunAsync(Key("a", 2), "text") };
        var given = runs.RunAsync(Key("a", 3), "text", cancellationToken: giveUp.Token);
        var next = runs.RunAsync(Key("a", 4), "text");
        await giveUp.CancelAsync();
        var stopped = await given;
        gate.Open();

        Assert.Equal((RunOutcome.Stopped, 0L), (stopped.Outcome, stopped.Revision));
        Assert.Equal(RunOutcome.Completed, (await next).Outcome);
        Assert.All(await Task.WhenAll(live), result => Assert.Equal(RunOutcome.Completed, result.Outcome));
        Assert.Null(await RetainCheckpoints.Get(Sys).Client.LoadAsync(Key("a", 3)));
    }

    private static CheckpointKey Key(string bank, int source) => new(bank, $"{source}.md");

    private IRunClient Start(StateHandler a) => RetainRuns.Start(Sys, new StateTableBuilder("A").Add("A", a).Build());
}
