using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests.Checkpoints;

/// <summary>A key whose requests are decided and applied at once, without actor and journal.</summary>
internal sealed class DecidedKey(CheckpointKey key)
{
    public CheckpointState State { get; private set; } = new(key);

    public List<CheckpointRecord> Records { get; } = [];

    public ICheckpointReply Do(ICheckpointCommand command)
    {
        var inputs = new DecisionInputs(State.Revision + 1, Timestamp.Parse("2026-01-01T00:00:00.000000+00:00"), 4096);
        switch (CheckpointDecider.Decide(State, command, inputs))
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
}
