namespace RetainActors.Runs;

/// <summary>What a run does with its messages while a fork is open: starts its branches, takes their ends, enters failed ones again.</summary>
internal sealed class ForkPhase(OpenFork fork, StepsInFlight steps, RunReport report)
{
    public OpenFork Fork { get; } = fork;

    /// <summary>Starts the missing branches, all at once.</summary>
    public void Enter()
    {
        foreach (var branch in Fork.Missing) steps.StartBranch(branch, Fork.Context);
    }

    /// <summary>Takes what concerns the branches.</summary>
    public bool Takes(object message)
    {
        switch (message)
        {
            case StepEnded ended:
                OnEnded(ended, ended.State.Name);
                return true;
            case RetryDue due when due.Step[StepLogEntry.BranchPrefix.Length..] is var branch:
                if (Fork.Reenter(branch)) steps.StartBranch(branch, Fork.Context);
                return true;
            default:
                return false;
        }
    }

    /// <summary>A result, or a failure after which its branch is entered again, is durable.</summary>
    public void OnSaved(ForkSave save)
    {
        Fork.OnSaved(save, report.Revision);
        if (save.Failure is not { } failure) return;
        report.Durable = ((Checkpoints.CheckpointProtocol.Save)save.Command).Context;
        if (steps.IsStopping) Fork.StopWaiting();
        else steps.ScheduleRetry(failure);
    }

    private void OnEnded(StepEnded ended, string branch)
    {
        if (ended.Outcome.WasCancelled)
        {
            Fork.OnStopped(branch);
            return;
        }

        var error = RunDecider.BranchError(ended.Outcome);
        report.OnLeft(ended, error);
        if (error is null) Fork.OnSucceeded(branch, ended.Outcome);
        else Fork.OnFailed(branch, ended.Outcome, steps.Judge(Fork.Context, ended, error));
    }
}
