using RetainActors.Storage.Driver;

namespace RetainActors.Storage.Tests.Kills;

/// <summary>What drivers told while they worked on a disk, each line with the number of writes and flushes that the disk had seen when it was read.</summary>
internal sealed class Transcript(BlockDisk disk)
{
    private readonly List<(int Position, string Line)> _lines = [];
    private readonly ChurnOracle _oracle = new();

    internal long Acknowledged => _oracle.Acknowledged;

    /// <summary>When the first request was acknowledged.</summary>
    internal int FirstAcknowledged => _lines.First(told => told.Line.StartsWith("ack ", StringComparison.Ordinal)).Position;

    /// <summary>Takes a line; null while it tells nothing that must not be.</summary>
    internal string? Take(string line)
    {
        _lines.Add((disk.Count, line));
        return _oracle.Take(line);
    }

    /// <summary>Opens the log as it is after a cut and compares; null when it holds what it must.</summary>
    internal string? Check(string directory, int cut)
    {
        try
        {
            using var log = FileLog.Open(new FileLogSettings { Directory = directory }, PosixFileSystem.Instance);
            return _oracle.Workers.ToList()
                .Select(worker => Check(worker, LogModel.Of(log, id => ChurnOracle.IsOf(worker, id)).Describe(), cut))
                .FirstOrDefault(wrong => wrong is not null);
        }
        catch (StorageException failure)
        {
            return failure.Message;
        }
    }

    private string? Check(int worker, string found, int cut)
    {
        var oracle = new ChurnOracle();
        foreach (var (_, line) in _lines.TakeWhile(told => told.Position <= cut)) oracle.Take(line);
        if (oracle.Found(worker, found) is not { } wrong) return null;
        // A line is read after what it tells of, so that later ones may be true already.
        foreach (var (_, line) in _lines.SkipWhile(told => told.Position <= cut))
        {
            oracle.Take(line);
            if (oracle.Found(worker, found) is null) return null;
        }

        return wrong;
    }
}
