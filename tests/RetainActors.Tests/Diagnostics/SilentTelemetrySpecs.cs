using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Configuration;
using RetainActors.Checkpoints;
using RetainActors.Diagnostics;
using RetainActors.Runs;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests.Diagnostics;

[Collection(nameof(Alone))]
public sealed class SilentTelemetrySpecs
{
    private static readonly CheckpointKey Key = Contexts.Key;

    [Fact(DisplayName = "Without a listener telemetry should take no memory at all")]
    public void No_memory()
    {
        var checkpoints = new CheckpointTelemetry(KeyTags.Source);
        var runs = new RunTelemetry(KeyTags.Source);
        ICheckpointCommand command = new Save(Contexts.After());
        ICheckpointReply reply = new SaveRefused(Key, RefuseReason.Conflict, "detail");
        var request = new RunProtocol.StartRun(Key, "text");
        var result = new RunResult(Key, RunOutcome.Failed, 1, null, ImmutableArray<string>.Empty, Error: new RunError("reason", "detail"));

        Tell();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) Tell();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        using var listening = new Telemetry();
        Tell();
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before > 0, "this test measures nothing");

        void Tell()
        {
            var measured = CheckpointTelemetry.Begin(command, Spans.OfCaller);
            CheckpointCommand.Under(command, measured.Span?.Context ?? default);
            checkpoints.Dequeued(CheckpointTelemetry.QueuedNow, Key);
            checkpoints.BeginWrite(Key, 2, 100, null);
            checkpoints.End(measured, command, reply);
            RunTrace.Start(request);
            runs.OnResumed(Key, 1, 1);
            runs.OnLeft(Key, "A", TimeSpan.Zero, succeeded: true);
            runs.OnRetried(Key, "A");
            runs.OnParked(Key, "A");
            runs.OnEnded(result, TimeSpan.Zero);
            ActiveActors.AddCheckpoints(1);
            ActiveActors.AddCheckpoints(-1);
        }
    }

    [Fact(DisplayName = "A span of an actor should not become the current one of its thread, nor take another from it")]
    public void Current()
    {
        using var listening = new Telemetry();
        using var user = new ActivitySource("user").StartActivity("request");
        var span = Spans.Start("run", default, Key)!;
        Assert.Same(user, Activity.Current);
        Assert.Equal(default, span.ParentSpanId);
        Spans.End(span);
        Assert.Same(user, Activity.Current);

        user!.Stop();
        Activity.Current = null;
        Spans.End(Spans.Start("run", default, Key)!);
        Assert.Null(Activity.Current);
    }

    [Fact(DisplayName = "By default instruments should carry nothing of a key, and a wrong choice be refused by name")]
    public void Key_tags()
    {
        Assert.Equal(KeyTags.None, KeyTagsSetting.From(RetainCheckpoints.DefaultConfig));
        Assert.Empty(KeyTags.None.TagsOf(Key));
        Assert.Equal([new("retain.bank", Key.Bank)], KeyTags.Bank.TagsOf(Key));
        Assert.Equal([new("retain.bank", Key.Bank), new("retain.source", Key.Source)], KeyTags.Source.TagsOf(Key));
        var refusal = Assert.Throws<ConfigurationException>(() => KeyTagsSetting.From(ConfigurationFactory.ParseString("retain.telemetry.key-tags = all")));
        Assert.Equal("retain.telemetry.key-tags must be none, bank or source; it is 'all'.", refusal.Message);
    }
}
