using Akka.Actor;
using RetainActors.Cli.Output;
using RetainActors.Runs;

namespace RetainActors.Cli.Tests.Commands;

public sealed class RunProgressSpecs
{
    private static readonly CheckpointKey Key = new("b", "guide/tides.md");

    [Fact(DisplayName = "A retry should be told on standard error as one line, and a state that is entered or left should not")]
    public async Task Retried()
    {
        using var error = new StringWriter { NewLine = "\n" };
        await using var progress = new RunProgress(error, "retaining b", 1, isTerminal: false);
        using var system = ActorSystem.Create("progress");
        var actor = system.ActorOf(RunProgressActor.PropsFor(progress));
        // Answered when the actor has started, and so has subscribed.
        await actor.Ask<ActorIdentity>(new Identify(null), TimeSpan.FromSeconds(20));

        system.EventStream.Publish(new RunEvent.StateEntered(Key, "READ"));
        system.EventStream.Publish(new RunEvent.Retried(Key, "READ", 2, TimeSpan.FromSeconds(1.54), "IOException: gone\nreally"));
        system.EventStream.Publish(new RunEvent.StateLeft(Key, "READ", TimeSpan.Zero, null));
        await actor.GracefulStop(TimeSpan.FromSeconds(20));

        Assert.Equal("retrying guide/tides.md: READ failed, 2 in a row; again in 1.5 s: IOException: gone really\n", error.ToString());
        await system.Terminate();
    }
}
