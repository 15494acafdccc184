using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Persistence;
using Akka.Persistence.Snapshot;
using RetainActors.Persistence.Snapshots;

namespace RetainActors.Persistence;

/// <summary>
/// The snapshot store plugin: one file per snapshot below <c>ROOT/snapshots</c>, several per id. A save is acknowledged when the
/// file is durable under its name; until then the one before it stays. Requests of one id take effect in the order they came.
/// Loading gives the newest valid snapshot and warns of each damaged one it passes; when all are damaged it fails by name.
/// </summary>
public sealed class FileSnapshotStore : SnapshotStore
{
    private readonly OrderedLanes _lanes = new();
    private readonly string _pluginId;
    private readonly SnapshotSerializer _serializer;
    private readonly SnapshotDirectory? _directory;
    private readonly long _maxSizeBytes;
    private readonly Exception? _refusal;
    private readonly ConditionalWeakTable<SnapshotMetadata, object> _failedSaves = [];
    private volatile Exception? _failure;

    /// <summary>Made by Akka.Persistence with the section of the plugin; works under any plugin id.</summary>
    public FileSnapshotStore(Config config)
    {
        // Nothing below may throw: a dead plugin actor answers nobody.
        var system = (ExtendedActorSystem)Context.System;
        var logger = Context.GetLogger();
        _pluginId = Self.Path.Name;
        try
        {
            var extension = FilePersistence.Get(system);
            var settings = FileSnapshotSettings.From(FilePersistence.WithSnapshotDefaults(config));
            _serializer = new SnapshotSerializer(system, settings.Serializer);
            _maxSizeBytes = settings.MaxSizeBytes;
            _directory = new SnapshotDirectory(
                settings.Root, extension.FileSystemFor(_pluginId, settings.FileSystem),
                (file, problem) => logger.Warning("Left out the damaged snapshot {0}: {1}", file, problem));
        }
        catch (Exception e)
        {
            _serializer = new SnapshotSerializer(system, fallbackSerializer: "");
            _refusal = new ConfigurationException($"{_pluginId}: {e.Message}", e);
            logger.Error(_refusal, "The snapshot store cannot work: {0}", _refusal.Message);
        }
    }

    /// <inheritdoc />
    public override async Task<PersistenceHealthCheckResult> CheckHealthAsync(CancellationToken cancellationToken = default)
    {
        var breaker = await base.CheckHealthAsync(cancellationToken).ConfigureAwait(false);
        if (_refusal is not null) return Unhealthy(_refusal.Message, _refusal);
        var defect = await Task.Run(_directory!.Defect, cancellationToken).ConfigureAwait(false);
        if (defect is not null) return Unhealthy(defect, null);
        return _failure is { } failure ? Unhealthy(failure.Message, failure) : breaker;
    }

    /// <inheritdoc />
    protected override Task<SelectedSnapshot?> LoadAsync(
        string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        RunAsync(
            persistenceId,
            directory => directory.FindNewest(persistenceId, criteria) is { } record ? _serializer.FromRecord(record) : null,
            cancellationToken);

    /// <inheritdoc />
    protected override Task SaveAsync(SnapshotMetadata metadata, object snapshot, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        // Here and now: the actor may go on changing the object.
        var file = SnapshotCodec.Encode(_serializer.ToRecord(metadata, snapshot));
        if (_directory is not null && file.Length > _maxSizeBytes)
            throw new ArgumentException($"The snapshot takes {file.Length} bytes and 'max-snapshot-size' is {_maxSizeBytes}.");
        return RunAsync(metadata.PersistenceId, directory => Save(directory, metadata, file), cancellationToken);
    }

    /// <summary>
    /// Akka cleans up behind a save that failed or timed out by deleting its number with any timestamp. Nothing is to be cleaned
    /// up here: a save that failed left no file, and the file of that number may be an older save's, and good.
    /// </summary>
    protected override Task DeleteAsync(SnapshotMetadata metadata, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        if (_failedSaves.Remove(metadata)) return Task.CompletedTask;
        return RunAsync(metadata.PersistenceId, directory => directory.Delete(metadata), cancellationToken);
    }

    /// <inheritdoc />
    protected override Task DeleteAsync(
        string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        RunAsync(persistenceId, directory => directory.Delete(persistenceId, criteria), cancellationToken);

    /// <summary>Akka calls this with the failure of a save right before it cleans up.</summary>
    protected override bool ReceivePluginInternal(object message)
    {
        if (message is not SaveSnapshotFailure failure) return false;
        _failedSaves.AddOrUpdate(failure.Metadata, failure);
        return true;
    }

    /// <summary>Blocks until what was accepted is done, so that the next actor system of this process finds it.</summary>
    protected override void PostStop()
    {
        _lanes.Drain();
        base.PostStop();
    }

    private bool Save(SnapshotDirectory directory, SnapshotMetadata metadata, byte[] file)
    {
        try
        {
            directory.Save(metadata.PersistenceId, metadata.SequenceNr, file);
            _failure = null;
            return true;
        }
        catch (Exception e)
        {
            _failure = e;
            throw;
        }
    }

    /// <summary>Given up is honoured only before the work starts: after that it takes effect whatever the caller thinks.</summary>
    private Task<T> RunAsync<T>(string persistenceId, Func<SnapshotDirectory, T> work, CancellationToken cancellationToken) =>
        _directory is null ? Task.FromException<T>(_refusal!) : _lanes.RunAsync(persistenceId, () =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            return work(_directory);
        });

    private PersistenceHealthCheckResult Unhealthy(string description, Exception? cause) => new(
        PersistenceHealthStatus.Unhealthy, description, cause, new Dictionary<string, object> { ["plugin-id"] = _pluginId });
}
