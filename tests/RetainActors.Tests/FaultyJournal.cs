using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace RetainActors.Tests;

/// <summary>Akka's in-memory journal whose next operations a test can hold, fail, reject, or store without an acknowledgement.</summary>
public sealed class FaultyJournal : MemoryJournal
{
    private readonly Script _script = ScriptOf(Context.System);

    public static Config Config { get; } = ConfigurationFactory.ParseString(
        $$"""
        akka.persistence.journal.plugin = "faulty"
        faulty { class = "{{typeof(FaultyJournal).FullName}}, {{typeof(FaultyJournal).Assembly.GetName().Name}}", plugin-dispatcher = "akka.actor.default-dispatcher" }
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.test.single-expect-default = 20 s
        """);

    private static readonly ConditionalWeakTable<ActorSystem, Script> Scripts = [];

    public static Script ScriptOf(ActorSystem system) => Scripts.GetOrCreateValue(system);

    protected override async Task<IImmutableList<Exception>?> WriteMessagesAsync(IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        var writes = messages.ToList();
        Interlocked.Increment(ref _script.Writes);
        var fault = Interlocked.Exchange(ref _script.NextWrite, null);
        switch (fault)
        {
            case null:
                return await base.WriteMessagesAsync(writes, cancellationToken);
            case Fault.Hold hold:
                await hold.Release.Task;
                return await base.WriteMessagesAsync(writes, cancellationToken);
            case Fault.Reject:
                return writes.Select(_ => (Exception)new InvalidDataException("rejected by the test")).ToImmutableList();
            case Fault.StoreThenFail:
                await base.WriteMessagesAsync(writes, cancellationToken);
                throw new IOException("the reply is lost");
            default:
                throw new IOException("the write failed");
        }
    }

    public override Task ReplayMessagesAsync(
        IActorContext context, string persistenceId, long fromSequenceNr, long toSequenceNr, long max, Action<IPersistentRepresentation> recoveryCallback) =>
        Interlocked.Exchange(ref _script.NextReplay, null) is { } replay
            ? replay
            : base.ReplayMessagesAsync(context, persistenceId, fromSequenceNr, toSequenceNr, max, recoveryCallback);

    public sealed class Script
    {
        internal Fault? NextWrite;
        internal Task? NextReplay;
        internal int Writes;

        public int WriteCount => Volatile.Read(ref Writes);

        public void OnNextWrite(Fault fault) => NextWrite = fault;

        public void OnNextReplay(Task replay) => NextReplay = replay;

        public TaskCompletionSource HoldNextWrite()
        {
            var hold = new Fault.Hold();
            OnNextWrite(hold);
            return hold.Release;
        }
    }

    public abstract record Fault
    {
        public sealed record Fail : Fault;

        public sealed record Reject : Fault;

        public sealed record StoreThenFail : Fault;

        public sealed record Hold : Fault
        {
            public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
