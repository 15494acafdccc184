using System.Security.Cryptography;

namespace RetainActors.Checkpoints;

/// <summary>One accepted save: its id, its revision, and a digest of its content.</summary>
internal readonly record struct AcceptedSave(Guid SaveId, long Revision, UInt128 Digest);

/// <summary>The last <see cref="Capacity"/> accepted saves of a key, immutable. Adding is one small allocation.</summary>
internal sealed class RecentSaves
{
    public const int Capacity = 64;

    private readonly Node? _newest;
    private readonly int _length;

    private RecentSaves(Node? newest, int length)
    {
        _newest = newest;
        _length = length;
    }

    public static RecentSaves None { get; } = new(null, 0);

    /// <summary>A digest that tells whether a repeated id carries the same content.</summary>
    public static UInt128 DigestOf(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    public RecentSaves With(AcceptedSave save) =>
        // The chain may grow to twice the capacity; then its newer half is copied, so old saves are let go.
        _length < 2 * Capacity - 1
            ? new RecentSaves(new Node(save, _newest), _length + 1)
            : new RecentSaves(new Node(save, Copy(_newest, Capacity - 1)), Capacity);

    public AcceptedSave? Find(Guid saveId)
    {
        var (node, seen) = (_newest, 0);
        for (; node is not null && seen < Capacity; node = node.Older, seen++)
            if (node.Save.SaveId == saveId)
                return node.Save;
        return null;
    }

    private static Node? Copy(Node? node, int count) => node is null || count == 0 ? null : new Node(node.Save, Copy(node.Older, count - 1));

    private sealed record Node(AcceptedSave Save, Node? Older);
}
