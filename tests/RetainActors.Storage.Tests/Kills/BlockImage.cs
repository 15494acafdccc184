namespace RetainActors.Storage.Tests.Kills;

/// <summary>The bytes of a disk, most of them zero.</summary>
internal sealed class BlockImage
{
    private const int PageSize = 4096;

    // A page is never changed, so that copies share it.
    private readonly Dictionary<long, byte[]> _pages;

    internal BlockImage()
        : this([])
    {
    }

    private BlockImage(Dictionary<long, byte[]> pages) => _pages = pages;

    internal BlockImage Copy() => new(new Dictionary<long, byte[]>(_pages));

    internal void Read(long offset, Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var part = bytes[..InPage(offset, bytes.Length)];
            if (_pages.TryGetValue(offset / PageSize, out var page)) page.AsSpan((int)(offset % PageSize), part.Length).CopyTo(part);
            else part.Clear();
            offset += part.Length;
            bytes = bytes[part.Length..];
        }
    }

    internal void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var part = bytes[..InPage(offset, bytes.Length)];
            var page = new byte[PageSize];
            if (_pages.TryGetValue(offset / PageSize, out var old)) old.CopyTo(page, 0);
            part.CopyTo(page.AsSpan((int)(offset % PageSize)));
            if (page.AsSpan().ContainsAnyExcept((byte)0)) _pages[offset / PageSize] = page;
            else _pages.Remove(offset / PageSize);
            offset += part.Length;
            bytes = bytes[part.Length..];
        }
    }

    private static int InPage(long offset, int length) => (int)Math.Min(length, PageSize - (offset % PageSize));
}
