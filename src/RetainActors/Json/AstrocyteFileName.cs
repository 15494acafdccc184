using System.Security.Cryptography;
using System.Text;

namespace RetainActors.Json;

/// <summary>
/// Paths of checkpoint files below a directory, with slashes: <c>BANK/SOURCE.json</c>. The seed replaces what is not
/// <c>[A-Za-z0-9._-]</c> and cuts at 128 characters, so many keys can share one name; here only keys that it leaves as they are get that name.
/// </summary>
public static class AstrocyteFileName
{
    private const int MaxSegmentLength = 128;
    private const int PrefixLength = 60;
    private const int HashLength = 32;

    /// <summary>The path that the seed itself uses for a key. Other keys may have the same; with a bank <c>..</c> it leaves the directory.</summary>
    public static string SeedPathOf(CheckpointKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return $"{SeedSegment(key.Bank)}/{SeedSegment(key.Source)}.json";
    }

    /// <summary>Whether the seed's path tells the key: both ids are of its characters, at most 128 of them, and neither <c>.</c> nor <c>..</c>.</summary>
    public static bool IsSafe(CheckpointKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return IsSafe(key.Bank) && IsSafe(key.Source);
    }

    /// <summary>
    /// A path of the key's own, also where names ignore case: a readable prefix, <c>~</c>, and a hash of both ids. No path of the seed holds a
    /// <c>~</c>. At most 98 ASCII characters in a segment besides a safe bank.
    /// </summary>
    public static string HashedPathOf(CheckpointKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var bank = IsSafe(key.Bank) ? key.Bank : Hashed(key.Bank, key.Bank);
        return $"{bank}/{Hashed(key.Source, $"{key.Bank.Length}:{key.Bank}{key.Source}")}.json";
    }

    /// <summary>Whether a file at this path may hold this key: the seed puts it there, or an export did.</summary>
    public static bool IsPathOf(string path, CheckpointKey key)
    {
        var seed = SeedPathOf(key);
        return path == HashedPathOf(key) || path == (seed.StartsWith("./", StringComparison.Ordinal) ? seed[2..] : seed);
    }

    private static bool IsSafe(string id) => id.Length <= MaxSegmentLength && id.All(IsKept) && id is not ("." or "..");

    /// <summary>One underscore for each code point, as Python counts, and not for each UTF-16 unit.</summary>
    private static string SeedSegment(string id)
    {
        var segment = string.Concat(id.EnumerateRunes().Take(MaxSegmentLength).Select(rune => rune.IsAscii && IsKept((char)rune.Value) ? (char)rune.Value : '_'));
        return segment.Length == 0 ? "_" : segment;
    }

    private static bool IsKept(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-';

    private static string Hashed(string id, string hashed)
    {
        var prefix = SeedSegment(id);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(hashed)))[..HashLength];
        return $"{(prefix.Length <= PrefixLength ? prefix : prefix[..PrefixLength])}~{hash}";
    }
}
