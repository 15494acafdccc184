using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using RetainActors.Runs;
using RetainActors.Storage;
using static RetainActors.Tests.Runs.Handlers;

namespace RetainActors.Tests.Runs;

/// <summary>A process that starts finds what a dead one left and goes on with it.</summary>
public sealed class UnfinishedRunsSpecs
{
    [Fact(DisplayName = "Runs that a dead process left should be resumed at their next states, with the texts that the user gives")]
    public async Task Resumed()
    {
        var disk = new MemoryFileSystem();
        var system = TestSystem.Start(disk);
        var (gate, inside) = (new Gate(Completes, ignoresStop: true), new CountdownEvent(3));
        var runs = RetainRuns.Start(system, Table((scope, context, stop) =>
        {
            inside.Signal();
            return gate.Handle(scope, context, stop);
        }));
        foreach (var n in Enumerable.Range(1, 3)) _ = runs.RunAsync(Key(n), TextOf(Key(n)));
        Assert.True(inside.Wait(TimeSpan.FromSeconds(20)));
        var left = disk.Crash(seed: 1);

        var next = TestSystem.Start(left);
        var entered = new ConcurrentQueue<string>();
        var client = RetainRuns.Start(next, Table(Sees((scope, _) => entered.Enqueue(scope.Text), Completes)));
        var results = await client.ResumeUnfinishedAsync(new Texts(key => Task.FromResult<string?>(TextOf(key))));

        Assert.Equal([Key(1), Key(2), Key(3)], results.Select(result => result.Key).OrderBy(key => key.Source));
        Assert.All(results, result => Assert.Equal((RunOutcome.Completed, "B"), (result.Outcome, result.ResumedAt)));
        Assert.Equal(["text of 1.md", "text of 2.md", "text of 3.md"], entered.Order());
        Assert.Empty(await client.ResumeUnfinishedAsync(new Texts(_ => throw new InvalidOperationException("nothing is unfinished"))));
        gate.Open();
        await Task.WhenAll(system.Terminate(), next.Terminate());
    }

    [Fact(DisplayName = "A text that is gone or cannot be read should refuse its key by name, and hold up no other")]
    public async Task Without_text()
    {
        var system = TestSystem.Start(new MemoryFileSystem());
        var client = RetainRuns.Start(system, Table(Completes));

        var results = await new UnfinishedRuns(new Keys(Key(1), Key(2), Key(3)), client, 1).ResumeAsync(
            new Texts(key => key == Key(1) ? Task.FromResult<string?>(null) : key == Key(2) ? throw new IOException("no share") : Task.FromResult<string?>("text")),
            ChangePolicy.Refuse, ChangePolicy.Refuse, CancellationToken.None);

        Assert.Equal(new RunError("TextUnavailable", "IOException: no share"), results.Single(result => result.Key == Key(2)).Error);
        Assert.Equal("TextMissing", results.Single(result => result.Key == Key(1)).Error!.Reason);
        Assert.Equal(RunOutcome.Completed, results.Single(result => result.Key == Key(3)).Outcome);
        await system.Terminate();
    }

    [Fact(DisplayName = "No more texts should be asked for at once than runs may be on their way")]
    public async Task Bounded()
    {
        var system = TestSystem.Start(new MemoryFileSystem());
        var client = RetainRuns.Start(system, Table(Completes));
        var (now, most) = (0, 0);

        var results = await new UnfinishedRuns(new Keys([.. Enumerable.Range(1, 40).Select(Key)]), client, 4).ResumeAsync(
            new Texts(async _ =>
            {
                var here = Interlocked.Increment(ref now);
                lock (client) most = Math.Max(most, here);
                await Task.Yield();
                Interlocked.Decrement(ref now);
                return "text";
            }),
            ChangePolicy.Refuse, ChangePolicy.Refuse, CancellationToken.None);

        Assert.Equal(40, results.Count(result => result.Outcome == RunOutcome.Completed));
        Assert.InRange(most, 1, 4);
        await system.Terminate();
    }

    private static CheckpointKey Key(int n) => new("bank", $"{n}.md");

    private static string TextOf(CheckpointKey key) => $"text of {key.Source}";

    private static StateTable Table(StateHandler b) => new StateTableBuilder("A").Add("A", GoesTo("B"), next: ["B"]).Add("B", b).Build();

    private sealed class Keys(params CheckpointKey[] keys) : IUnfinishedKeys
    {
        public async IAsyncEnumerable<CheckpointKey> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            foreach (var key in keys)
            {
                await Task.Yield();
                yield return key;
            }
        }
    }

    private sealed class Texts(Func<CheckpointKey, Task<string?>> find) : ISourceTexts
    {
        public Task<string?> FindAsync(CheckpointKey key, CancellationToken cancellationToken) => find(key);
    }
}
