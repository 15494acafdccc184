namespace RetainActors.Storage;

/// <summary>Ids as UTF-8, one behind the other in large blocks: each costs its own bytes and a length.</summary>
internal sealed class IdArena
{
    private const int Unit = 2;
    private const int BlockSize = 1 << 20;
    private const int FirstSize = 1 << 10;
    private const int UnitsPerBlock = BlockSize / Unit;

    private readonly List<byte[]> _blocks = [];
    private int _used = BlockSize;

    /// <summary>Stores an id and returns its address.</summary>
    internal uint Add(ReadOnlySpan<byte> id)
    {
        var size = (sizeof(ushort) + id.Length + (Unit - 1)) / Unit * Unit;
        if (BlockSize - _used < size)
        {
            _blocks.Add(new byte[_blocks.Count == 0 ? FirstSize : BlockSize]);
            _used = 0;
        }

        // The first block grows, so that a small log stays small.
        var block = _blocks[^1];
        if (block.Length - _used < size) Array.Resize(ref block, Math.Min(BlockSize, Math.Max(block.Length * 2, _used + size)));
        _blocks[^1] = block;

        var address = checked((uint)(((_blocks.Count - 1L) * UnitsPerBlock) + (_used / Unit)));
        var target = block.AsSpan(_used);
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
