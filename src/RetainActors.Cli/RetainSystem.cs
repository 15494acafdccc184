using Akka.Actor;
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
        var system = ActorSystem.Create("retain", config.Config);
        var started = new RetainSystem(system);
        try
        {
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

    private static async Task OpenJournalAsync(ActorSystem system, string journalId, CancellationToken cancellationToken)
    {
        var persistence = Akka.Persistence.Persistence.Instance.Apply(system);
        persistence.JournalFor(journalId);
        while (true)
        {
            var health = await persistence.CheckJournalHealthAsync(journalId, cancellationToken);
            if (health.Exception is StorageException failure) throw CommandFailure.From(failure);
            if (health.Status == PersistenceHealthStatus.Healthy) return;
            if (health.Status == PersistenceHealthStatus.Unhealthy)
                throw new CommandFailure("JournalUnavailable", $"The journal {journalId} cannot be used: {health.Exception?.Message ?? health.Description}", ExitCode.Failed);
            await Task.Delay(HealthInterval, cancellationToken); // it is being opened
        }
    }

    private sealed class JournalWatcher(string journalId, Action<CommandFailure> onJournalFailed) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is JournalFailed failed && failed.PluginId == journalId) onJournalFailed(CommandFailure.From(failed.Cause));
        }
    }
}
