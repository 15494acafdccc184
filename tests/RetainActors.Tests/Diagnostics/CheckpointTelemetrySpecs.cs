using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests.Diagnostics;

[Collection(nameof(Alone))]
public sealed class CheckpointTelemetrySpecs : TestKit
{
    private static readonly ActivitySource User = new("user");

    private readonly Telemetry _telemetry = new();
    private readonly CheckpointKey _key = new($"bank-{Guid.NewGuid():N}", "source");
    private readonly JournalScript _journal;

    public CheckpointTelemetrySpecs()
        : base(ConfigurationFactory.ParseString(
            """
            retain.telemetry.key-tags = source
            akka.test.single-expect-default = 20 s
            """).WithFallback(FaultyJournal.Config)) => _journal = JournalScript.Of(Sys);

    private ICheckpointClient Client => RetainCheckpoints.Get(Sys).Client;

    [Fact(DisplayName = "Saves and loads should be counted and timed by outcome and reason, with bank and source when that is asked for")]
    public async Task Measures()
    {
        await Client.SaveAsync(new RetainContext(_key));
        await Assert.ThrowsAsync<SaveRefusedException>(() => Client.SaveAsync(new RetainContext(_key), expectedRevision: 9));
        await Client.LoadAsync(_key);
        await Client.LoadAsync(new CheckpointKey(_key.Bank, "other"));
        await Client.DeleteAsync(_key);

        Assert.Equal("source", Assert.Single(_telemetry.Of(_key.Bank, "retain.checkpoint.save.count", ("outcome", "success"), ("reason", null))).Tags["retain.source"]);
        Assert.Single(_telemetry.Of(_key.Bank, "retain.checkpoint.save.count", ("outcome", "refused"), ("reason", "Conflict")));
        Assert.Equal(2, _telemetry.Of(_key.Bank, "retain.checkpoint.save.count").Count());
        Assert.Equal(2, _telemetry.Of(_key.Bank, "retain.checkpoint.save.duration").Count(measured => measured.Value > 0));
        Assert.Single(_telemetry.Of(_key.Bank, "retain.checkpoint.load.duration", ("outcome", "success")));
        Assert.Single(_telemetry.Of(_key.Bank, "retain.checkpoint.load.duration", ("outcome", "notFound")));
        Assert.Equal(5, _telemetry.Of(_key.Bank, "retain.checkpoint.queue.duration").Count());
        Assert.Empty(_telemetry.Of(_key.Bank, "retain.checkpoint.coalesced"));
    }

    [Fact(DisplayName = "The write of a save should hang under the save, and the save under the span of the code that asked, over all mailboxes")]
    public async Task Spans_of_code()
    {
        using var request = User.StartActivity("request")!;
        await Client.SaveAsync(new RetainContext(_key));
        await Client.LoadAsync(_key);

        var (save, write, load) = (One("checkpoint.save"), One("checkpoint.write"), One("checkpoint.load"));
        Assert.Equal((request.SpanId, request.SpanId, save.SpanId), (save.ParentSpanId, load.ParentSpanId, write.ParentSpanId));
        Assert.All([save, write, load], span => Assert.Equal(
            (request.TraceId, ActivityStatusCode.Unset, "source"), (span.TraceId, span.Status, span.GetTagItem("retain.source"))));
        Assert.Equal((1, "success"), ((int)write.GetTagItem("retain.checkpoint.records")!, save.GetTagItem("outcome")));
        Assert.Same(request, Activity.Current);
        Assert.Equal(default, RetainActorsTelemetry.TraceOf("an event of somebody else"));
    }

    [Fact(DisplayName = "An actor should carry its trace in the request, and a request without one begin a trace of its own")]
    public async Task Spans_of_actors()
    {
        var trace = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        var client = RetainCheckpoints.Get(Sys).ClientActor;

        client.Tell(new Claim(_key) { Trace = trace });
        var claimed = await ExpectMsgAsync<Claimed>();
        client.Tell(new Save(new RetainContext(_key), Epoch: claimed.Epoch));
        await ExpectMsgAsync<Saved>();
        client.Tell(new Delete(_key) { Trace = trace });
        await ExpectMsgAsync<Deleted>();

        Assert.Equal((trace.TraceId, trace.SpanId), (One("checkpoint.claim").TraceId, One("checkpoint.claim").ParentSpanId));
        Assert.Equal((trace.TraceId, trace.SpanId), (One("checkpoint.delete").TraceId, One("checkpoint.delete").ParentSpanId));
        Assert.Equal(default, One("checkpoint.save").ParentSpanId);
        Assert.Equal(3, _telemetry.SpansOf(_key.Bank, "checkpoint.write").Count);
    }

