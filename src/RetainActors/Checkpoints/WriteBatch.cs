using Akka.Actor;

namespace RetainActors.Checkpoints;

/// <summary>Requests decided together: the records that they store as one atomic write, and the answers due when it is durable.</summary>
internal sealed class WriteBatch(CheckpointState before)
{
    private readonly List<(WaitingRequest Request, ICheckpointReply Reply)> _answers = [];
    private int _calls;

    /// <summary>The state once the batch is durable.</summary>
    public CheckpointState State { get; private set; } = before;

    /// <summary>How often the owner has checked on the write since it began.</summary>
    public int Checks { get; set; }

    public List<CheckpointRecord> Records { get; } = [];

    public long SizeBytes { get; private set; }

    public IEnumerable<WaitingRequest> Requests => _answers.Select(answer => answer.Request);

    public void Add(WaitingRequest request, Decision decision)
    {
        if (decision is Decision.Accept accept)
        {
            Records.Add(accept.Record);
            SizeBytes += accept.Record.Frame.Length;
            State = accept.Next;
        }

        _answers.Add((request, decision is Decision.Accept accepted ? accepted.Reply : ((Decision.Answer)decision).Reply));
    }

    public bool IsLastCall() => ++_calls == Records.Count;

    public void AnswerAll(IActorRef from)
    {
        foreach (var (request, reply) in _answers) request.Answer(reply, from);
    }
}
