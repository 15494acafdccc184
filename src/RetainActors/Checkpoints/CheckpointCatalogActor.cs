using Akka.Actor;
using Akka.Event;
using Akka.Persistence.Query;
using Akka.Streams;
using static RetainActors.Checkpoints.CatalogProtocol;
using static RetainActors.Checkpoints.CheckpointCatalogReader;

namespace RetainActors.Checkpoints;

/// <summary>
/// Answers what checkpoints there are. It reads nothing until it is asked; then, for each round of requests, the headers that were stored since
/// the round before, so that an answer includes everything acknowledged before it was asked for. When the journal cannot be read as a whole, each key is
/// read for itself, and one that cannot be read hides no other.
/// </summary>
internal sealed class CheckpointCatalogActor(CheckpointCatalogSettings settings) : UntypedActor, IWithTimers
{
    private readonly Dictionary<long, Waiting> _waiting = [];
    private readonly Queue<string> _ids = new();
    private CheckpointCatalog _catalog = new();
    private CheckpointCatalogReader? _reader;
    private Offset _offset = Offset.NoOffset();
    private long _lastNumber;

    /// <summary>The last request that the current round answers; null when nothing is being read.</summary>
    private long? _roundUpTo;
    private long _allStream;
    private long _idsStream;
    private long _keyStream;
    private string? _key;
    private bool _idsEnded;
    private IActorRef _idsSource = ActorRefs.Nobody;

