using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests.Checkpoints;

/// <summary>A key whose requests are decided and applied at once, without actor and journal.</summary>
internal sealed class DecidedKey(CheckpointKey key)
{
    public CheckpointState State { get; private set; } = new(key);

    public List<CheckpointRecord> Records { get; } = [];

    public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public int MaxRecordSizeBytes { get; init; } = 4096;

    public RetentionPolicy Retention { get; init; } = new(10, OnSuccess.Keep, TimeSpan.FromDays(30));

    /// <summary>The key that a copy reads from.</summary>
    public DecidedKey? Other { get; init; }

    public ICheckpointReply Do(ICheckpointCommand command)
    {
        var inputs = new DecisionInputs(State.Revision + 1, Now, MaxRecordSizeBytes, Retention);
        var decision = CheckpointDecider.Decide(State, command, inputs);
        if (decision is Decision.Read { Query: var query }) decision = CheckpointDecider.Decide(State, command, inputs with { Past = PastOf(query) });
        switch (decision)
        {
            case Decision.Accept accept:
                State = accept.Next;
                Records.Add(accept.Record);
                return accept.Reply;
            case var answer:
                return ((Decision.Answer)answer).Reply;
        }
    }

    public Loaded Load() => Assert.IsType<Loaded>(Do(new Load(State.Key)));

    /// <summary>Takes an event as if the journal had given it back.</summary>
    public void Replay(ICheckpointEvent stored) => State = State.Replay(stored, State.Revision + 1);

    /// <summary>Folds the stored bytes up to a revision, as the journal would give them back.</summary>
    public CheckpointPast PastOf(PastQuery query)
    {
        var records = query.Key == State.Key ? Records : Other!.Records;
        var past = new CheckpointPast(query.Key);
        for (var i = 0; i < records.Count && i < query.UpTo; i++) past.Add(CheckpointRecord.Decode(records[i].Frame), i + 1);
        return past;
    }
}
