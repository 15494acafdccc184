using Akka;
using Akka.Actor;

namespace RetainActors.Runs;

/// <summary>Starts the run engine.</summary>
public static class RetainRuns
{
    /// <summary>
    /// Starts a manager for runs of one state table; its runs save to the checkpoints of the system. Call it once per
    /// table and keep the client. When the system is shut down, its runs stop in the phase <c>service-requests-done</c>
    /// of the coordinated shutdown, each after its current save.
    /// </summary>
    /// <param name="system">The actor system.</param>
    /// <param name="table">The states.</param>
    /// <param name="time">The clock of the step log; the system's when null. Waits and timeouts are those of the system's scheduler.</param>
    /// <exception cref="Akka.Configuration.ConfigurationException">A setting of <c>retain.run</c> is out of range; the message names it.</exception>
    public static IRunClient Start(ActorSystem system, StateTable table, TimeProvider? time = null)
    {
        var checkpoints = RetainCheckpoints.Get(system);
        var settings = RunSettings.From(system.Settings.Config);
        var environment = new RunEnvironment(table, settings, checkpoints.ClientActor, time ?? TimeProvider.System);
        var manager = system.ActorOf(RunManagerActor.PropsFor(environment));
        // Before the phases in which shards and systems go: the last saves need their checkpoints.
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "retain-runs", () => StopAsync(manager, system.WhenTerminated));
        return new RunClient(manager, system.WhenTerminated, new UnfinishedKeys(checkpoints.Client), settings.MaxLiveRuns);
    }

    private static async Task<Done> StopAsync(IActorRef manager, Task terminated)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        manager.Tell(new RunManagerActor.StopAll(stopped));
        // A system that was aborted before its shutdown ran has no manager to answer, and no timers to end this phase.
        await Task.WhenAny(stopped.Task, terminated).ConfigureAwait(false);
        return Done.Instance;
    }
}
