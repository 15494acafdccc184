namespace RetainActors.Storage.Tests.Kills;

/// <summary>What a disk may hold after its power was cut: all writes before the last flush, and of later ones whatever it likes.</summary>
internal static class CrashState
{
    private const int SectorSize = 512;

    /// <summary>One that is possible after so many writes and flushes; of the writes since the last flush some are lost or torn.</summary>
    internal static BlockImage At(BlockImage begin, ReadOnlySpan<BlockEvent> events, Random random, out int lost)
    {
        var image = begin.Copy();
        var lastFlush = events.LastIndexOf(BlockEvent.Flush);
        lost = 0;
        for (var i = 0; i < events.Length; i++)
        {
            var (offset, data) = events[i];
            if (data is null) continue;
            var fate = i < lastFlush ? Fate.Whole : (Fate)random.Next(3);
            if (fate == Fate.Whole) image.Write(offset, data);
            else lost++;
            if (fate == Fate.Torn) Tear(image, offset, data, random);
        }

        return image;
    }

    private enum Fate
    {
        Whole,
        Lost,
        Torn,
    }

    /// <summary>Sectors are whole. A disk may write the first ones, or any.</summary>
    private static void Tear(BlockImage image, long offset, byte[] data, Random random)
    {
        var sectors = data.Length / SectorSize;
        var first = random.Next(2) == 0 ? random.Next(sectors) : (int?)null;
        for (var sector = 0; sector < sectors; sector++)
            if (first is { } count ? sector < count : random.Next(2) == 0)
                image.Write(offset + (sector * SectorSize), data.AsSpan(sector * SectorSize, SectorSize));
    }
}