    public static Props PropsFor(CheckpointCatalogSettings settings) => Props.Create(() => new CheckpointCatalogActor(settings));

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ListCheckpoints request:
                var asker = Sender;
                Take(request, reply => asker.Tell(reply, Self));
                break;
            case Call call:
                Take(call.Request, reply => call.Completion.TrySetResult(reply));
                break;
            case Expired expired:
                Answer(expired.Number, new ListRefused(
                    ListRefuseReason.DeadlineExceeded, $"no answer within {settings.RequestTimeout.TotalSeconds} s; what was read is kept, ask again"));
                break;
            case Stalled when _roundUpTo is not null:
                EndRound(new ListRefused(ListRefuseReason.Unavailable, $"the read journal {settings.QueryPluginId} gave nothing for {settings.RequestTimeout.TotalSeconds} s"));
                break;
            case StreamMessage ofStream when _roundUpTo is not null && IsCurrent(ofStream.Stream):
                OnStream(ofStream);
                break;
            case StreamMessage or Stalled:
                break; // of a stream that was stopped
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        _reader?.Stop();
        AnswerUpTo(_lastNumber, _ => new ListRefused(ListRefuseReason.Unavailable, "the catalog was stopped"));
    }

    private void Take(ListCheckpoints request, Action<ICatalogReply> answer)
    {
        if (_waiting.Count >= settings.MaxQueueLength)
        {
            answer(new ListRefused(ListRefuseReason.Busy, $"{_waiting.Count} requests wait for the catalog"));
            return;
        }

        if (_reader is null)
        {
            if (Find(Context.System, settings.QueryPluginId, out var problem) is not { } journal)
            {
                answer(new ListRefused(ListRefuseReason.NotConfigured, problem!));
                return;
            }

            _reader = new CheckpointCatalogReader(journal, Self, Context.Materializer());
        }

        _waiting.Add(++_lastNumber, new Waiting(request, answer));
        Timers.StartSingleTimer(_lastNumber, new Expired(_lastNumber), settings.RequestTimeout);
        BeginRound();
    }

    /// <summary>A request that comes while a round is on may be about what was stored after the round began, so it waits for the next one.</summary>
    private void BeginRound()
    {
        if (_roundUpTo is not null || _waiting.Count == 0) return;
        _roundUpTo = _lastNumber;
        if (_reader!.ReadsAllEvents) _allStream = _reader.ReadAllEvents(_offset);
        else _idsStream = _reader.ReadIds();
        WatchProgress();
    }

    private bool IsCurrent(long stream) => stream == _allStream || stream == _idsStream || stream == _keyStream;

    private void OnStream(StreamMessage message)
    {
        WatchProgress();
        switch (message)
        {
            case Started:
                Sender.Tell(Ack.Instance);
                break;
            case Events events:
                foreach (var stored in events.Batch) _catalog.Apply(stored);
                _offset = events.Last ?? _offset;
                if (IsOverfull) Overflow();
                else Sender.Tell(Ack.Instance);
                break;
            case Ids ids:
                foreach (var id in ids.Batch) _ids.Enqueue(id);
                _idsSource = Sender;
                ReadNextKey();
                break;
            case Ended ended when ended.Stream == _allStream:
                _catalog.OnAllRead();
                EndRound(failure: null);
                break;
            case Ended ended when ended.Stream == _idsStream:
                // It comes right behind the last ids, whose events may still have to be read.
                _idsEnded = true;
                if (_key is null) EndRound(failure: null);
                break;
            case Ended:
                _catalog.OnRead(_key!);
                ReadNextKey();
                break;
            case Failed failed when failed.Stream == _keyStream:
                _catalog.OnReadFailed(_key!, Describe(failed.Cause));
                ReadNextKey();
                break;
            case Failed failed when failed.Stream == _allStream && _reader!.ReadsIds:
                Context.GetLogger().Warning("The journal cannot be read as a whole, each checkpoint is read for itself: {Problem}", Describe(failed.Cause));
                _allStream = 0;
                _idsStream = _reader.ReadIds();
                break;
            case Failed failed:
                EndRound(new ListRefused(ListRefuseReason.Unavailable, Describe(failed.Cause)));
                break;
        }
    }

    private void ReadNextKey()
    {
        if (_ids.TryDequeue(out _key)) _keyStream = _reader!.ReadEvents(_key, _catalog.RevisionOf(_key) + 1);
        else if (_idsEnded) EndRound(failure: null);
        else _idsSource.Tell(Ack.Instance);
    }

    /// <summary>The bound holds at the end of a round; before it there may be more, because what was deleted was saved first.</summary>
    private bool IsOverfull => _catalog.Count > 2L * settings.MaxListedKeys;

    /// <summary>Starts again with nothing: checkpoints may have been deleted when the next request comes.</summary>
    private void Overflow()
    {
        _catalog = new CheckpointCatalog();
        _offset = Offset.NoOffset();
        EndRound(TooManyKeys);
    }

    private ListRefused TooManyKeys => new(
        ListRefuseReason.TooManyKeys, $"there are more than {settings.MaxListedKeys} checkpoints; raise retain.checkpoint.max-listed-keys, some 200 bytes of memory each");

    private void EndRound(ListRefused? failure)
    {
        _reader!.Stop();
        _ids.Clear();
        (_allStream, _idsStream, _keyStream, _key, _idsEnded) = (0, 0, 0, null, false);
        Timers.Cancel(Stalled.Instance);
        var upTo = _roundUpTo!.Value;
        _roundUpTo = null;
        if (failure is null && _catalog.Count > settings.MaxListedKeys) failure = TooManyKeys;
        AnswerUpTo(upTo, request => failure ?? _catalog.Page(request));
        BeginRound();
    }

    private void AnswerUpTo(long last, Func<ListCheckpoints, ICatalogReply> reply)
    {
        foreach (var (number, waiting) in _waiting.Where(waiting => waiting.Key <= last).ToList()) Answer(number, reply(waiting.Request));
    }

    private void Answer(long number, ICatalogReply reply)
    {
        Timers.Cancel(number);
        if (_waiting.Remove(number, out var waiting)) waiting.Answer(reply);
    }

    private void WatchProgress() => Timers.StartSingleTimer(Stalled.Instance, Stalled.Instance, settings.RequestTimeout);

    private static string Describe(Exception cause)
    {
        var inner = cause is AggregateException { InnerException: { } only } ? only : cause;
        return $"{FailureName.Of(inner)}: {inner.Message}";
    }

    /// <summary>A request of code that is no actor; its task completes with the reply.</summary>
    internal sealed record Call(ListCheckpoints Request, TaskCompletionSource<ICatalogReply> Completion) : INoSerializationVerificationNeeded;

    private sealed record Waiting(ListCheckpoints Request, Action<ICatalogReply> Answer);

    private sealed record Expired(long Number) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed class Stalled : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Stalled Instance { get; } = new();
    }
}
