namespace RetainActors.Cli.Tests.Commands;

/// <summary>Makes a sound journal into one that an operator has to ask about.</summary>
internal static class OddLogs
{
    /// <summary>Changes one bit of the first record; returns the file.</summary>
    public static string Damage(string journal) => Change(journal, offset: 200);

    /// <summary>
    /// Damages a good part of the second segment; returns the file. Less might hit only what nobody needs: a header between records, or a
    /// record that a later base has made needless.
    /// </summary>
    public static string DamageFullSegment(string journal)
    {
        var file = Directory.GetFiles(journal, "*.segment").Order(StringComparer.Ordinal).ElementAt(1);
        var bytes = File.ReadAllBytes(file);
        bytes.AsSpan(512, bytes.Length / 2).Fill(0xFF);
        File.WriteAllBytes(file, bytes);
        return file;
    }

    /// <summary>Gives the first segment a format version of the future; returns the file.</summary>
    public static string MakeNewer(string journal) => Change(journal, offset: 8, mask: 0x40);

    private static string Change(string journal, int offset, byte mask = 1)
    {
        var file = Directory.GetFiles(journal, "*1.0.segment").Single();
        var bytes = File.ReadAllBytes(file);
        bytes[offset] ^= mask;
        File.WriteAllBytes(file, bytes);
        return file;
    }
}
