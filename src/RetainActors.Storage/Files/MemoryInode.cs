namespace RetainActors.Storage;

/// <summary>The bytes of a file in memory and the changes to them that no sync has covered. Guarded by its file system.</summary>
internal sealed class MemoryInode(byte[] content)
{
    private readonly List<Change> _unsynced = [];
    private byte[] _live = content;
    private byte[]? _lost;

    private int _handles;

    internal int Length { get; private set; } = content.Length;

    /// <summary>How many open files lead to it.</summary>
    internal int Handles => Volatile.Read(ref _handles);

    internal void Opened() => Interlocked.Increment(ref _handles);

    internal void Closed() => Interlocked.Decrement(ref _handles);

    internal byte[] Read(long offset, int count)
    {
        var available = (int)Math.Clamp(Length - offset, 0, count);
        return available == 0 ? [] : _live.AsSpan((int)offset, available).ToArray();
    }

    internal void Write(long offset, byte[] bytes)
    {
        var start = checked((int)offset);
        var end = checked(start + bytes.Length);
        var overwritten = Read(offset, bytes.Length);
        _unsynced.Add(new Change(start, bytes, overwritten, Length, Math.Max(Length, end)));
        Resize(Math.Max(Length, end));
        bytes.CopyTo(_live.AsSpan(start));
    }

    internal void SetLength(long length)
    {
        var after = checked((int)length);
        var cut = Read(after, Math.Max(0, Length - after));
        _unsynced.Add(new Change(after, [], cut, Length, after));
        Resize(after);
    }

    /// <summary>A failed sync forgets the changes without making them durable.</summary>
    internal bool Sync(bool succeeds)
    {
        if (!succeeds) _lost ??= Durable();
        else if (_lost is not null) _lost = _unsynced.Aggregate(_lost, (image, change) => change.Redo(image));
        _unsynced.Clear();
        return true;
    }

    /// <summary>The content after a power cut; with a random source unsynced changes survive, vanish or tear.</summary>
    internal byte[] AfterCrash(Random? random)
    {
        var image = Durable();
        if (random is null) return image;

        // Each on its own, so a later one may survive an earlier one: nothing orders what no sync has covered.
        foreach (var change in _unsynced)
        {
            image = random.Next(4) switch
            {
                0 => image,
                1 => change.Redo(image),
                2 => change.Torn(random).Redo(image),
                _ => change.RedoSectors(image, random.Next(2) == 0 ? 512 : 4096, random),
            };
        }

        return image;
    }

    private byte[] Durable()
    {
        if (_lost is not null) return _lost;
        var image = _live.AsSpan(0, Length).ToArray();
        for (var i = _unsynced.Count - 1; i >= 0; i--) image = _unsynced[i].Undo(image);
        return image;
    }

    private void Resize(int length)
    {
        if (length > _live.Length) Array.Resize(ref _live, Math.Max(length, (int)Math.Min(_live.Length * 2L, Array.MaxLength)));
        if (length < Length) _live.AsSpan(length, Length - length).Clear();
        Length = length;
    }

    /// <summary>One write or change of length.</summary>
    private sealed record Change(int Offset, byte[] After, byte[] Before, int LengthBefore, int LengthAfter)
    {
        internal byte[] Undo(byte[] image)
        {
            Array.Resize(ref image, LengthBefore);
            // A write behind the end overwrote nothing.
            if (Before.Length > 0) Before.CopyTo(image, Offset);
            return image;
        }

        internal byte[] Redo(byte[] image)
        {
            var length = After.Length == 0 ? LengthAfter : Math.Max(image.Length, Offset + After.Length);
            var result = new byte[length];
            image.AsSpan(0, Math.Min(image.Length, length)).CopyTo(result);
            After.CopyTo(result, Offset);
            return result;
        }

        /// <summary>Any of the sectors it touches, and the new length or only as far as they reach.</summary>
        internal byte[] RedoSectors(byte[] image, int sectorSize, Random random)
        {
            if (After.Length == 0) return Redo(image);
            for (var start = 0; start < After.Length;)
            {
                var end = Math.Min(After.Length, ((Offset + start) / sectorSize * sectorSize) + sectorSize - Offset);
                if (random.Next(2) == 0)
                    image = (this with { Offset = Offset + start, After = After[start..end] }).Redo(image);
                start = end;
            }

            if (image.Length < LengthAfter && random.Next(2) == 0) Array.Resize(ref image, LengthAfter);
            return image;
        }

        internal Change Torn(Random random) =>
            After.Length == 0 ? this : this with { After = After[..random.Next(1, After.Length + 1)] };
    }
}
