using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Actor.Setup;

namespace RetainActors.Testing;

/// <summary>
/// What the <see cref="FaultyJournal"/> of an actor system does, and the events that it holds. An actor system makes its own;
/// given to several in their <see cref="ActorSystemSetup"/>, one after the other or at once, they share the events, which is how a test
/// restarts a service or runs two nodes. Safe to use from any thread.
/// </summary>
public sealed class JournalScript : Setup
{
    private static readonly ConditionalWeakTable<ActorSystem, JournalScript> Own = [];

    private readonly Faults _writes = new();
    private readonly Faults _replays = new();
    private object? _events;

    /// <summary>The script of a system.</summary>
    public static JournalScript Of(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        var given = system.Settings.Setup.Get<JournalScript>();
        return given.HasValue ? given.Value : Own.GetOrCreateValue(system);
    }

    /// <summary>How many writes were begun; a batch of events is one.</summary>
    public int Writes => _writes.Begun;

    /// <summary>How many replays were begun, of recoveries and of requests that look at the past.</summary>
    public int Replays => _replays.Begun;

    /// <summary>The events, in the journal's own form; made by the first journal that asks.</summary>
    internal object Events(Func<object> make) => LazyInitializer.EnsureInitialized(ref _events, make);

    /// <summary>Sets what the n-th write from now on does; 1 is the next one.</summary>
    public void OnWrite(int nth, JournalFault fault) => _writes.Set(nth, fault);

    /// <summary>Sets what the next write does.</summary>
    public void OnNextWrite(JournalFault fault) => OnWrite(1, fault);

    /// <summary>Sets what the n-th replay from now on does: <see cref="JournalFault.Fail"/> or <see cref="JournalFault.Hold"/>.</summary>
    /// <exception cref="ArgumentException">The fault is none of a replay.</exception>
    public void OnReplay(int nth, JournalFault fault)
    {
        if (fault is not (JournalFault.Fail or JournalFault.Hold))
            throw new ArgumentException($"A replay can be failed or held; {fault} is for writes.", nameof(fault));
        _replays.Set(nth, fault);
    }

    /// <summary>Sets what the next replay does.</summary>
    public void OnNextReplay(JournalFault fault) => OnReplay(1, fault);

    /// <summary>Holds the next write until the result is released.</summary>
    public JournalFault.Hold HoldNextWrite()
    {
        var hold = new JournalFault.Hold();
        OnNextWrite(hold);
        return hold;
    }

    /// <summary>Forgets every fault that has not happened yet.</summary>
    public void Heal()
    {
        _writes.Clear();
        _replays.Clear();
    }

    internal JournalFault? TakeWrite() => _writes.Take();

    internal JournalFault? TakeReplay() => _replays.Take();

    private sealed class Faults
    {
        private readonly Dictionary<int, JournalFault> _byNumber = [];
        private int _begun;

        public int Begun
        {
            get
            {
                lock (_byNumber) return _begun;
            }
        }

        public void Set(int nth, JournalFault fault)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(nth, 1);
            ArgumentNullException.ThrowIfNull(fault);
            lock (_byNumber) _byNumber[_begun + nth] = fault;
        }

        public void Clear()
        {
            lock (_byNumber) _byNumber.Clear();
        }

        public JournalFault? Take()
        {
            lock (_byNumber) return _byNumber.Remove(++_begun, out var fault) ? fault : null;
        }
    }
}
