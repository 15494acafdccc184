namespace RetainActors.Tests.Runs;

/// <summary>
/// What the states did outside and what was acknowledged, over all runs and processes of one key. Finds work that was done
/// again although its save was acknowledged, or more often than the kills explain.
/// </summary>
internal sealed class RunWorld(RunScript script)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _executions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _allowances = new(StringComparer.Ordinal);
    private readonly HashSet<string> _acknowledged = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _inRow = new(StringComparer.Ordinal);
    private readonly List<string> _violations = [];
    private long _epoch;
    private long _lastDeadEpoch;

    /// <summary>Notes that a state or branch works; returns how often it did for this mark, and null when its run is dead already.</summary>
    public int? Execute(string mark, long epoch)
    {
        lock (_gate)
        {
            // The scheduler started it late, or its run has a moment left between the kill and its end.
            if (epoch <= _lastDeadEpoch) return null;
            _epoch = epoch;
            var executions = _executions[mark] = _executions.GetValueOrDefault(mark) + 1;
            if (_acknowledged.Contains(mark)) _violations.Add($"{mark} ran again after its save was acknowledged");
            if (executions <= script.FailuresOf(mark)) OnFailure(mark);
            return executions;
        }
    }

    /// <summary>The run was unparked: its failures count anew.</summary>
    public void Unpark()
    {
        lock (_gate) _inRow.Clear();
    }

    public void Acknowledge(IEnumerable<string> marks)
    {
        lock (_gate) _acknowledged.UnionWith(marks);
    }

    /// <summary>Notes a kill of the run of an epoch: what it did and could not save may be done once more.</summary>
    public void Kill(long epoch)
    {
        lock (_gate)
        {
            _lastDeadEpoch = Math.Max(epoch, _epoch);
            foreach (var mark in _executions.Keys.Where(mark => !_acknowledged.Contains(mark)))
                _allowances[mark] = _allowances.GetValueOrDefault(mark) + 1;
        }
    }

    /// <summary>Everything that is not as a plain sequential interpreter would have left it.</summary>
    public IReadOnlyList<string> Violations(RetainContext? last)
    {
        lock (_gate)
        {
            var (marks, log) = script.Interpret();
            List<string> found = [.. _violations];
            found.AddRange(_executions.Keys.Except(marks).Select(mark => $"{mark} ran, and should not"));
            found.AddRange(marks.Where(mark => _executions.GetValueOrDefault(mark) <= script.FailuresOf(mark)).Select(mark => $"{mark} did not run to its end"));
            found.AddRange(_executions
                .Where(e => marks.Contains(e.Key) && e.Value > script.FailuresOf(e.Key) + 1 + _allowances.GetValueOrDefault(e.Key))
                .Select(e => $"{e.Key} ran {e.Value} times, with {script.FailuresOf(e.Key)} failures and {_allowances.GetValueOrDefault(e.Key)} kills"));
            Compare("the outputs", marks, last?.Entities ?? []);
            Compare("the step log", log, (last?.StepLog ?? []).Where(step => step.Error is null).Select(step => StepLogEntry.MapName(step.State, RunScript.NameOf)));
            return found;

            void Compare(string what, IEnumerable<string> expected, IEnumerable<string> actual)
            {
                if (!expected.SequenceEqual(actual)) found.Add($"{what}: {string.Join(' ', actual)} instead of {string.Join(' ', expected)}");
            }
        }
    }

    /// <summary>A failure that a kill kept from being stored does not count to the engine; one that hangs may have been stopped instead.</summary>
    private void OnFailure(string mark)
    {
        var step = script.StepOf(mark);
        var inRow = _inRow[mark] = _inRow.GetValueOrDefault(mark) + 1;
        if (step.Kind != ScriptFailure.Hangs && inRow > step.ParkAfter + _allowances.GetValueOrDefault(mark))
            _violations.Add($"{mark} failed {inRow} times in a row and was not parked after {step.ParkAfter}");
    }
}
