namespace RetainActors.Storage.Tests.Kills;

/// <summary>A write of a disk, or a flush, which makes all writes before it durable.</summary>
internal sealed record BlockEvent(long Offset, byte[]? Data)
{
    internal static readonly BlockEvent Flush = new(0, null);
}

/// <summary>A disk in memory that records what is done to it, and fails when it is told to.</summary>
internal sealed class BlockDisk(long length)
{
    private const int InputOutputError = 5;

    private readonly Lock _lock = new();
    private readonly List<BlockEvent> _events = [];
    private BlockImage _image = new();
    private long _untilFailure = long.MaxValue;
    private long _failures;

    internal long Length => length;

    /// <summary>How many writes and flushes it has seen.</summary>
    internal int Count
    {
        get
        {
            lock (_lock) return _events.Count;
        }
    }

    /// <summary>How many writes and flushes it has failed.</summary>
    internal int Failed { get; private set; }

    /// <summary>What it holds, as a copy.</summary>
    internal BlockImage Image()
    {
        lock (_lock) return _image.Copy();
    }

    /// <summary>What was done to it since it was given its content.</summary>
    internal BlockEvent[] Events()
    {
        lock (_lock) return [.. _events];
    }

    /// <summary>Gives it other content; it works again.</summary>
    internal void Become(BlockImage image)
    {
        lock (_lock)
        {
            (_image, _untilFailure, Failed) = (image.Copy(), long.MaxValue, 0);
            _events.Clear();
        }
    }

    /// <summary>After so many more writes and flushes, so many fail.</summary>
    internal void Fail(long after, long count)
    {
        lock (_lock) (_untilFailure, _failures) = (after, count);
    }

    /// <summary>It works again.</summary>
    internal void Heal()
    {
        lock (_lock) _untilFailure = long.MaxValue;
    }

    internal void Read(long offset, Span<byte> bytes)
    {
        lock (_lock) _image.Read(offset, bytes);
    }

    /// <summary>Zero, or the number of an error.</summary>
    internal int Write(long offset, ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            if (IsFailing()) return InputOutputError;
            _events.Add(new BlockEvent(offset, bytes.ToArray()));
            _image.Write(offset, bytes);
            return 0;
        }
    }

    /// <summary>Zero, or the number of an error.</summary>
    internal int Flush()
    {
        lock (_lock)
        {
            if (IsFailing()) return InputOutputError;
            _events.Add(BlockEvent.Flush);
            return 0;
        }
    }

    private bool IsFailing()
    {
        if (_untilFailure-- > 0) return false;
        if (_failures-- <= 0) return false;
        Failed++;
        return true;
    }
}
