using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Persistence;
using Akka.Persistence.Journal;
using RetainActors.Persistence;
using RetainActors.Persistence.Query;
using RetainActors.Storage;

namespace RetainActors.Benchmarks.Workloads;

/// <summary>The same journal on Akka's asynchronous base class, to compare: same log, same encoding, Akka's own answers.</summary>
internal sealed class AsyncBaseJournal : AsyncWriteJournal
{
    private readonly EventSerializer _serializer;
    private readonly JournalLog _log;
    private readonly AppendFeed _feed = new();
    private readonly long _maxUnitSizeBytes;

    public AsyncBaseJournal(Config config)
    {
        var id = Self.Path.Name;
        var system = (ExtendedActorSystem)Context.System;
        var settings = FileJournalSettings.From(FilePersistence.WithDefaults(id, config));
        _serializer = new EventSerializer(system, settings.Serializer);
        _maxUnitSizeBytes = settings.MaxUnitSizeBytes;
        var fileSystem = FilePersistence.Get(system).FileSystemFor(id, settings.FileSystem);
        _log = JournalLog.Open(
            () => FileLog.Open(settings.ToLogSettings(), fileSystem), settings, new FailureWatch(_ => { }), new DamageWatch(_ => { }),
            Context.GetLogger(), _feed.Reopened);
    }

    public override Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max,
        Action<IPersistentRepresentation> recoveryCallback) => _log.RunAsync(log => Task.Run(() =>
        {
            foreach (var record in log.Read(persistenceId, Math.Max(1, fromSequenceNr), toSequenceNr, max))
                recoveryCallback(_serializer.FromRecord(record));
            return true;
        }));

    public override Task<long> ReadHighestSequenceNrAsync(
        string persistenceId, long fromSequenceNr, CancellationToken cancellationToken) =>
        _log.RunAsync(log => log.GetHighestSequenceNumberAsync(persistenceId));

    protected override Task<IImmutableList<Exception?>?> WriteMessagesAsync(
        IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var batch = WriteBatch.Encode(messages, _serializer, _maxUnitSizeBytes);
        return batch.IsEmpty
            ? Task.FromResult(batch.Result)
            : _log.StoreAsync(log => batch.AppendToAsync(log, _feed.Appended));
    }

    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) =>
        _log.StoreAsync(async log =>
        {
            await log.DeleteAsync(persistenceId, toSequenceNr).ConfigureAwait(false);
            return true;
        });

    protected override void PostStop()
    {
        _log.Dispose();
        base.PostStop();
    }
}
