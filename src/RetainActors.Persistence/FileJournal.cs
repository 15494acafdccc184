using System.Diagnostics;
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
/// <see cref="StorageException"/> and says so in its health check; it publishes <see cref="JournalFailed"/> once per failure,
/// and <see cref="JournalDamaged"/> once per damaged place that a replay, a query, compaction or the scrub meets.
/// After a failed write or sync it closes the log and opens it anew, until that works.
/// <para>
/// It derives from the lower of Akka's two base classes: an event goes from the persistent actor to the log and the answer
/// straight back, in the order of each actor; the slow write of one actor holds up no other.
/// </para>
/// </summary>
public sealed class FileJournal : WriteJournalBase
{
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(5);

    private readonly IActorRef _self;
    private readonly EventStream _eventStream;
    private readonly bool _publishes;
    private readonly string _pluginId;
    private readonly EventSerializer _serializer;
    private readonly JournalLog _log;
    private readonly JournalCalls _calls;
    private readonly JournalCallSettings _callSettings = new();
    private readonly Action _succeeded;
    private readonly Action<Exception> _failed;
    private readonly JournalReader _reader;
    private readonly AppendFeed _feed = new();
    private readonly JournalTelemetry _telemetry;
    private readonly FilePersistence? _extension;
    private readonly long _maxUnitSizeBytes;
    private readonly ICancelable _ticking;

    /// <summary>Made by Akka.Persistence with the section of the plugin; works under any plugin id.</summary>
    public FileJournal(Config config)
    {
        // The name of a plugin actor is its id. Nothing below may throw: a dead journal actor answers nobody.
        var pluginId = Self.Path.Name;
        var system = (ExtendedActorSystem)Context.System;
        var logger = Context.GetLogger();
        var persistence = Akka.Persistence.Persistence.Instance.Apply(system);
        var failures = new FailureWatch(cause =>
        {
            logger.Error(cause, "The journal failed ({0}): {1}", cause.Reason, cause.Message);
            system.EventStream.Publish(new JournalFailed(pluginId, cause));
        });

        _self = Self;
        _eventStream = system.EventStream;
        _publishes = persistence.Settings.Internal.PublishPluginCommands;
        _pluginId = pluginId;
        _telemetry = new JournalTelemetry(pluginId);
        try
        {
            _extension = FilePersistence.Get(system);
            var section = FilePersistence.WithDefaults(pluginId, config);
            var settings = FileJournalSettings.From(section);
            _callSettings = JournalCallSettings.From(section);
            _serializer = new EventSerializer(system, settings.Serializer);
            _maxUnitSizeBytes = settings.MaxUnitSizeBytes;
            var damage = new DamageWatch(found =>
            {
                logger.Error("The journal is damaged: {0}", found.Message);
                _telemetry.Damaged();
                system.EventStream.Publish(JournalDamaged.From(pluginId, settings.Root, found));
            });
            var fileSystem = _extension.FileSystemFor(pluginId, settings.FileSystem);
            _log = JournalLog.Open(
                () => _telemetry.Open(() => FileLog.Open(settings.ToLogSettings(), fileSystem)), settings, failures, damage, logger,
                _feed.Reopened);
        }
        catch (Exception e)
        {
            _serializer = new EventSerializer(system, fallbackSerializer: "");
            _log = JournalLog.Refuse(new ConfigurationException($"{pluginId}: {e.Message}", e), failures, logger);
        }
        _calls = new JournalCalls(system.Scheduler, _callSettings);
        (_succeeded, _failed) = (_calls.Succeeded, _calls.Failed);
        _reader = new JournalReader(_log, _serializer, persistence.AdaptersFor(pluginId), _feed);
        _ticking = Context.System.Scheduler.ScheduleTellRepeatedlyCancelable(_calls.Interval, _calls.Interval, Self, Tick.Instance, Self);
        _telemetry.Watch(() => _log.Inspect().Statistics);
    }

    /// <inheritdoc />
    protected override bool Receive(object message)
    {
        switch (message)
        {
            case WriteMessages write:
                Write(write);
                return true;
            case ReplayMessages replay:
                _ = ReplayAsync(replay, ReplayTarget(replay));
                return true;
            case DeleteMessagesTo delete:
                _ = DeleteAsync(delete);
                return true;
            case Tick:
                _calls.GiveUpLate();
                return true;
            case CheckJournalHealth:
                Sender.Tell(new JournalHealthCheckResponse(CheckHealth()), _self);
                return true;
            case JournalReader.Request:
                Sender.Tell(_reader, _self);
                return true;
            default:
                return false;
        }
    }

    /// <summary>
    /// Blocks until the log is closed, so that the next actor system of this process finds the root free, and every write is
    /// answered.
    /// </summary>
    protected override void PostStop()
    {
        _ticking.Cancel();
        _telemetry.Dispose();
        _log.Dispose();
        _calls.AnswerAll(StopPatience);
        base.PostStop();
    }

