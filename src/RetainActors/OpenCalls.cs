using System.Collections.Concurrent;

namespace RetainActors;

/// <summary>The calls of code that is no actor which wait for an answer. Actors that have ended answer nobody, so it is given here then.</summary>
internal sealed class OpenCalls
{
    private readonly ConcurrentDictionary<object, Action> _open = new(ReferenceEqualityComparer.Instance);
    private volatile bool _ended;

    /// <param name="terminated">The end of the actor system. Every call waiting for it by itself would cost a search among all of them.</param>
    public OpenCalls(Task terminated) => terminated.ContinueWith(
        _ => End(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <summary>What an actor answers; what stands in for it once the actors have ended.</summary>
    /// <param name="completion">Completed by the actor.</param>
    /// <param name="otherwise">Makes the answer in place of one.</param>
    public async Task<T> AnswerAsync<T>(TaskCompletionSource<T> completion, Func<T> otherwise)
    {
        _open.TryAdd(completion, () => completion.TrySetResult(otherwise()));
        // Either the end finds the call, or the call finds the end.
        if (_ended) End();
        try
        {
            return await completion.Task.ConfigureAwait(false);
        }
        finally
        {
            _open.TryRemove(completion, out _);
        }
    }

    private void End()
    {
        _ended = true;
        foreach (var (_, answer) in _open) answer();
    }
}
