using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace RetainActors.Testing;

/// <summary>
/// Akka's in-memory journal whose operations a test can hold, fail, reject, or store without an acknowledgement, as the
/// <see cref="JournalScript"/> of its actor system says. Like the journals of databases it refuses a sequence number that is
/// taken, so that two writers of one id never both succeed.
/// </summary>
public sealed class FaultyJournal : MemoryJournal
{
    /// <summary>The plugin id.</summary>
    public const string PluginId = "akka.persistence.journal.retain-faulty";

    private readonly JournalScript _script = JournalScript.Of(Context.System);

    /// <summary>A configuration with this journal as the default one, no snapshots, and no log.</summary>
    public static Config Config { get; } = ConfigurationFactory.ParseString(
        $$"""
        akka.persistence.journal.plugin = "{{PluginId}}"
        {{PluginId}} {
          class = "{{typeof(FaultyJournal).FullName}}, {{typeof(FaultyJournal).Assembly.GetName().Name}}"
          plugin-dispatcher = "akka.actor.default-dispatcher"
          # A script may fail as often as it likes.
          circuit-breaker.max-failures = 1000000
        }
        akka.persistence.snapshot-store.plugin = "akka.persistence.no-snapshot-store"
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        """);

    /// <inheritdoc/>
    protected override JournalStorage Storage => (JournalStorage)_script.Events(() => new JournalStorage());

    /// <inheritdoc/>
    protected override async Task<IImmutableList<Exception>?> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var writes = messages.ToList();
        switch (_script.TakeWrite())
        {
            case JournalFault.Fail fail:
                throw fail.Cause ?? new IOException("The script fails this write.");
            case JournalFault.Reject:
                return writes.Select(_ => (Exception)new InvalidDataException("The script rejects this write.")).ToImmutableList();
            case JournalFault.Forget:
                return null;
            case JournalFault.LoseReply:
                Store(writes);
                throw new IOException("The script loses the reply to this write.");
            case JournalFault.Hold hold:
                await hold.WaitAsync().ConfigureAwait(false);
                break;
        }

        Store(writes);
        return null;
    }

    /// <inheritdoc/>
    public override async Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback)
    {
        switch (_script.TakeReplay())
        {
            case JournalFault.Fail fail:
                throw fail.Cause ?? new IOException("The script fails this replay.");
            case JournalFault.Hold hold:
                await hold.WaitAsync().ConfigureAwait(false);
                break;
        }

        List<IPersistentRepresentation> events = [];
        lock (_script)
        {
            // In memory all of it is done when the call returns.
            _ = base.ReplayMessagesAsync(context, persistenceId, fromSequenceNr, toSequenceNr, max, events.Add);
        }

        events.ForEach(recoveryCallback);
    }

    private void Store(List<AtomicWrite> writes)
    {
        lock (_script)
        {
            foreach (var write in writes)
            {
                var highest = ReadHighestSequenceNrAsync(write.PersistenceId, 0, CancellationToken.None).Result;
                if (write.LowestSequenceNr <= highest)
                    throw new InvalidOperationException($"{write.PersistenceId} {write.LowestSequenceNr} is stored already, up to {highest}.");
                _ = base.WriteMessagesAsync([write], CancellationToken.None);
            }
        }
    }
}
