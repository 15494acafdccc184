using Akka.Actor;

namespace RetainActors.Runs;

/// <summary>Starts the run engine.</summary>
public static class RetainRuns
{
    /// <summary>
    /// Starts a manager for runs of one state table; its runs save to the checkpoints of the system. Call it once per
    /// table and keep the client.
    /// </summary>
    /// <param name="system">The actor system.</param>
    /// <param name="table">The states.</param>
    /// <param name="time">The clock of the step log; the system's when null. Waits and timeouts are those of the system's scheduler.</param>
    /// <exception cref="Akka.Configuration.ConfigurationException">A setting of <c>retain.run</c> is out of range; the message names it.</exception>
    public static IRunClient Start(ActorSystem system, StateTable table, TimeProvider? time = null)
    {
        var checkpoints = RetainCheckpoints.Get(system).ClientActor;
        var environment = new RunEnvironment(table, RunSettings.From(system.Settings.Config), checkpoints, time ?? TimeProvider.System);
        return new RunClient(system.ActorOf(RunManagerActor.PropsFor(environment)), system.WhenTerminated);
    }
}
