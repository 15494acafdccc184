using System.Collections.Immutable;
using Akka.Actor;
using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Runs;

/// <summary>
/// Drives one run: looks at the checkpoint, claims the key, and enters state after state, each only after the save of the
/// one before was acknowledged. Tells its parent <see cref="RunProtocol.Started"/> or <see cref="RunProtocol.Resumed"/>
/// and, last, <see cref="RunProtocol.Ended"/>. Glue only: the rules are <see cref="RunDecider"/>'s.
/// </summary>
internal sealed class RetainRunActor(RunProtocol.StartRun request, StateTable table, IActorRef checkpoints, TimeProvider time) : UntypedActor
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ImmutableArray<string>.Builder _statesRun = ImmutableArray.CreateBuilder<string>();
    private StateScope? _scope;
    private RetainContext? _durable;
    private long _epoch;
    private long _revision;
    private string? _resumedAt;

    public static Props PropsFor(RunProtocol.StartRun request, StateTable table, IActorRef checkpoints, TimeProvider time) =>
        Props.Create(() => new RetainRunActor(request, table, checkpoints, time));

    private CheckpointKey Key => request.Key;

    private Timestamp Now => Timestamp.From(time.GetUtcNow());

    protected override void PreStart()
    {
        Become(Looking);
        checkpoints.Tell(new Load(Key));
    }

    /// <summary>Handlers that still run are told; the source is not disposed under them.</summary>
    protected override void PostStop() => _stop.Cancel();

    protected override void OnReceive(object message) => Unhandled(message);

    /// <summary>Before the claim: a run that has nothing to do writes nothing.</summary>
    private void Looking(object message)
    {
        if (PlanFrom(message) is not { } plan) return;
        if (_stop.IsCancellationRequested) End(RunOutcome.Stopped);
        else if (plan is RunPlan.UpToDate or RunPlan.Refuse) EndAt(plan);
        else
        {
            Become(Claiming);
            checkpoints.Tell(new Claim(Key));
        }
    }

    private void Claiming(object message)
    {
        switch (message)
        {
            case Claimed claimed:
                (_epoch, _revision) = (claimed.Epoch, claimed.Revision);
                Become(Loading);
                checkpoints.Tell(new Load(Key));
                break;
            case ClaimRefused refused:
                End(RunOutcome.Refused, refused.Reason.ToString(), refused.Detail);
                break;
            default:
                Otherwise(message);
                break;
        }
    }

    /// <summary>After the claim: only now no other run can change what is loaded.</summary>
    private void Loading(object message)
    {
        switch (PlanFrom(message))
        {
            case null:
                break;
            case RunPlan.Start start:
                Context.Parent.Tell(new RunProtocol.Started(Key, _epoch));
                Save(start.Context, saved => Proceed(saved, []));
                break;
            case RunPlan.Resume resume:
                var branches = ((Loaded)message).Branches;
                _resumedAt = FirstStep(resume.Context, branches);
                Context.Parent.Tell(new RunProtocol.Resumed(Key, _epoch, _resumedAt));
                Save(resume.Context, saved => Proceed(saved, branches));
                break;
            case var plan:
                EndAt(plan);
                break;
        }
    }

    private RunPlan? PlanFrom(object message)
    {
        switch (message)
        {
            case Loaded loaded:
                (_durable, _revision) = (loaded.Context, loaded.Revision);
                return RunDecider.Plan(loaded, request, table, Now);
            case NotFound:
                return RunDecider.Plan(null, request, table, Now);
            case Corrupt corrupt:
                return new RunPlan.Refuse(new RunError("Corrupt", corrupt.Detail));
            case TooNew newer:
                return new RunPlan.Refuse(new RunError("TooNew", $"a newer version wrote the checkpoint (schema version {newer.SchemaVersion})"));
            default:
                Otherwise(message);
                return null;
        }
    }

    /// <summary>Goes on from a context that is durable.</summary>
    private void Proceed(RetainContext context, ImmutableArray<BranchResult> branches)
    {
        if (context.Status == CheckpointStatus.Completed) End(RunOutcome.Completed);
        else if (context.Status == CheckpointStatus.Failed) End(RunOutcome.Failed, "StateFailed", string.Join("; ", context.Errors));
        else if (_stop.IsCancellationRequested) End(RunOutcome.Stopped);
        else if (RunDecider.OpenFork(table, context) is { } fork) RunBranches(new OpenFork(fork, context, branches));
        else Enter(context);
    }

    private void Enter(RetainContext context)
    {
        var state = Definition(context.NextState!);
        StartStep(state, state.Name, context);
        Become(message =>
        {
            if (message is not StepEnded ended) Otherwise(message);
            else if (ended.Outcome.WasCancelled) End(RunOutcome.Stopped);
            else
            {
                var after = RunDecider.AfterState(state, context, _durable!, ended.Outcome);
                OnStepLeft(ended, after.Status == CheckpointStatus.Failed ? after.Errors[^1] : null);
                Save(after, saved => Proceed(saved, []));
            }
        });
    }

    /// <summary>Runs the missing branches at once and saves the results one by one, as they come.</summary>
    private void RunBranches(OpenFork fork)
    {
        foreach (var branch in fork.Missing)
            StartStep(Definition(branch), StepLogEntry.BranchPrefix + branch, fork.Context);
        AwaitBranches(fork);
    }

    private void AwaitBranches(OpenFork fork)
    {
        if (fork.NextToSave(_epoch) is { } save)
        {
            Tell(save, saved =>
            {
                fork.OnSaved(save, saved.Revision);
                AwaitBranches(fork);
            }, alsoWhileSaving: message => OnBranchEnded(fork, message));
        }
        else if (!fork.IsDone)
        {
            Become(message =>
            {
                if (OnBranchEnded(fork, message)) AwaitBranches(fork);
                else Otherwise(message);
            });
        }
        else if (fork.WasStopped)
        {
            End(RunOutcome.Stopped);
        }
        else
        {
            var joined = fork.Join(Now);
            if (joined.Status == CheckpointStatus.Failed) Save(joined, saved => Proceed(saved, []));
            else if (_stop.IsCancellationRequested) End(RunOutcome.Stopped);
            // The merge follows from what is durable already; the join's own save stores it.
            else Enter(joined);
        }
    }

    private bool OnBranchEnded(OpenFork fork, object message)
    {
        if (message is not StepEnded ended) return false;
        var branch = ended.Step[StepLogEntry.BranchPrefix.Length..];
        if (ended.Outcome.WasCancelled) fork.OnStopped(branch);
        else OnStepLeft(ended, fork.OnEnded(branch, ended.Outcome));
        return true;
    }

    private void StartStep(StateDefinition state, string step, RetainContext context)
    {
        Publish(new RunEvent.StateEntered(Key, step));
        // The first scope makes the derived data that those of later steps share.
        _scope = _scope?.For(state.Name) ?? new StateScope(Key, request.Text, state.Name, _epoch, context.Attempt);
        var self = Self;
        StepOutcome.RunAsync(state, _scope, context, time, _stop.Token)
            .ContinueWith(
                ended => self.Tell(ended.IsCompletedSuccessfully ? new StepEnded(step, ended.Result) : new Status.Failure(ended.Exception)),
                TaskScheduler.Default);
    }

    private void OnStepLeft(StepEnded ended, string? error)
    {
        _statesRun.Add(ended.Step);
        Publish(new RunEvent.StateLeft(Key, ended.Step, ended.Outcome.Duration, error));
    }

    private void Save(RetainContext context, Action<RetainContext> then) =>
        Tell(new Save(context, Guid.NewGuid(), Epoch: _epoch), _ =>
        {
            _durable = context;
            then(context);
        });

    /// <summary>Tells a save and waits for its acknowledgement; every other answer ends the run.</summary>
    private void Tell(ICheckpointCommand save, Action<Saved> then, Func<object, bool>? alsoWhileSaving = null)
    {
        checkpoints.Tell(save);
        Become(message =>
        {
            switch (message)
            {
                case Saved saved:
                    _revision = saved.Revision;
                    Publish(new RunEvent.Saved(Key, saved.Revision));
                    then(saved);
                    break;
                case SaveRefused { Reason: RefuseReason.StaleEpoch } refused:
                    End(RunOutcome.Superseded, refused.Reason.ToString(), refused.Detail);
                    break;
                case SaveRefused refused:
                    End(RunOutcome.Failed, refused.Reason.ToString(), refused.Detail);
                    break;
                case SaveUnknown unknown:
                    End(RunOutcome.Failed, nameof(SaveUnknown), unknown.Detail);
                    break;
                default:
                    if (alsoWhileSaving?.Invoke(message) != true) Otherwise(message);
                    break;
            }
        });
    }

    private void Otherwise(object message)
    {
        switch (message)
        {
            case RunProtocol.StopRun:
                _stop.Cancel();
                break;
            case Unavailable unavailable:
                End(RunOutcome.Failed, unavailable.Reason, unavailable.Detail);
                break;
            case Status.Failure failure:
                // Not what a handler threw, that is an outcome: the supervisor ends the run.
                throw new InvalidOperationException("A step could not be brought to an end.", failure.Cause);
            default:
                Unhandled(message);
                break;
        }
    }

    private void EndAt(RunPlan plan)
    {
        if (plan is RunPlan.Refuse refuse) End(RunOutcome.Refused, refuse.Error.Reason, refuse.Error.Detail);
        else End(RunOutcome.UpToDate);
    }

    private void End(RunOutcome outcome, string? reason = null, string? detail = null)
    {
        var error = reason is null ? null : new RunError(reason, detail ?? "");
        var result = new RunResult(Key, outcome, _revision, _durable, _statesRun.ToImmutable(), _resumedAt, error);
        // The parent first: who starts the key again on the event must not meet the run that just ended.
        Context.Parent.Tell(new RunProtocol.Ended(result));
        Publish(new RunEvent.Ended(Key, result));
        Become(_ => { });
        Context.Stop(Self);
    }

    private string FirstStep(RetainContext context, ImmutableArray<BranchResult> branches) =>
        RunDecider.OpenFork(table, context) is { } fork && RunDecider.MissingBranches(fork, branches) is [var first, ..]
            ? StepLogEntry.BranchPrefix + first
            : context.NextState!;

    private StateDefinition Definition(string name) => table.TryGet(name, out var state)
        ? state
        : throw new InvalidOperationException($"State '{name}' left the table after it was validated.");

    private static void Publish(RunEvent progress) => Context.System.EventStream.Publish(progress);

    private sealed record StepEnded(string Step, StepOutcome Outcome) : INoSerializationVerificationNeeded;
}
