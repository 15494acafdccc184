using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using RetainActors.Persistence;
using RetainActors.Storage;

namespace RetainActors.Cli;

/// <summary>An actor system with an open journal. It tells when the journal fails later on.</summary>
internal sealed class RetainSystem : IAsyncDisposable
{
    private static readonly TimeSpan HealthInterval = TimeSpan.FromMilliseconds(20);

    private RetainSystem(ActorSystem system) => System = system;

    public ActorSystem System { get; }

    /// <summary>Starts the system and waits until its journal is open.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="onJournalFailed">Told when the journal fails while it is open.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="CommandFailure">The journal cannot be opened.</exception>
    public static async Task<RetainSystem> StartAsync(RetainConfig config, Action<CommandFailure> onJournalFailed, CancellationToken cancellationToken)
    {
        var system = Create(config);
        var started = new RetainSystem(system);
        try
        {
            Configure(config, system);
            var watcher = system.ActorOf(Props.Create(() => new JournalWatcher(config.JournalId, onJournalFailed)), "journal-watcher");
            system.EventStream.Subscribe(watcher, typeof(JournalFailed));
            await OpenJournalAsync(system, config.JournalId, cancellationToken);
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync() => await System.Terminate();

    private static ActorSystem Create(RetainConfig config)
    {
        try
        {
            return ActorSystem.Create("retain", config.Config);
        }
        // Akka refuses settings by exceptions of many kinds; nothing else has happened yet.
        catch (Exception e)
        {
            throw config.Refused(e);
        }
    }

    /// <summary>Has the checkpoints read their settings now, where a wrong one can still be told from a failure.</summary>
    private static void Configure(RetainConfig config, ActorSystem system)
    {
        try
        {
            RetainCheckpoints.Get(system);
        }
        catch (ConfigurationException e)
        {
            throw config.Refused(e);
        }
    }

    private static async Task OpenJournalAsync(ActorSystem system, string journalId, CancellationToken cancellationToken)
    {
        var persistence = Akka.Persistence.Persistence.Instance.Apply(system);
        persistence.JournalFor(journalId);
        while (true)
        {
            var health = await persistence.CheckJournalHealthAsync(journalId, cancellationToken);
            if (health.Status == PersistenceHealthStatus.Unhealthy || health.Exception is JournalFullException)
                throw health.Exception is StorageException failure
                    ? CommandFailure.From(failure)
                    : new CommandFailure("JournalUnavailable", $"The journal {journalId} cannot be used: {health.Exception?.Message ?? health.Description}", ExitCode.Failed);
            if (!IsOpening(health)) return;
            await Task.Delay(HealthInterval, cancellationToken);
        }
    }

    /// <summary>Every other degraded journal serves, if not every key.</summary>
    private static bool IsOpening(PersistenceHealthCheckResult health) =>
        health.Status == PersistenceHealthStatus.Degraded && health.Data?.TryGetValue("reason", out var reason) == true && reason is "Opening";

    private sealed class JournalWatcher(string journalId, Action<CommandFailure> onJournalFailed) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is JournalFailed failed && failed.PluginId == journalId) onJournalFailed(CommandFailure.From(failed.Cause));
        }
    }
}
