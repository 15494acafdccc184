namespace RetainActors.Storage;

/// <summary>Ids as UTF-8, one behind the other in large blocks: each costs its own bytes and a length.</summary>
internal sealed class IdArena
{
    private const int Unit = 2;
    private const int BlockSize = 1 << 20;
    private const int UnitsPerBlock = BlockSize / Unit;

    private readonly List<byte[]> _blocks = [];
    private int _used = BlockSize;

    /// <summary>Stores an id and returns its address.</summary>
    internal uint Add(ReadOnlySpan<byte> id)
    {
        var size = (sizeof(ushort) + id.Length + (Unit - 1)) / Unit * Unit;
        if (BlockSize - _used < size)
        {
            _blocks.Add(new byte[BlockSize]);
            _used = 0;
        }

        var address = checked((uint)(((_blocks.Count - 1L) * UnitsPerBlock) + (_used / Unit)));
        var target = _blocks[^1].AsSpan(_used);
        BitConverter.TryWriteBytes(target, (ushort)id.Length);
        id.CopyTo(target[sizeof(ushort)..]);
        _used += size;
        return address;
    }

    internal ReadOnlySpan<byte> At(uint address)
    {
        var bytes = _blocks[(int)(address / UnitsPerBlock)].AsSpan((int)(address % UnitsPerBlock) * Unit);
        return bytes.Slice(sizeof(ushort), BitConverter.ToUInt16(bytes));
    }
}
