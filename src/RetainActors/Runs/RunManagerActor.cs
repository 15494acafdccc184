using Akka.Actor;

namespace RetainActors.Runs;

/// <summary>A start and who asked for it.</summary>
/// <param name="Request">The request.</param>
/// <param name="Answer">Hands a message to the asker.</param>
/// <param name="Call">The call that it came with, when the asker is no actor.</param>
internal sealed record RunStart(RunProtocol.StartRun Request, Action<object> Answer, RunManagerActor.Call? Call);

/// <summary>
/// At most one live run per key, and no more at once than the settings allow; the others wait, the banks in turn. Starts a
/// <see cref="RetainRunActor"/> for each and hands its messages to whoever asked.
/// </summary>
internal sealed class RunManagerActor(RunEnvironment environment) : UntypedActor
{
    private readonly Dictionary<CheckpointKey, LiveRun> _live = [];
    private readonly WaitingRuns _waiting = new();
    private readonly HashSet<CheckpointKey> _parked = [];
    private readonly List<TaskCompletionSource> _stopped = [];

    public static Props PropsFor(RunEnvironment environment) => ActorProps.From(() => new RunManagerActor(environment));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RunProtocol.StartRun request:
                var asker = Sender;
                Start(new RunStart(request, reply => asker.Tell(reply, Self), Call: null));
                break;
            case Call call:
                Start(new RunStart(call.Request, reply => { if (reply is RunProtocol.Ended ended) call.Completion.TrySetResult(ended.Result); }, call));
                break;
            case RunProtocol.StopRun stop:
                Stop(stop, _ => true);
                break;
            case StopCall { Call: var call, Finishes: var finishes }:
                Stop(new RunProtocol.StopRun(call.Request.Key, finishes), start => ReferenceEquals(start.Call, call));
                break;
            case RunProtocol.Started started when _live.TryGetValue(started.Key, out var live):
                live.Start.Answer(started);
                break;
            case RunProtocol.Resumed resumed when _live.TryGetValue(resumed.Key, out var live):
                live.Start.Answer(resumed);
                break;
            case RunProtocol.Ended ended when _live.TryGetValue(ended.Result.Key, out var live):
                OnEnded(live, ended.Result);
                break;
            case RunGone gone when _live.TryGetValue(gone.Key, out var live) && live.Actor.Equals(gone.Actor):
                // It stopped without an end: an unknown failure, which the supervisor has logged.
                OnEnded(live, RunResult.Without(gone.Key, RunOutcome.Failed, "Crashed", "the run's actor failed; see the log of the actor system"));
                break;
            case RunGone:
                break;
            case RunProtocol.Unpark unpark:
                var unparker = Sender;
                Unpark(unpark.Key, result => unparker.Tell(new RunProtocol.Unparked(result)));
                break;
            case UnparkCall call:
                Unpark(call.Key, result => call.Completion.TrySetResult(result));
                break;
            case Inspect inspect:
                inspect.Completion.TrySetResult(RunsStatus.Of(
                    _live.Select(live => (live.Key, live.Value.Progress)), _waiting.Count, _parked, inspect.StuckAfter));
                break;
            case NoLongerParked unparked:
                _parked.Remove(unparked.Key);
                break;
            case StopAll stop:
                StopEverything(stop.Done);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>An unknown failure ends the run; its checkpoint can be resumed.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PostStop()
    {
        foreach (var (key, live) in _live) End(live.Start, RunResult.Stopped(key, "the run manager was stopped"), live.Progress.Lived);
        while (_waiting.Next() is { } start) AnswerStopped(start);
        foreach (var done in _stopped) done.TrySetResult();
    }

    private void Start(RunStart start)
    {
        var key = start.Request.Key;
        if (_live.ContainsKey(key) || _waiting.Find(key) is not null)
            End(start, RunResult.Without(key, RunOutcome.AlreadyRunning, nameof(RunOutcome.AlreadyRunning), "a run of this key is live or waits for its turn"));
        else if (_stopped.Count > 0)
            AnswerStopped(start);
        else if (_live.Count < environment.Settings.MaxLiveRuns)
            Enter(start);
        else if (_waiting.Count < environment.Settings.MaxWaitingRuns)
            _waiting.Add(start);
        else
            End(start, RunResult.Without(key, RunOutcome.Refused, "Busy", $"{_waiting.Count} runs wait already; start it again later"));
    }

