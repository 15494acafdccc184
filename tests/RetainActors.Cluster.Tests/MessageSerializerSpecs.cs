using System.Diagnostics;
using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using RetainActors.Checkpoints;
using RetainActors.Cluster.Runs;
using RetainActors.Cluster.Wire;
using RetainActors.Runs;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Cluster.Tests;

/// <summary>Every message between nodes, to bytes and back, by the serializer that the configuration binds it to.</summary>
public sealed class MessageSerializerSpecs : IAsyncLifetime
{
    private static readonly CheckpointKey Key = new("bänk", "a/\"b\"\u2028");
    private static readonly Guid Id = Guid.Parse("11111111-2222-3333-4444-555555555555");
    private static readonly Timestamp Time = Timestamp.Parse("2026-01-02T03:04:05+02:00");
    private static readonly RetainContext Context = new(Key)
    {
        TextLength = 7, Entities = ["e", "ü"], NextState = "NEXT", SupersedesEdges = [new("a", "b")], Attempt = 3,
        StepLog = [new StepLogEntry("READ", Time, Time, 12.5, "boom", 2)], StartedAt = Time, Status = CheckpointStatus.Failed, Errors = ["x"],
    };

    private static readonly ContextDelta Delta = ContextDelta.Between(new RetainContext(Key) { Entities = ["e"], DocumentId = "d" }, Context);

    private readonly ActorSystem _system = ActorSystem.Create(
        "wire",
        ConfigurationFactory.ParseString(
            """
            akka.actor.serializers.json = "RetainActors.Cluster.Wire.RefusedSerializer, RetainActors.Cluster"
            akka.remote.dot-netty.tcp.maximum-frame-size = 20000b
            """).WithFallback(RetainCluster.DefaultConfig));

    private static readonly object[] Messages =
    [
        new Save(Context), new Save(Context, Id, 0, 4),
        new SaveBranch(Key, 2, "FORK", 1, "b", Delta, Id),
        new Rewind(Key, 4, Id), new Copy(Key, new CheckpointKey("x", "y"), 3, Id, 2), new Load(Key), new Load(Key, 9), new History(Key, 10, 3),
        new Prune(Key, true), new Delete(Key, Id), new Claim(Key, Id), new SaveStatus(Key, Id), new Saved(Key, 7),
        new SaveRefused(Key, RefuseReason.StaleEpoch, "d"), new SaveUnknown(Key, Id, "d"), new SaveUnknown(Key, null, "d"), new SaveNotFound(Key, Id),
        new Loaded(Key, 5, 2, Context, Time, []), new NotFound(Key), new Corrupt(Key, "d", 4), new Corrupt(Key, "d", null), new TooNew(Key, 9),
        new Pruned(Key, true, null, 4), new Deleted(Key, 6, true), new Claimed(Key, 3, 8), new ClaimRefused(Key, RefuseReason.Busy, "d"),
        new Unavailable(Key, "IO", "d"),
    ];

    [Fact(DisplayName = "Every message should come back equal, numbered and not")]
    public void Round_trip()
    {
        foreach (var message in Messages)
        {
            Assert.Equal(message, Sent(message));
            object numbered = message is ICheckpointCommand command ? new CheckpointRequest(-3, command) : new CheckpointResponse(long.MaxValue, (ICheckpointReply)message);
            Assert.Equal(numbered, Sent(numbered));
        }

        // Equality of records does not reach into lists.
        var loaded = (Loaded)Sent(new Loaded(Key, 5, 2, Context, Time, [new BranchResult("FORK", 1, "b", Delta, 4)]));
        Assert.Equal(new BranchResult("FORK", 1, "b", Delta, 4), loaded.Branches.Single());
        var info = new RevisionInfo(3, RevisionKind.Copy, 2, Time, CheckpointStatus.Parked, "A", "B", "b", 1, new CopyOrigin("x", "y", 2), 99, "p");
        var page = (HistoryPage)Sent(new HistoryPage(Key, [info], 3));
        Assert.Equal((info, 3L), (page.Revisions.Single(), page.Before!.Value));
    }

