using RetainActors.Diagnostics;

namespace RetainActors.Runs;

/// <summary>Starts that wait for a place: in order within a bank, the banks in turn, so that a large bank holds up no other.</summary>
internal sealed class WaitingRuns
{
    private readonly Dictionary<CheckpointKey, RunStart> _waiting = [];
    private readonly Dictionary<string, Queue<RunStart>> _banks = new(StringComparer.Ordinal);
    private readonly Queue<string> _turns = new();

    public int Count => _waiting.Count;

    /// <summary>The start of a key that waits; null when it does not.</summary>
    public RunStart? Find(CheckpointKey key) => _waiting.GetValueOrDefault(key);

    /// <summary>Adds a start whose key does not wait yet.</summary>
    public void Add(RunStart start)
    {
        _waiting.Add(start.Request.Key, start);
        ActiveActors.AddWaitingRuns(1);
        if (!_banks.TryGetValue(start.Request.Key.Bank, out var bank))
        {
            _banks.Add(start.Request.Key.Bank, bank = new Queue<RunStart>());
            _turns.Enqueue(start.Request.Key.Bank);
        }

        bank.Enqueue(start);
    }

    /// <summary>Takes the start of a key away.</summary>
    public void Remove(CheckpointKey key)
    {
        if (_waiting.Remove(key)) ActiveActors.AddWaitingRuns(-1);
    }

    /// <summary>The start whose turn it is; null when none waits.</summary>
    public RunStart? Next()
    {
        while (_turns.TryDequeue(out var name))
        {
            var bank = _banks[name];
            // What was removed is still in the queue of its bank, perhaps before a later start of the same key.
            while (bank.TryDequeue(out var start))
            {
                if (!_waiting.TryGetValue(start.Request.Key, out var waiting) || !ReferenceEquals(waiting, start)) continue;
                Remove(start.Request.Key);
                _turns.Enqueue(name);
                return start;
            }

            _banks.Remove(name);
        }

        return null;
    }
}