    [Fact(DisplayName = "Saves that go to the journal together should be one span, under the first and linked to the others, and be counted as coalesced")]
    public async Task Coalesced()
    {
        var release = _journal.HoldNextWrite();
        var client = RetainCheckpoints.Get(Sys).ClientActor;
        client.Tell(new Save(new RetainContext(_key)));
        await release.Reached.WaitAsync(TimeSpan.FromSeconds(20));
        for (var i = 0; i < 3; i++) client.Tell(new Save(new RetainContext(_key)));
        // They must be in the queue of the key before the write ends.
        await client.Ask<ActorIdentity>(new Identify(null));
        await RetainCheckpoints.Get(Sys).Region.Ask<ActorIdentity>(new Identify(null));
        await Sys.ActorSelection(RetainCheckpoints.Get(Sys).Region.Path / _key.PersistenceId).Ask<ActorIdentity>(new Identify(null));
        release.Release();
        for (var i = 0; i < 4; i++) await ExpectMsgAsync<Saved>();

        var saves = _telemetry.SpansOf(_key.Bank, "checkpoint.save");
        var together = _telemetry.SpansOf(_key.Bank, "checkpoint.write")[1];
        Assert.Equal(2, Assert.Single(_telemetry.Of(_key.Bank, "retain.checkpoint.coalesced")).Value);
        Assert.Equal((3, saves[1].SpanId), ((int)together.GetTagItem("retain.checkpoint.records")!, together.ParentSpanId));
        Assert.Equal(saves.Skip(2).Select(save => save.Context), together.Links.Select(link => link.Context));
    }

    [Fact(DisplayName = "A write that fails should be a failed span, and a save that nobody knows of an unknown outcome")]
    public async Task Failures()
    {
        _journal.OnNextWrite(new JournalFault.Fail());
        var second = new JournalFault.Hold();
        _journal.OnWrite(2, second);
        RetainCheckpoints.Get(Sys).ClientActor.Tell(new Save(new RetainContext(_key)));
        // The client sends it again, and is stopped before that is answered.
        await second.Reached.WaitAsync(TimeSpan.FromSeconds(20));
        Sys.Stop(RetainCheckpoints.Get(Sys).ClientActor);
        await ExpectMsgAsync<SaveUnknown>();

        var (write, save) = (One("checkpoint.write"), One("checkpoint.save"));
        Assert.Equal((ActivityStatusCode.Error, "The script fails this write."), (write.Status, write.StatusDescription));
        Assert.Equal((ActivityStatusCode.Error, "unknown"), (save.Status, save.GetTagItem("outcome")));
        Assert.Single(_telemetry.Of(_key.Bank, "retain.checkpoint.save.count", ("outcome", "unknown")));
    }

    [Fact(DisplayName = "The actors of keys should be counted while they are in memory")]
    public async Task Active()
    {
        var before = Checkpoints();
        await Client.SaveAsync(new RetainContext(_key));
        await Client.SaveAsync(new RetainContext(new CheckpointKey(_key.Bank, "other")));
        Assert.Equal(before + 2, Checkpoints());

        Watch(RetainCheckpoints.Get(Sys).Region);
        Sys.Stop(RetainCheckpoints.Get(Sys).Region);
        await ExpectMsgAsync<Terminated>();
        Assert.Equal(before, Checkpoints());

        double Checkpoints() => _telemetry.Observe("retain.actor.active").Single(measured => Equals(measured.Tags["kind"], "checkpoint")).Value;
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _telemetry.Dispose();
    }

    private Activity One(string name) => Assert.Single(_telemetry.SpansOf(_key.Bank, name));
}
