namespace RetainActors.Cli.Output;

/// <summary>Tells the user of a <c>retain run</c> how it goes. Called by one thread at a time.</summary>
internal interface IRunReport
{
    /// <summary>A source has ended.</summary>
    void OnEnded(SourceOutcome outcome);

    /// <summary>The command is over.</summary>
    /// <param name="summary">The counts.</param>
    /// <param name="failure">Why the command as a whole failed; null when it did not.</param>
    void OnFinished(RunSummary summary, CommandFailure? failure);
}
