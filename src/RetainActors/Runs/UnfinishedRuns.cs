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
            async (key, token) => results.Enqueue(await ResumeAsync(key, texts, onTextChange, onTableChange, token).ConfigureAwait(false))).ConfigureAwait(false);
        return [.. results];
    }

    private async Task<RunResult> ResumeAsync(
        CheckpointKey key, ISourceTexts texts, ChangePolicy onTextChange, ChangePolicy onTableChange, CancellationToken cancellationToken)
    {
        string? text;
        try
        {
            text = await texts.FindAsync(key, cancellationToken).ConfigureAwait(false);
        }
        // The user's code, and one source among many: its failure is told with the key, and the others go on.
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return Refused(key, "TextUnavailable", $"{e.GetType().Name}: {e.Message}");
        }

        return text is null
            ? Refused(key, "TextMissing", "the text of the source is gone; delete the checkpoint, or give the text again")
            : await runs.RunAsync(key, text, onTextChange, onTableChange, cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    private static RunResult Refused(CheckpointKey key, string reason, string detail) =>
        new(key, RunOutcome.Refused, 0, null, [], Error: new RunError(reason, detail));
}
