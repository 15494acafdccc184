using System.Diagnostics;
using Akka.Actor;
using Akka.Pattern;
using Akka.Persistence;

namespace RetainActors.Persistence;

/// <summary>
/// How long the journal waits for its log, and when it stops asking. One circuit breaker for writes, deletions and the highest
/// numbers, as in Akka's own base class; only a write costs no task and no timer of its own: its deadline is looked at from
/// time to time, so it is given up a little later than the timeout says. While the breaker is half open all writes pass.
/// </summary>
internal sealed class JournalCalls(IScheduler scheduler, JournalCallSettings settings)
{
    private readonly CircuitBreaker _breaker =
        CircuitBreaker.Create(scheduler, settings.MaxFailures, settings.CallTimeout, settings.ResetTimeout);

    // Deadlines ascend, since the timeout is the same for all. Only the journal's actor touches the queue.
    private readonly Queue<WriteAnswer> _waiting = new();
    private volatile Exception? _lastFailure;

    /// <summary>How often to call <see cref="GiveUpLate"/>: often enough for the timeout, seldom enough to cost nothing.</summary>
    public TimeSpan Interval { get; } = TimeSpan.FromMilliseconds(Math.Clamp(settings.CallTimeout.TotalMilliseconds / 4, 10, 1000));

    /// <summary>Whether the last failures were so many that nothing is asked for a while; why, if so.</summary>
    public Exception? Refusal => _breaker.IsOpen
        ? new OpenCircuitException("The circuit breaker of the journal is open; requests fail fast.", _lastFailure)
        : null;

    /// <summary>What the breaker says about the health of the journal.</summary>
    public PersistenceHealthCheckResult Health(IReadOnlyDictionary<string, object> tags) => _breaker switch
    {
        { IsOpen: true } => new(PersistenceHealthStatus.Degraded, "The circuit breaker is open.", _lastFailure, tags),
        { IsHalfOpen: true } => new(PersistenceHealthStatus.Degraded, "The circuit breaker is half open.", _lastFailure, tags),
        _ => new(PersistenceHealthStatus.Healthy, "OK.", Data: tags),
    };

    /// <summary>The answer to a write that is about to be asked of the log.</summary>
    public WriteAnswer Expect(WriteMessages request, IActorRef journal)
    {
        while (_waiting.TryPeek(out var first) && first.IsGiven) _waiting.Dequeue();
        var timeout = (long)(settings.CallTimeout.TotalSeconds * Stopwatch.Frequency);
        var answer = new WriteAnswer(request, journal, Stopwatch.GetTimestamp() + timeout);
        _waiting.Enqueue(answer);
        return answer;
    }

    public void Succeeded() => _breaker.Succeed();

    public void Failed(Exception cause)
    {
        _lastFailure = cause;
        _breaker.Fail();
    }

    /// <summary>Any other request, with the timeout and behind the breaker.</summary>
    public Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> call) => _breaker.WithCircuitBreaker(async token =>
    {
        try
        {
            return await call(token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _lastFailure = e;
            throw;
        }
    });

    /// <summary>Fails the writes whose time is over. They may still be stored; a recovery waits for them.</summary>
    public void GiveUpLate()
    {
        var now = Stopwatch.GetTimestamp();
        while (_waiting.TryPeek(out var first) && (first.IsGiven || first.Deadline <= now))
        {
            _waiting.Dequeue();
            var cause = new TimeoutException($"The log did not answer within {settings.CallTimeout}.");
            first.Fail(cause, Failed);
        }
    }

    /// <summary>Waits until every write is answered, then answers what is left: nobody else will.</summary>
    public void AnswerAll(TimeSpan patience)
    {
        SpinWait.SpinUntil(() => _waiting.All(answer => answer.IsGiven), patience);
        foreach (var answer in _waiting) answer.Fail(new OperationCanceledException("The journal was stopped."));
        _waiting.Clear();
    }
}
