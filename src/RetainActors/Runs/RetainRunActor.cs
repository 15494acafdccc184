using System.Collections.Immutable;
using Akka.Actor;
using RetainActors.Checkpoints;
using RetainActors.Diagnostics;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Runs;

/// <summary>
/// Drives one run: looks at the checkpoint, claims the key, and enters state after state, each only after the save of the
/// one before was acknowledged. Tells its parent <see cref="RunProtocol.Started"/> or <see cref="RunProtocol.Resumed"/>
/// and, last, <see cref="RunProtocol.Ended"/>. Glue only: the rules are <see cref="RunDecider"/>'s and
/// <see cref="FailureDecider"/>'s.
/// </summary>
internal sealed class RetainRunActor(RunProtocol.StartRun request, RunEnvironment environment, RunProgress progress) : UntypedActor, IWithTimers
{
    private readonly RunReport _report = new(request, environment.Settings.Telemetry, progress, Context.System.EventStream);
    private PatientSender _checkpoints = null!;
    private StepsInFlight _steps = null!;

    public static Props PropsFor(RunProtocol.StartRun request, RunEnvironment environment, RunProgress progress) =>
        ActorProps.From(() => new RetainRunActor(request, environment, progress));

    public ITimerScheduler Timers { get; set; } = null!;

    private CheckpointKey Key => request.Key;

    private StateTable Table => environment.Table;

    private Timestamp Now => Timestamp.From(environment.Time.GetUtcNow());

    protected override void PreStart()
    {
        ActiveActors.AddRuns(1);
        _checkpoints = new PatientSender(Timers, environment);
        _steps = new StepsInFlight(Self, Timers, environment, request, _report);
        Await(Looking);
        Send(new Load(Key));
    }

    protected override void PostStop()
    {
        ActiveActors.AddRuns(-1);
        _steps.Abandon();
        _report.Close();
    }

    protected override void OnReceive(object message) => Unhandled(message);

    /// <summary>What the run does with its messages from now on.</summary>
    private void Await(Action<object> phase) => Become(message =>
    {
        if (!_checkpoints.Takes(message) && _steps.Read(message) is { } own) phase(own);
    });

    /// <summary>Before the claim: a run that has nothing to do writes nothing.</summary>
    private void Looking(object message)
    {
        if (PlanFrom(message) is not { } plan) return;
        if (_steps.IsStopping) End(RunOutcome.Stopped);
        else if (plan is RunPlan.UpToDate or RunPlan.Refuse) EndAt(plan);
        else
        {
            Await(Claiming);
            Send(new Claim(Key, Guid.NewGuid()));
        }
    }