    private PersistenceHealthCheckResult CheckHealth() =>
        JournalHealth.Of(_log.Inspect(), _pluginId) ?? _calls.Health(new Dictionary<string, object> { ["journal"] = _pluginId });

    private void Write(WriteMessages request)
    {
        var answer = _calls.Expect(request, _self);
        try
        {
            if (_calls.Refusal is { } refusal)
            {
                answer.Fail(refusal);
                return;
            }

            // Here and now: event adapters run meanwhile, and the actor may go on changing what it gave.
            var batch = WriteBatch.Encode(PreparePersistentBatch(request.Messages), _serializer, _maxUnitSizeBytes);
            if (batch.IsEmpty) answer.Succeed(batch.Result);
            else _ = AppendAsync(batch, answer, JournalTelemetry.TraceOf(request, _extension?.TraceOf));
        }
        catch (Exception e)
        {
            // An event adapter failed.
            answer.Fail(e, _failed);
        }
    }

    private async Task AppendAsync(WriteBatch batch, WriteAnswer answer, ActivityContext trace)
    {
        try
        {
            var result = await _telemetry.Append(batch.PersistenceId, trace).Around(_log.StoreAsync(log =>
            {
                // Only before the append: after it the events are stored whatever the actor was told.
                if (answer.IsGiven) throw new OperationCanceledException("The write was given up before it began.");
                return batch.AppendToAsync(log, _feed.Appended);
            })).ConfigureAwait(false);
            _telemetry.Written(batch);
            answer.Succeed(result, _succeeded);
        }
        catch (Exception e)
        {
            answer.Fail(e, _failed);
        }
    }

    private IActorRef ReplayTarget(ReplayMessages request) => _callSettings.FilterMode == ReplayFilterMode.Disabled
        ? request.PersistentActor
        : Context.ActorOf(ReplayFilter.Props(
            request.PersistentActor, _callSettings.FilterMode, _callSettings.FilterWindowSize,
            _callSettings.FilterMaxOldWriters, _callSettings.FilterDebug));

    /// <summary>The highest number comes first: it waits for what is on its way to the disk, so the events after it are all.</summary>
    private async Task ReplayAsync(ReplayMessages request, IActorRef target)
    {
        var measured = _telemetry.Recover(request.PersistenceId);
        object end;
        try
        {
            var highest = await _calls.RunAsync(
                _ => _log.RunAsync(log => log.GetHighestSequenceNumberAsync(request.PersistenceId))).ConfigureAwait(false);
            var to = Math.Min(request.ToSequenceNr, highest);
            // Reading blocks: not on the actor's thread.
            if (request.FromSequenceNr <= to && request.Max > 0)
                await _log.RunAsync(log => Task.Run(() => Replay(log, request, to, target))).ConfigureAwait(false);
            end = new RecoverySuccess(highest);
        }
        catch (Exception e)
        {
            end = new ReplayMessagesFailure(e);
        }
        measured.End((end as ReplayMessagesFailure)?.Cause);
        target.Tell(end, ActorRefs.NoSender);
        if (_publishes) _eventStream.Publish(request);
    }

    private bool Replay(FileLog log, ReplayMessages request, long to, IActorRef target)
    {
        var (events, bytes) = (0L, 0L);
        foreach (var record in log.Read(request.PersistenceId, Math.Max(1, request.FromSequenceNr), to, request.Max))
        {
            (events, bytes) = (events + 1, bytes + record.Payload.Length);
            foreach (var adapted in AdaptFromJournal(_serializer.FromRecord(record)))
                target.Tell(new ReplayedMessage(adapted), ActorRefs.NoSender);
        }
        _telemetry.Replayed(events, bytes);
        return true;
    }

    private async Task DeleteAsync(DeleteMessagesTo request)
    {
        object end;
        try
        {
            await _telemetry.Delete(request.PersistenceId).Around(_calls.RunAsync(token => _log.StoreAsync(async log =>
            {
                token.ThrowIfCancellationRequested();
                await log.DeleteAsync(request.PersistenceId, request.ToSequenceNr).ConfigureAwait(false);
                return true;
            }))).ConfigureAwait(false);
            end = new DeleteMessagesSuccess(request.ToSequenceNr);
        }
        catch (Exception e)
        {
            end = new DeleteMessagesFailure(e, request.ToSequenceNr);
        }
        request.PersistentActor.Tell(end, ActorRefs.NoSender);
        if (_publishes) _eventStream.Publish(request);
    }

    private sealed class Tick : INoSerializationVerificationNeeded, IDeadLetterSuppression, INotInfluenceReceiveTimeout
    {
        private Tick()
        {
        }

        public static Tick Instance { get; } = new();
    }
}
