using System.Globalization;
using RetainActors.Storage.Driver;

namespace RetainActors.Storage.Tests;

/// <summary>
/// A life of a log under random work, faults, restarts and power cuts, compared with a model after every opening. One operation
/// at a time and no clock, so a seed gives the same life every time.
/// </summary>
internal sealed class Simulation(int seed, Func<IFileSystem, IFileSystem> wrap, Func<UInt128>? newSegmentId = null)
{
    private readonly Random _random = new(seed);
    private MemoryFileSystem _memory = new();
    private FileLog _log = null!;
    private LogModel _model = LogModel.Empty;

    /// <summary>The log after an operation whose outcome is unknown; null when all is known.</summary>
    private LogModel? _inDoubt;
    private bool _hadFailure;
    private MemoryFileSystem? _cut;

    /// <summary>Null when the log kept its promises, otherwise which step broke one.</summary>
    internal string? Run(int steps)
    {
        var step = 0;
        try
        {
            Open();
            for (; step < steps; step++) Step();
            Restart(powerCut: true);
            _log.Dispose();
            return null;
        }
        catch (Exception violation)
        {
            // A negative control may break anything, so every exception counts.
            _memory.Before = null;
            _log?.Dispose();
            return string.Create(CultureInfo.InvariantCulture, $"seed {seed}, step {step}: {violation.Message}");
        }
    }

    private void Step()
    {
        var fault = _random.Next(10);
        if (fault == 0) Arm();
        if (fault == 1) ArmCut(_random.Next(1, 14));
        switch (_random.Next(100))
        {
            case < 60:
                Append();
                break;
            case < 78:
                Delete();
                break;
            case < 90:
                Do(_model, () => _log.CompactAsync(0.9));
                break;
            default:
                Restart(powerCut: _random.Next(2) == 0);
                return;
        }

        if (_cut is not null) Continue(_cut);
        else if (_log.Failure is not null) Continue(null);
        else ForgetCut();
    }

    private void Append()
    {
        var next = _model;
        var unit = new List<LogEntry>();
        for (var count = _random.Next(1, 4); count > 0; count--)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"id{_random.Next(6)}");
            var number = next.HighestOf(id) + _random.Next(1, 3);
            var payload = new byte[_random.Next(0, 700)];
            _random.NextBytes(payload);
            unit.Add(new LogEntry(id, number, payload));
            next = next.Append(id, number, LogModel.Hash(payload));
        }

        Do(next, () => _log.AppendAsync(unit));
    }

    private void Delete()
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"id{_random.Next(6)}");
        var to = Math.Max(0, _model.HighestOf(id) - _random.Next(-1, 6));
        Do(_model.Delete(id, to), () => _log.DeleteAsync(id, to));
    }

    private void Do(LogModel after, Func<Task> operation)
    {
        try
        {
            operation().GetAwaiter().GetResult();
            // What was cut off meanwhile may hold the one or the other; what goes on holds the latter.
            if (_cut is not null) _inDoubt = after;
            else _model = after;
        }
        catch (StorageException failure)
        {
            _hadFailure = true;
            if (_cut is not null || failure is JournalPoisonedException) _inDoubt = after;
        }
    }

    /// <summary>Makes a coming call fail, once or from then on.</summary>
    private void Arm()
    {
        FileOperation[] operations =
        [
            FileOperation.Write, FileOperation.Sync, FileOperation.SyncDirectory, FileOperation.Rename, FileOperation.SetLength,
            FileOperation.Open, FileOperation.Delete,
        ];
        _memory.FailNth(
            operations[_random.Next(operations.Length)], _random.Next(1, 5),
            _random.Next(2) == 0 ? FileSystemError.NoSpace : FileSystemError.InputOutput, sticky: _random.Next(3) == 0);
    }

    /// <summary>Takes what a power cut leaves before one of the coming calls that change something.</summary>
    private void ArmCut(int calls)
    {
        var (memory, chance) = (_memory, _random.Next());
        memory.Before = (operation, _) =>
        {
            var changes = operation is not (FileOperation.Inspect or FileOperation.List or FileOperation.Open or FileOperation.Read or FileOperation.Lock);
            if (changes && --calls == 0) _cut = memory.Crash(chance);
        };
    }

    private void ForgetCut()
    {
        _memory.Before = null;
        _cut = null;
    }

    /// <summary>Goes on after a power cut with what it left, or after a poisoning with what is there, or with what a cut leaves of it.</summary>
    private void Continue(MemoryFileSystem? cut)
    {
        ForgetCut();
        if (_log.Failure is not null && _log.AppendAsync([LogHost.Entry("late", 1)]).Exception is null)
            throw new InvalidOperationException("a poisoned log took an append");
        _memory.Heal();
        _log.Dispose();
        _memory = cut ?? (_random.Next(3) == 0 ? _memory.Crash(_random.Next()) : _memory);
        Open();
    }

    private void Restart(bool powerCut)
    {
        ForgetCut();
        _memory.Heal();
        var clean = _log.Failure is null && !_hadFailure;
        _log.Dispose();
        if (powerCut) _memory = _memory.Crash(_random.Next());
        // Looked at without a change first: opening may be cut off.
        if (clean && CleanMark.Read(_memory, LogImage.Directory) is null)
            throw new InvalidOperationException("closed in good order, and no mark of it");
        Open();
    }

    private void Open()
    {
        for (var cuts = _random.Next(3); cuts > 0; cuts--)
        {
            ArmCut(_random.Next(1, 16));
            OpenLog().Dispose();
            _memory = _cut ?? _memory;
            ForgetCut();
        }

        _log = OpenLog();
        _hadFailure = false;
        var found = LogModel.Of(_log, _ => true).Describe();
        if (_inDoubt is not null && found == _inDoubt.Describe()) _model = _inDoubt;
        else if (found != _model.Describe())
            throw new InvalidOperationException($"expected\n{_model.Describe()}\nfound\n{found}");
        _inDoubt = null;
    }

    private FileLog OpenLog() => FileLog.Open(
        new FileLogSettings
        {
            Directory = LogImage.Directory, SegmentSizeBytes = 4096, CompactionSliceBytes = 4096, CompactionLiveShare = 0,
            IdleMilliseconds = Timeout.Infinite, ScrubInterval = TimeSpan.Zero,
            NewSegmentId = newSegmentId,
        },
        wrap(_memory));
}
