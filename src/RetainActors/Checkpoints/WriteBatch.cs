using System.Diagnostics;
using Akka.Actor;
using RetainActors.Diagnostics;

namespace RetainActors.Checkpoints;

/// <summary>Requests decided together: the records that they store as one atomic write, and the answers due when it is durable.</summary>
internal sealed class WriteBatch(CheckpointState before)
{
    private readonly List<WaitingRequest> _requests = [];
    private readonly List<ICheckpointReply> _replies = [];
    // Of the requests whose records are stored; null when none has one.
    private List<ActivityContext>? _traces;
    private Activity? _span;
    private int _calls;

    /// <summary>The state once the batch is durable.</summary>
    public CheckpointState State { get; private set; } = before;

    /// <summary>How often the owner has checked on the write since it began.</summary>
    public int Checks { get; set; }

    public List<CheckpointRecord> Records { get; } = [];

    public long SizeBytes { get; private set; }

    public IReadOnlyList<WaitingRequest> Requests => _requests;

    /// <summary>Reads the past for the one request of the batch; null when nothing is read.</summary>
    public IActorRef? Reader { get; set; }

    /// <summary>Whether retention was asked for, and not only asked about; such a request is alone.</summary>
    public bool IsPrune => _requests is [{ Command: CheckpointProtocol.Prune { DryRun: false } }];

    /// <summary>The revision up to which removal was asked of the journal before the answer is due; null when none was.</summary>
    public long? RemovesTo { get; set; }

    /// <summary>Takes a request in whose decision is still to come.</summary>
    public void Add(WaitingRequest request) => _requests.Add(request);

    /// <summary>Takes the decision of a request.</summary>
    public void Take(WaitingRequest request, Decision decision)
    {
        if (Reader is null) _requests.Add(request);
        switch (decision)
        {
            case Decision.Accept accept:
                Records.Add(accept.Record);
                SizeBytes += accept.Record.Size;
                if (request.Command.Trace != default) (_traces ??= []).Add(request.Command.Trace);
                State = accept.Next;
                _replies.Add(accept.Reply);
                break;
            case Decision.Answer answer:
                _replies.Add(answer.Reply);
                break;
        }
    }

    /// <summary>The records go to the journal.</summary>
    public void BeginSpan(CheckpointTelemetry telemetry, CheckpointKey key)
    {
        _span = telemetry.BeginWrite(key, Records.Count, SizeBytes, _traces);
        if (_span is null) return;
        foreach (var record in Records) record.Trace = _span.Context;
    }

    /// <summary>Ends the span of the write, if there is one.</summary>
    public void EndSpan(string? error = null)
    {
        if (_span is { } span) Spans.End(span, error);
        _span = null;
    }

    public bool IsLastCall() => ++_calls == Records.Count;

    public void AnswerAll(IActorRef from)
    {
        for (var i = 0; i < _requests.Count; i++) _requests[i].Answer(_replies[i], from);
    }
}
