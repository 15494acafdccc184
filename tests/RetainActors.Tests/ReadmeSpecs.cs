using Akka.Actor;
using Akka.TestKit.Xunit2;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests;

/// <summary>What the README shows, run.</summary>
public sealed class ReadmeSpecs() : TestKit(TestJournal.Config)
{
    private static readonly CheckpointKey Key = Contexts.Key;

    [Fact(DisplayName = "The README's actor should save after each transition and enter the next state only when that is durable")]
    public async Task Conversation()
    {
        var (checkpoints, worker) = (CreateTestProbe(), CreateTestProbe());
        var ingestion = Sys.ActorOf(Props.Create(() => new Ingestion(Key, checkpoints, worker)));

        await checkpoints.ExpectMsgAsync(new Load(Key));
        checkpoints.Reply(new NotFound(Key));
        await worker.ExpectMsgAsync("FETCH");
        ingestion.Tell(new Ingestion.Done("PARSE"));
        var saved = await checkpoints.ExpectMsgAsync<Save>();
        Assert.Equal(("FETCH", "PARSE"), (saved.Context.CompletedState, saved.Context.NextState));
        await worker.ExpectNoMsgAsync(TimeSpan.Zero);
        checkpoints.Reply(new Saved(Key, 1));
        await worker.ExpectMsgAsync("PARSE");
    }

    [Fact(DisplayName = "The README's actor should resume at the next state on the real checkpoints")]
    public async Task Resume()
    {
        var (checkpoints, worker) = (RetainCheckpoints.Get(Sys).ClientActor, CreateTestProbe());
        var first = await WatchAsync(Sys.ActorOf(Props.Create(() => new Ingestion(Key, checkpoints, worker))));
        await worker.ExpectMsgAsync("FETCH");
        first.Tell(new Ingestion.Done("PARSE"));
        await worker.ExpectMsgAsync("PARSE");
        Sys.Stop(first);
        await ExpectTerminatedAsync(first);

        Sys.ActorOf(Props.Create(() => new Ingestion(Key, checkpoints, worker)));
        await worker.ExpectMsgAsync("PARSE");
    }
}
