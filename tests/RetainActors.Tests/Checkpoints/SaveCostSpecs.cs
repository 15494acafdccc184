using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests.Checkpoints;

/// <summary>What a save costs where that can be counted, so that no change makes it dearer unseen. Nothing here is timed.</summary>
public sealed class SaveCostSpecs
{
    /// <summary>Measured without optimisation, which boxes a good deal: 7,200. The record that is stored is about 1,700 of it.</summary>
    private const int MaxGarbageBytes = 8_200;

    private const int Saves = 1000;
    private const int Windows = 5;

    private static readonly RetainContext[] Versions = [.. Enumerable.Range(0, 64).Select(VersionAt)];

    [Fact(DisplayName = "Deciding a save should make little but the record that is stored, and one that encodes twice be noticed")]
    public void Garbage()
    {
        // Side by side, because the code becomes leaner while it runs; one window may see it change.
        var windows = Enumerable.Range(0, Windows).Select(_ => (Plain: GarbageOfSave(CheckpointDecider.Decide), Wasteful: GarbageOfSave(EncodingOnceMore))).ToList();
        var garbage = windows.Min(window => window.Plain);
        Assert.True(garbage < MaxGarbageBytes, $"a save leaves {garbage} bytes of garbage, {MaxGarbageBytes} are allowed");
        var waste = windows.Select(window => window.Wasteful - window.Plain).Order().ElementAt(Windows / 2);
        Assert.True(waste > 1_000, $"this test notices nothing: {waste} bytes more than {garbage}");

        static Decision EncodingOnceMore(CheckpointState state, ICheckpointCommand command, DecisionInputs inputs)
        {
            GC.KeepAlive(RetainActors.Json.ContextJson.Encode(((Save)command).Context));
            return CheckpointDecider.Decide(state, command, inputs);
        }
    }

    [Fact(DisplayName = "A save that changed little should store little, and bases be few")]
    public void Stored_bytes()
    {
        var key = new DecidedKey(Contexts.Key) { MaxRecordSizeBytes = 1 << 20 };
        var context = VersionAt(0);
        for (var i = 0; i < 200; i++)
        {
            context = context with { CompletedState = $"STATE_{i}", StepLog = context.StepLog.Add(Contexts.Step($"STATE_{i}")) };
            Assert.IsType<Saved>(key.Do(new Save(context, Guid.NewGuid())));
        }

        var deltas = key.Records.Where(record => record.Header.Encoding == BodyEncoding.Delta).ToList();
        Assert.InRange(deltas.Count, 190, 199);
        Assert.True(deltas.Max(record => record.Size) < 600, $"a change takes up to {deltas.Max(record => record.Size)} bytes");
    }

    private static long GarbageOfSave(DecisionRule decide)
    {
        var state = new CheckpointState(Contexts.Key);
        var retention = new RetentionPolicy(10, OnSuccess.Keep, TimeSpan.FromDays(30));
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Decide();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Saves; i++) Decide();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Saves;

        void Decide()
        {
            var save = new Save(Versions[state.Revision % Versions.Length], Guid.NewGuid());
            state = ((Decision.Accept)decide(state, save, new DecisionInputs(state.Revision + 1, now, 1 << 20, retention))).Next;
        }
    }

    /// <summary>About 2 KB; from one version to the next one step and one entity are new, and the oldest ones go.</summary>
    private static RetainContext VersionAt(int version) => new(Contexts.Key)
    {
        TextLength = 20_000,
        TextSha256 = new string('a', 64),
        DocumentId = "document",
        Entities = [.. Enumerable.Range(version, 20).Select(i => $"entity number {i}")],
        WikisUpdated = [.. Enumerable.Range(0, 10).Select(i => $"wiki-page-{i}")],
        CompletedState = $"STATE_{version}",
        NextState = $"STATE_{version + 1}",
        StepLog = [.. Enumerable.Range(version, 6).Select(i => Contexts.Step($"STATE_{i}"))],
    };
}