    private void Enter(RunStart start)
    {
        var progress = new RunProgress(environment.Time);
        var actor = Context.ActorOf(RetainRunActor.PropsFor(start.Request, environment, progress));
        Context.WatchWith(actor, new RunGone(start.Request.Key, actor));
        _live.Add(start.Request.Key, new LiveRun(actor, start, progress));
    }

    private void OnEnded(LiveRun live, RunResult result)
    {
        _live.Remove(result.Key);
        End(live.Start, result, live.Progress.Lived);
        if (_live.Count < environment.Settings.MaxLiveRuns && _waiting.Next() is { } next) Enter(next);
        if (_live.Count == 0)
            foreach (var done in _stopped) done.TrySetResult();
    }

    /// <summary>Stops the run of a key, if it is the one that is meant; otherwise it ended by itself, or another asker's goes on.</summary>
    private void Stop(RunProtocol.StopRun stop, Func<RunStart, bool> isMeant)
    {
        if (_live.TryGetValue(stop.Key, out var live))
        {
            if (isMeant(live.Start)) live.Actor.Tell(stop);
        }
        else if (_waiting.Find(stop.Key) is { } waiting && isMeant(waiting))
        {
            _waiting.Remove(stop.Key);
            End(waiting, RunResult.Stopped(stop.Key, "the run was stopped before its turn"));
        }
    }

    private void StopEverything(TaskCompletionSource done)
    {
        _stopped.Add(done);
        while (_waiting.Next() is { } start) AnswerStopped(start);
        foreach (var (key, live) in _live) live.Actor.Tell(new RunProtocol.StopRun(key));
        if (_live.Count == 0) done.TrySetResult();
    }

    /// <summary>Gives a start its answer.</summary>
    private void End(RunStart start, RunResult result, TimeSpan? lived = null)
    {
        if (result.Error?.Reason == nameof(RunOutcome.Parked)) _parked.Add(result.Key);
        // What entered a state was not parked; a run that ended before says nothing about that.
        else if (result.StatesRun.Length > 0 || result.Outcome is RunOutcome.Completed or RunOutcome.UpToDate) _parked.Remove(result.Key);
        environment.Settings.Telemetry.OnEnded(result, lived);
        start.Answer(new RunProtocol.Ended(result));
    }

    private void Unpark(CheckpointKey key, Action<UnparkResult> answer)
    {
        var self = Self;
        Context.ActorOf(UnparkActor.PropsFor(key, environment.Checkpoints, result =>
        {
            if (result.Error is null || result.Error.Reason == "NotParked") self.Tell(new NoLongerParked(key));
            answer(result);
        }));
    }

    private void AnswerStopped(RunStart start) =>
        End(start, RunResult.Stopped(start.Request.Key, "the actor system is being stopped"));

    /// <summary>A run for code that is no actor; its task completes with the result.</summary>
    internal sealed record Call(RunProtocol.StartRun Request, TaskCompletionSource<RunResult> Completion) : INoSerializationVerificationNeeded;

    /// <summary>Stops the run that this call started, and no other.</summary>
    internal sealed record StopCall(Call Call, bool Finishes) : INoSerializationVerificationNeeded;

    /// <summary>An unpark for code that is no actor.</summary>
    internal sealed record UnparkCall(CheckpointKey Key, TaskCompletionSource<UnparkResult> Completion) : INoSerializationVerificationNeeded;

    /// <summary>Stops every run and starts no other; done when the last live one has ended.</summary>
    internal sealed record StopAll(TaskCompletionSource Done) : INoSerializationVerificationNeeded;

    /// <summary>Asks how the runs are.</summary>
    internal sealed record Inspect(TimeSpan StuckAfter, TaskCompletionSource<RunsStatus> Completion) : INoSerializationVerificationNeeded;

    private sealed record RunGone(CheckpointKey Key, IActorRef Actor);

    private sealed record NoLongerParked(CheckpointKey Key) : INoSerializationVerificationNeeded;

    private sealed record LiveRun(IActorRef Actor, RunStart Start, RunProgress Progress);
}