    private void Claiming(object message)
    {
        switch (message)
        {
            case Claimed claimed:
                (_report.Epoch, _report.Revision) = (claimed.Epoch, claimed.Revision);
                Await(Loading);
                Send(new Load(Key));
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
                Context.Parent.Tell(new RunProtocol.Started(Key, _report.Epoch));
                _report.OnStarted(resumedAt: null);
                Save(start.Context, saved => Proceed(saved, []));
                break;
            case RunPlan.Resume resume:
                var branches = RunDecider.Renamed(Table, ((Loaded)message).Branches);
                var first = FirstStep(resume.Context, branches);
                Context.Parent.Tell(new RunProtocol.Resumed(Key, _report.Epoch, first));
                _report.OnResumed(resume.Context, branches.Length, first);
                Save(resume.Context, saved => Proceed(saved, branches));
                break;
            // Another run ended between the look and the claim. Stored again under this epoch, its end ends this claim too.
            case var plan when _report.Durable is { Status: not CheckpointStatus.Running } ended:
                Save(ended, _ => EndAt(plan));
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
                (_report.Durable, _report.Revision) = (loaded.Context, loaded.Revision);
                return RunDecider.Plan(loaded, request, Table, Now);
            case NotFound:
                return RunDecider.Plan(null, request, Table, Now);
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
        else if (context.Status == CheckpointStatus.Parked) End(RunOutcome.Parked, "Parked", string.Join("; ", context.Errors));
        else if (_steps.IsStopping) End(RunOutcome.Stopped);
        else if (context.StepLog.Length >= environment.Settings.MaxSteps)
            Save(RunDecider.AtStepLimit(context), saved => End(RunOutcome.Failed, "StepLimit", string.Join("; ", saved.Errors)));
        else if (RunDecider.OpenFork(Table, context) is { } fork) RunBranches(new ForkPhase(new OpenFork(fork, context, branches), _steps, _report));
        else Enter(context, []);
    }

    /// <summary>Enters the next state; a join with the branches that are merged into <paramref name="context"/>.</summary>
    private void Enter(RetainContext context, ImmutableArray<BranchResult> branches)
    {
        var state = Table.Definition(context.NextState!);
        _steps.StartState(state, context);
        Await(message =>
        {
            if (message is not StepEnded ended) Otherwise(message);
            else if (ended.Outcome.WasCancelled) End(RunOutcome.Stopped);
            else
            {
                var error = RunDecider.StateError(state, ended.Outcome);
                _report.OnLeft(ended, error);
                if (error is not null) OnStateFailed(ended, error, branches);
                else Save(RunDecider.AfterState(state, context, ended.Outcome), saved => Proceed(saved, []));
            }
        });
    }

    /// <summary>The failure goes into the context without the branches: a retry or a resume merges them once.</summary>
    private void OnStateFailed(StepEnded ended, string error, ImmutableArray<BranchResult> branches)
    {
        var failure = _steps.Judge(_report.Durable!, ended, error);
        Save(RunDecider.Failed(_report.Durable!, ended.Outcome, failure), saved =>
        {
            if (failure.Status == CheckpointStatus.Parked) _report.OnParked(failure);
            if (failure.IsRetried && !_steps.IsStopping) AwaitRetry(failure, () => Proceed(saved, branches));
            else Proceed(saved, branches);
        });
    }

    private void AwaitRetry(StepFailure failure, Action retry)
    {
        _steps.ScheduleRetry(failure);
        Await(message =>
        {
            if (message is RetryDue) retry();
            else if (message is RunProtocol.StopRun) End(RunOutcome.Stopped);
            else Otherwise(message);
        });
    }

    /// <summary>Runs the missing branches at once and saves the results one by one, as they come.</summary>
    private void RunBranches(ForkPhase phase)
    {
        phase.Enter();
        AwaitBranches(phase);
    }

    private void AwaitBranches(ForkPhase phase)
    {
        if (phase.Fork.NextToSave(_report.Epoch) is { } save)
        {
            Tell(
                save.Command, save.Branch, save.Failure is null,
                then: _ =>
                {
                    phase.OnSaved(save);
                    AwaitBranches(phase);
                },
                alsoWhileSaving: message => OnBranches(phase, message));
        }
        else if (!phase.Fork.IsDone)
        {
            Await(message =>
            {
                if (OnBranches(phase, message)) AwaitBranches(phase);
                else Otherwise(message);
            });
        }
        // A failure is stored whether the run is being stopped or not: it counts.
        else if (phase.Fork.WasStopped && !phase.Fork.Failures.Any()) End(RunOutcome.Stopped);
        else Join(phase.Fork);
    }

    private bool OnBranches(ForkPhase phase, object message)
    {
        if (message is not RunProtocol.StopRun) return phase.Takes(message);
        Otherwise(message);
        phase.Fork.StopWaiting();
        return true;
    }

    private void Join(OpenFork fork)
    {
        var joined = fork.Join(Now, out var conflict);
        if (conflict is not null)
            OnStateFailed(new StepEnded(Table.Definition(fork.Context.NextState!), Table.NameOf(fork.Context.NextState!), conflict), conflict.Error!, []);
        else if (joined!.Status != CheckpointStatus.Running)
            Save(joined, saved =>
            {
                foreach (var failure in fork.Failures.Where(failure => failure.Status == CheckpointStatus.Parked)) _report.OnParked(failure);
                Proceed(saved, []);
            });
        else if (_steps.IsStopping) End(RunOutcome.Stopped);
        // The merge follows from what is durable already; the join's own save stores it.
        else Enter(joined, fork.Durable);
    }

    private void Save(RetainContext context, Action<RetainContext> then) =>
        Tell(new Save(context, Guid.NewGuid(), Epoch: _report.Epoch), branch: null, isResult: false, _ =>
        {
            _report.Durable = context;
            then(context);
        });

    private void Send(ICheckpointCommand request, string? branch = null) =>
        _checkpoints.Send(CheckpointCommand.Under(request, _report.TraceFor(branch)));

    /// <summary>Tells a save, of a branch or not, and waits for its acknowledgement; every other answer ends the run.</summary>
    private void Tell(ICheckpointCommand save, string? branch, bool isResult, Action<Saved> then, Func<object, bool>? alsoWhileSaving = null)
    {
        Send(save, branch);
        Await(message =>
        {
            switch (message)
            {
                case Saved saved:
                    _report.OnSaved(saved.Revision, isResult ? branch : null);
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
            case RunProtocol.StopRun stop:
                if (stop.Finishes) _steps.Finish();
                else _steps.Stop();
                // What was being waited out counts now, as the answer that it was.
                if (_checkpoints.Hurry() is { } refusal) Self.Tell(refusal);
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
        var result = _report.Result(outcome, reason is null ? null : new RunError(reason, detail ?? ""));
        // The parent first: who starts the key again on the event must not meet the run that just ended.
        Context.Parent.Tell(new RunProtocol.Ended(result));
        _report.OnEnded(result);
        Become(_ => { });
        Context.Stop(Self);
    }

    private string FirstStep(RetainContext context, ImmutableArray<BranchResult> branches) =>
        RunDecider.OpenFork(Table, context) is { } fork && RunDecider.MissingBranches(fork, branches) is [var first, ..]
            ? StepLogEntry.BranchPrefix + first
            : context.NextState!;
}