    [Fact(DisplayName = "Every message should have the form that is approved: nodes of two versions talk to each other")]
    public void Approved()
    {
        var page = new HistoryPage(Key, [new RevisionInfo(3, RevisionKind.Copy, 2, Time, CheckpointStatus.Parked, "A", "B", "b", 1, new CopyOrigin("x", "y", 2), 99, "p")], 3);
        object[] runs = [new RunRequest(Key), new RunEnded(new RunResult(Key, RunOutcome.Failed, 7, Context, ["READ"], "READ", new RunError("r", "d")))];
        // Kind, number and length of the name stand before the name of a message of a checkpoint.
        Approval.Verify(
            string.Join('\n', [.. Messages.Append(page).Select(message => Text(message, prefix: 10)), .. runs.Select(message => Text(message, prefix: 0))]),
            Repository.File("tests", "RetainActors.Cluster.Tests", "Approved", "messages.txt"));

        string Text(object message, int prefix) => Encoding.UTF8.GetString(_system.Serialization.FindSerializerFor(message).ToBinary(message).AsSpan(prefix));
    }

    [Theory(DisplayName = "The trace of a request should cross the wire, and one that cannot be read be none")]
    [InlineData(null)]
    [InlineData("vendor=a b,other=c")]
    public void Trace(string? state)
    {
        var trace = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded, state);
        foreach (var command in Messages.OfType<CheckpointCommand>())
        {
            var traced = (ICheckpointCommand)(command with { Trace = trace });
            var sent = ((CheckpointRequest)Sent(new CheckpointRequest(1, traced))).Command;
            Assert.Equal((trace.TraceId, trace.SpanId, trace.TraceFlags, state), (sent.Trace.TraceId, sent.Trace.SpanId, sent.Trace.TraceFlags, sent.Trace.TraceState));
        }
    }

    [Theory(DisplayName = "A request without a trace, as an older node sends it, and one with a trace that is none should be read")]
    [InlineData("")]
    [InlineData(""","trace":"00-xyz" """)]
    [InlineData(""","trace":{"a":[1,2]} """)]
    [InlineData(""","trace":null """)]
    public void No_trace(string member)
    {
        var message = Encoding.UTF8.GetBytes("load" + $$"""{"key":["b","s"]{{member}}}""");
        byte[] frame = [1, 7, 0, 0, 0, 0, 0, 0, 0, 4, .. message];
        Assert.Equal(
            new CheckpointRequest(7, new Load(new CheckpointKey("b", "s"))),
            new CheckpointMessageSerializer((ExtendedActorSystem)_system).FromBinary(frame, "m1"));
    }

    [Fact(DisplayName = "Every request and reply of a checkpoint should have a form between nodes")]
    public void Complete()
    {
        var all = typeof(CheckpointProtocol).GetNestedTypes()
            .Where(type => typeof(ICheckpointCommand).IsAssignableFrom(type) || typeof(ICheckpointReply).IsAssignableFrom(type)).ToHashSet();
        var sent = Messages.Select(message => message.GetType()).Append(typeof(HistoryPage)).ToHashSet();
        Assert.Empty(all.Except(sent));
    }

    [Fact(DisplayName = "A reply that fits no frame should reach its asker as Unavailable by name, not be lost")]
    public void Too_large()
    {
        var large = new Loaded(Key, 5, 2, Context with { Entities = [new string('x', 4_000)] }, Time, []);
        var reply = Assert.IsType<Unavailable>(((CheckpointResponse)Sent(new CheckpointResponse(6, large))).Reply);
        Assert.Equal((Key, "TooLarge"), (reply.Key, reply.Reason));
        Assert.Equal("TooLarge", Assert.IsType<Unavailable>(Sent(large)).Reason);
    }

    [Fact(DisplayName = "Messages about runs should come back equal, a context that fits no frame left behind")]
    public void Runs()
    {
        Assert.Equal(new RunRequest(Key), SentRun(new RunRequest(Key)));
        var result = new RunResult(Key, RunOutcome.Failed, 7, Context, ["READ", "parallel:b"], "READ", new RunError("r", "d"));
        var sent = ((RunEnded)SentRun(new RunEnded(result))).Result;
        Assert.Equal(result with { StatesRun = sent.StatesRun }, sent);
        Assert.Equal([.. result.StatesRun], sent.StatesRun.ToArray());
        var large = new RunEnded(result with { Context = Context with { Entities = [new string('x', 4_000)] } });
        Assert.Null(((RunEnded)SentRun(large)).Result.Context);
        var serializer = (SerializerWithStringManifest)_system.Serialization.FindSerializerFor(large);
        Assert.Throws<SerializationException>(() => serializer.FromBinary([], "e1"));
        Assert.Throws<SerializationException>(() => serializer.FromBinary("{}"u8.ToArray(), "z9"));
    }

    [Theory(DisplayName = "A run's entity id should give its key back")]
    [InlineData("a", "b")]
    [InlineData("a/b", "c%2F/~")]
    [InlineData("ü 語", "\"$\\")]
    public void Run_ids(string bank, string source) => Assert.Equal(new CheckpointKey(bank, source), RunExtractor.KeyOf(RunExtractor.IdOf(new CheckpointKey(bank, source))));

    [Theory(DisplayName = "Bytes that are no message should be refused by name")]
    [InlineData("m2", "")]
    [InlineData("m1", "")]
    [InlineData("m1", "00000000000000000005saved")]
    [InlineData("m1", "00000000000000000005ghost{}")]
    [InlineData("m1", "01000000000000000005saved{\"key\":[\"a\",\"b\"],\"revision\":1}")]
    [InlineData("m1", "00000000000000000005saved{\"key\":[\"\",\"b\"],\"revision\":1}")]
    [InlineData("m1", "000000000000000000FFsaved")]
    public void Refused(string manifest, string text)
    {
        var serializer = (SerializerWithStringManifest)_system.Serialization.FindSerializerFor(new Load(Key));
        byte[] frame = text.Length == 0 ? [] : [.. Convert.FromHexString(text[..20]), .. Encoding.UTF8.GetBytes(text[20..])];
        Assert.Throws<SerializationException>(() => serializer.FromBinary(frame, manifest));
    }

    [Fact(DisplayName = "The Newtonsoft serializer should be refused both ways")]
    public void Newtonsoft()
    {
        var refused = Assert.IsType<RefusedSerializer>(_system.Serialization.FindSerializerFor(new { Any = 1 }));
        Assert.Throws<SerializationException>(() => refused.ToBinary(new { Any = 1 }));
        var bytes = Encoding.UTF8.GetBytes("{\"$type\":\"System.UriBuilder, System.Private.Uri\"}");
        Assert.ThrowsAny<Exception>(() => _system.Serialization.Deserialize(bytes, 1, typeof(UriBuilder)));
    }

    public Task InitializeAsync()
    {
        _system.Settings.InjectTopLevelFallback(RetainCheckpoints.DefaultConfig);
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => _system.Terminate();

    private object SentRun(object message)
    {
        var serializer = Assert.IsType<RunMessageSerializer>(_system.Serialization.FindSerializerFor(message));
        return serializer.FromBinary(serializer.ToBinary(message), serializer.Manifest(message));
    }

    private object Sent(object message)
    {
        var serializer = Assert.IsType<CheckpointMessageSerializer>(_system.Serialization.FindSerializerFor(message));
        return serializer.FromBinary(serializer.ToBinary(message), serializer.Manifest(message));
    }
}
