namespace RetainActors.Runs;

/// <summary>Runs sources whose texts must be asked for.</summary>
internal static class SourceTextRuns
{
    /// <summary>Runs a source; one whose text is gone, or cannot be had, is refused by name. A stop before the text is there is an outcome too.</summary>
    public static async Task<RunResult> RunAsync(
        this IRunClient runs, CheckpointKey key, ISourceTexts texts, ChangePolicy onTextChange, ChangePolicy onTableChange, CancellationToken cancellationToken,
        CancellationToken finishToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, finishToken);
        string? text;
        try
        {
            text = await texts.FindAsync(key, stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return RunResult.Stopped(key, "the run was stopped before it had its text");
        }
        // The user's code, and one source among many: its failure is told with the key, and the others go on.
        catch (Exception e)
        {
            return RunResult.Without(key, RunOutcome.Refused, "TextUnavailable", $"{e.GetType().Name}: {e.Message}");
        }

        return text is null
            ? RunResult.Without(key, RunOutcome.Refused, "TextMissing", "the text of the source is gone; delete the checkpoint, or give the text again")
            : await runs.RunAsync(key, text, onTextChange, onTableChange, referenceDate: null, cancellationToken, finishToken).ConfigureAwait(false);
    }
}
