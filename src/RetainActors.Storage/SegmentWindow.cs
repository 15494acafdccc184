namespace RetainActors.Storage;

/// <summary>Sequential access to a file without a call per header. Never allocates more than the file is long.</summary>
internal sealed class SegmentWindow(IStorageFile file)
{
    private const int Size = 256 * 1024;

    private byte[] _bytes = [];
    private long _start;
    private int _filled;

    /// <summary>The length of the file when the window was made or refreshed.</summary>
    internal long Length { get; private set; } = file.Length;

    /// <summary>Called after every piece that is read from the file, with its size.</summary>
    internal Action<int>? OnRead { get; init; }

    /// <summary>The bytes at the offset: fewer than asked for at the end of the file. Valid until the next call.</summary>
    internal ReadOnlySpan<byte> At(long offset, int count)
    {
        count = (int)Math.Min(count, Length - offset);
        if (offset < _start || offset + count > _start + _filled) Fill(offset, count);

        var within = (int)(offset - _start);
        return _bytes.AsSpan(within, Math.Min(count, _filled - within));
    }

    /// <summary>Forgets what was read, and reads on up to the present end.</summary>
    internal void Refresh()
    {
        _filled = 0;
        Length = file.Length;
    }

    private void Fill(long offset, int count)
    {
        var wanted = (int)Math.Min(Math.Max(count, Size), Length - offset);
        if (_bytes.Length < wanted) _bytes = new byte[wanted];
        _start = offset;
        _filled = 0;
        while (_filled < wanted)
        {
            var read = file.Read(offset + _filled, _bytes.AsSpan(_filled, Math.Min(Size, wanted - _filled)));
            if (read == 0) break;
            _filled += read;
            OnRead?.Invoke(read);
        }
    }
}
