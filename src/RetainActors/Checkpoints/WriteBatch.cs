using Akka.Actor;

namespace RetainActors.Checkpoints;

/// <summary>Requests decided together: the records that they store as one atomic write, and the answers due when it is durable.</summary>
internal sealed class WriteBatch(CheckpointState before)
{
    private readonly List<WaitingRequest> _requests = [];
    private readonly List<ICheckpointReply> _replies = [];
    private int _calls;

    /// <summary>The state once the batch is durable.</summary>
    public CheckpointState State { get; private set; } = before;

    /// <summary>How often the owner has checked on the write since it began.</summary>
    public int Checks { get; set; }

    public List<CheckpointRecord> Records { get; } = [];

    public long SizeBytes { get; private set; }

    public IReadOnlyList<WaitingRequest> Requests => _requests;

    /// <summary>Takes a request in; its decision follows.</summary>
    public void Add(WaitingRequest request) => _requests.Add(request);

    /// <summary>The decision of the request that was added last.</summary>
    public void Decide(Decision decision)
    {
        switch (decision)
        {
            case Decision.Accept accept:
                Records.Add(accept.Record);
                SizeBytes += accept.Record.Frame.Length;
                State = accept.Next;
                _replies.Add(accept.Reply);
                break;
            case Decision.Answer answer:
                _replies.Add(answer.Reply);
                break;
        }
    }

    public bool IsLastCall() => ++_calls == Records.Count;

    public void AnswerAll(IActorRef from)
    {
        for (var i = 0; i < _requests.Count; i++) _requests[i].Answer(_replies[i], from);
    }
}
