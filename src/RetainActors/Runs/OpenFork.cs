using System.Collections.Immutable;
using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Runs;

/// <summary>Book-keeping of one parallel block while it runs: which branches are out, waiting to be saved, durable, or failed.</summary>
internal sealed class OpenFork
{
    private readonly StateDefinition _fork;
    private readonly HashSet<string> _running;
    private readonly Queue<(string Branch, ContextDelta Delta)> _unsaved = new();
    private readonly Dictionary<string, BranchResult> _durable;
    private readonly Dictionary<string, (StepOutcome Outcome, string Error)> _failed = [];
    private SaveBranch? _saving;

    public OpenFork(StateDefinition fork, RetainContext context, ImmutableArray<BranchResult> durable)
    {
        _fork = fork;
        Context = context;
        _durable = durable.ToDictionary(branch => branch.Branch);
        Missing = RunDecider.MissingBranches(fork, durable);
        _running = [.. Missing];
    }

    /// <summary>The context that every branch starts from.</summary>
    public RetainContext Context { get; }

    /// <summary>The branches that have to run.</summary>
    public ImmutableArray<string> Missing { get; }

    /// <summary>Whether a branch gave up because the run is being stopped.</summary>
    public bool WasStopped { get; private set; }

    /// <summary>Whether every branch ended and every result is durable.</summary>
    public bool IsDone => _running.Count == 0 && _unsaved.Count == 0 && _saving is null;

    public void OnStopped(string branch)
    {
        _running.Remove(branch);
        WasStopped = true;
    }

    /// <summary>Notes the end of a branch; returns its error, if any.</summary>
    public string? OnEnded(string branch, StepOutcome outcome)
    {
        _running.Remove(branch);
        if (RunDecider.BranchError(outcome) is not { } error)
        {
            _unsaved.Enqueue((branch, ContextDelta.Between(Context, RunDecider.AfterBranch(branch, Context, outcome))));
            return null;
        }

        _failed[branch] = (outcome, error);
        return $"{StepLogEntry.BranchPrefix}{branch}: {error}";
    }

    /// <summary>The next result to save; null when none waits or one is being saved.</summary>
    public SaveBranch? NextToSave(long epoch)
    {
        if (_saving is not null || !_unsaved.TryDequeue(out var next)) return null;
        return _saving = new SaveBranch(
            Context.Key, epoch, _fork.Name, Context.VisitsOf(_fork.Name), next.Branch, next.Delta, Guid.NewGuid());
    }

    public void OnSaved(SaveBranch save, long revision)
    {
        _saving = null;
        _durable[save.Branch] = new BranchResult(save.ForkState, save.Visit, save.Branch, save.Delta, revision);
    }

    /// <summary>The context after the block: merged, or failed with what each failed branch or the merge said.</summary>
    public RetainContext Join(Timestamp now)
    {
        if (_failed.Count > 0)
            return _fork.Branches.Where(_failed.ContainsKey).Aggregate(
                Context, (context, branch) => RunDecider.Failed(context, StepLogEntry.BranchPrefix + branch, _failed[branch].Outcome, _failed[branch].Error));
        if (BranchMerge.Merge(Context, _fork, _durable.Values, out var conflict) is { } merged) return merged;
        var outcome = new StepOutcome(now, now, TimeSpan.Zero, JsonMembers.Empty, null, null, conflict);
        return RunDecider.Failed(Context, _fork.Join!, outcome, $"MergeConflict: {conflict}");
    }
}
