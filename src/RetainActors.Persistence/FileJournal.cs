using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Persistence;
using Akka.Persistence.Journal;
using RetainActors.Persistence.Query;
using RetainActors.Storage;

namespace RetainActors.Persistence;

/// <summary>
/// The journal plugin: translates between Akka.Persistence and <see cref="FileLog"/>, over the disk or over memory. An event
/// is acknowledged when it is durable. When the log cannot be opened the journal keeps running, fails every request with the
/// <see cref="StorageException"/> and says so in its health check; it publishes <see cref="JournalFailed"/> once per failure.
/// After a failed write or sync it closes the log and opens it anew, until that works.
/// </summary>
public sealed class FileJournal : AsyncWriteJournal
{
    private readonly string _pluginId;
    private readonly EventSerializer _serializer;
    private readonly JournalLog _log;
    private readonly JournalReader _reader;
    private readonly AppendFeed _feed = new();
    private readonly long _maxUnitSizeBytes;

    /// <summary>Made by Akka.Persistence with the section of the plugin; works under any plugin id.</summary>
    public FileJournal(Config config)
    {
        // The name of a plugin actor is its id. Nothing below may throw: a dead journal actor answers nobody.
        var pluginId = Self.Path.Name;
        var system = (ExtendedActorSystem)Context.System;
        var logger = Context.GetLogger();
        var failures = new FailureWatch(cause =>
        {
            logger.Error(cause, "The journal failed ({0}): {1}", cause.Reason, cause.Message);
            system.EventStream.Publish(new JournalFailed(pluginId, cause));
        });

        _pluginId = pluginId;
        try
        {
            var extension = FilePersistence.Get(system);
            var settings = FileJournalSettings.From(FilePersistence.WithDefaults(pluginId, config));
            _serializer = new EventSerializer(system, settings.Serializer);
            _maxUnitSizeBytes = settings.MaxUnitSizeBytes;
            _log = JournalLog.Open(settings, extension.FileSystemFor(pluginId, settings.FileSystem), failures, logger, _feed.Reopened);
        }
        catch (Exception e)
        {
            _serializer = new EventSerializer(system, fallbackSerializer: "");
            _log = JournalLog.Refuse(new ConfigurationException($"{pluginId}: {e.Message}", e), failures, logger);
        }
        var adapters = Akka.Persistence.Persistence.Instance.Apply(system).AdaptersFor(pluginId);
        _reader = new JournalReader(_log, _serializer, adapters, _feed);
    }

    /// <inheritdoc />
    public override async Task<PersistenceHealthCheckResult> CheckHealthAsync(CancellationToken cancellationToken = default)
    {
        var breaker = await base.CheckHealthAsync(cancellationToken).ConfigureAwait(false);
        return JournalHealth.Of(_log, _pluginId) ?? breaker;
    }

    /// <inheritdoc />
    public override Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max,
        Action<IPersistentRepresentation> recoveryCallback) =>
        // Reading blocks: not on the actor's thread.
        _log.RunAsync(log => Task.Run(() =>
        {
            if (max <= 0) return 0;
            foreach (var record in log.Read(persistenceId, Math.Max(1, fromSequenceNr), toSequenceNr, max))
                recoveryCallback(_serializer.FromRecord(record));
            return 0;
        }));

    /// <inheritdoc />
    public override Task<long> ReadHighestSequenceNrAsync(
        string persistenceId, long fromSequenceNr, CancellationToken cancellationToken) =>
        _log.RunAsync(log => log.GetHighestSequenceNumberAsync(persistenceId));

    /// <inheritdoc />
    protected override Task<IImmutableList<Exception?>?> WriteMessagesAsync(
        IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var batch = WriteBatch.Encode(messages, _serializer, _maxUnitSizeBytes);
        if (batch.IsEmpty) return Task.FromResult(batch.Result);
        return _log.StoreAsync(log =>
        {
            // Only before the append: after it the events are stored whatever the caller thinks.
            cancellationToken.ThrowIfCancellationRequested();
            return batch.AppendToAsync(log, _feed.Appended);
        });
    }

    /// <inheritdoc />
    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) =>
        _log.StoreAsync(async log =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            await log.DeleteAsync(persistenceId, toSequenceNr).ConfigureAwait(false);
            return 0;
        });

    /// <summary>Serves the queries.</summary>
    protected override bool ReceivePluginInternal(object message)
    {
        if (message is not JournalReader.Request) return false;
        Sender.Tell(_reader);
        return true;
    }

    /// <summary>Blocks until the log is closed, so that the next actor system of this process finds the root free.</summary>
    protected override void PostStop()
    {
        _log.Dispose();
        base.PostStop();
    }
}
