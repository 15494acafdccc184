namespace RetainActors.Cli.Tests.Commands;

/// <summary>Makes a sound journal into one that an operator has to ask about.</summary>
internal static class OddLogs
{
    /// <summary>Changes one bit of the first record; returns the file.</summary>
    public static string Damage(string journal) => Change(journal, offset: 200);

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
