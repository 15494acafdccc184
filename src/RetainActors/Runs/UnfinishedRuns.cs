using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace RetainActors.Runs;

/// <summary>Lists the keys whose checkpoint says that a run is on its way, whether its process lives or not.</summary>
internal interface IUnfinishedKeys
{
    IAsyncEnumerable<CheckpointKey> ListAsync(CancellationToken cancellationToken);
}

/// <summary>Resumes what a dead process left. Only so many texts are in memory as runs are asked for at once.</summary>
internal sealed class UnfinishedRuns(IUnfinishedKeys keys, IRunClient runs, int atOnce)
{
    /// <summary>Resumes every unfinished run and waits until each has ended, in no order.</summary>
    public async Task<ImmutableArray<RunResult>> ResumeAsync(
        ISourceTexts texts, ChangePolicy onTextChange, ChangePolicy onTableChange, CancellationToken cancellationToken)
    {
        var results = new ConcurrentQueue<RunResult>();
        await Parallel.ForEachAsync(
            keys.ListAsync(cancellationToken),
            new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = cancellationToken },
            async (key, token) => results.Enqueue(await runs.RunAsync(key, texts, onTextChange, onTableChange, token).ConfigureAwait(false))).ConfigureAwait(false);
        return [.. results];
    }
}
