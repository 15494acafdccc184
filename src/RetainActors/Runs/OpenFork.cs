using System.Collections.Immutable;
using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Runs;

/// <summary>A save that a parallel block needs next.</summary>
/// <param name="Command">The request.</param>
/// <param name="Branch">The branch that it is for.</param>
/// <param name="Failure">The failure that it stores; null when it stores the branch's result.</param>
internal sealed record ForkSave(ICheckpointCommand Command, string Branch, StepFailure? Failure);

/// <summary>
/// Book-keeping of one parallel block while it runs: which branches are out, waiting to be saved or to be entered again,
/// durable, or failed.
/// </summary>
internal sealed class OpenFork
{
    private readonly StateDefinition _fork;
    private readonly HashSet<string> _open;
    private readonly Queue<(string Branch, ContextDelta? Delta, StepFailure? Failure)> _unsaved = new();
    private readonly Dictionary<string, BranchResult> _durable;
    private readonly Dictionary<string, (StepOutcome Outcome, StepFailure Failure)> _failed = [];
    private readonly HashSet<string> _waiting = [];
    private bool _isSaving;

    public OpenFork(StateDefinition fork, RetainContext context, ImmutableArray<BranchResult> durable)
    {
        _fork = fork;
        Context = context;
        _durable = durable.ToDictionary(branch => branch.Branch);
        Missing = RunDecider.MissingBranches(fork, durable);
        _open = [.. Missing];
    }

    /// <summary>The context that every branch starts from; its step log grows by the failures that are retried.</summary>
    public RetainContext Context { get; private set; }

    /// <summary>The branches that have to run.</summary>
    public ImmutableArray<string> Missing { get; }

    /// <summary>The durable results, for a join that has to be merged anew.</summary>
    public ImmutableArray<BranchResult> Durable => [.. _durable.Values];

    /// <summary>What ended branches without success.</summary>
    public IEnumerable<StepFailure> Failures => _fork.Branches.Where(_failed.ContainsKey).Select(branch => _failed[branch].Failure);

    /// <summary>Whether a branch gave up because the run is being stopped.</summary>
    public bool WasStopped { get; private set; }

    /// <summary>Whether every branch ended and every result is durable.</summary>
    public bool IsDone => _open.Count == 0 && _unsaved.Count == 0 && !_isSaving;

    /// <summary>The fork by the name in the checkpoint, which may be a former one: it stays as long as the fork is open.</summary>
    private string ForkState => Context.CompletedState!;

    public void OnStopped(string branch) => WasStopped |= _open.Remove(branch);

    public void OnSucceeded(string branch, StepOutcome outcome)
    {
        _open.Remove(branch);
        _unsaved.Enqueue((branch, ContextDelta.Between(Context, RunDecider.AfterBranch(branch, Context, outcome)), null));
    }

    /// <summary>Notes a failure; a branch that is to be entered again stays open.</summary>
    public void OnFailed(string branch, StepOutcome outcome, StepFailure failure)
    {
        if (failure.IsRetried)
        {
            Context = RunDecider.Failed(Context, outcome, failure);
            _unsaved.Enqueue((branch, null, failure));
        }
        else
        {
            _open.Remove(branch);
            _failed[branch] = (outcome, failure);
        }
    }

    /// <summary>What to save next; null when nothing waits or a save is under way.</summary>
    public ForkSave? NextToSave(long epoch)
    {
        if (_isSaving || !_unsaved.TryDequeue(out var next)) return null;
        _isSaving = true;
        return next.Delta is { } delta
            ? new ForkSave(
                new SaveBranch(Context.Key, epoch, ForkState, Context.VisitsOf(ForkState), next.Branch, delta, Guid.NewGuid()), next.Branch, null)
            : new ForkSave(new Save(Context, Guid.NewGuid(), Epoch: epoch), next.Branch, next.Failure);
    }

    public void OnSaved(ForkSave save, long revision)
    {
        _isSaving = false;
        if (save.Command is SaveBranch result)
            _durable[save.Branch] = new BranchResult(result.ForkState, result.Visit, result.Branch, result.Delta, revision);
        else
            _waiting.Add(save.Branch);
    }

    /// <summary>Whether a branch that waited is to be entered again.</summary>
    public bool Reenter(string branch) => _waiting.Remove(branch);

    /// <summary>No branch that waits is entered again.</summary>
    public void StopWaiting()
    {
        foreach (var branch in _waiting) OnStopped(branch);
        _waiting.Clear();
    }

    /// <summary>The context after the block; null with the outcome when the branches' changes exclude each other.</summary>
    public RetainContext? Join(Timestamp now, out StepOutcome? conflict)
    {
        conflict = null;
        if (_failed.Count > 0)
        {
            var status = Failures.Max(failure => failure.Status);
            return _fork.Branches.Where(_failed.ContainsKey).Aggregate(
                Context, (context, branch) => RunDecider.Failed(context, _failed[branch].Outcome, _failed[branch].Failure with { Status = status }));
        }

        if (BranchMerge.Merge(Context, _fork, _durable.Values, out var problem) is { } merged) return merged;
        conflict = new StepOutcome(now, now, TimeSpan.Zero, JsonMembers.Empty, null, null, $"MergeConflict: {problem}");
        return null;
    }
}
