using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace RetainActors;

/// <summary>
/// Persistence ids of keys. UTF-8 bytes outside <c>[A-Za-z0-9._-]</c> become <c>%HH</c>, so the separator <c>~</c> never
/// occurs inside a part. Ids that would be longer than SQL journals' columns keep readable prefixes and end in the SHA-256
/// of the full form; their third <c>~</c> keeps them apart from the short ones.
/// </summary>
internal static class CheckpointKeyEncoding
{
    private const int MaxLength = 200;
    private const int BankPrefixLength = 32;
    private const int SourcePrefixLength = 64;

    private const string Hex = "0123456789ABCDEF";

    private static readonly SearchValues<char> Unescaped =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    public static string PersistenceIdOf(string bank, string source)
    {
        var encodedBank = Escape(bank);
        var encodedSource = Escape(source);
        var full = $"ck~{encodedBank}~{encodedSource}";
        return full.Length <= MaxLength
            ? full
            : $"ck~{Prefix(encodedBank, BankPrefixLength)}~{Prefix(encodedSource, SourcePrefixLength)}~{Sha256(full)}";
    }

    private static string Escape(string id)
    {
        if (!id.AsSpan().ContainsAnyExcept(Unescaped)) return id;
        var escaped = new StringBuilder(id.Length + 16);
        foreach (var value in Encoding.UTF8.GetBytes(id))
        {
            if (Unescaped.Contains((char)value)) escaped.Append((char)value);
            else escaped.Append('%').Append(Hex[value >> 4]).Append(Hex[value & 15]);
        }

        return escaped.ToString();
    }

    /// <summary>Never cut within a <c>%HH</c>: an actor of that name could not be started.</summary>
    private static string Prefix(string escaped, int length)
    {
        if (escaped.Length <= length) return escaped;
        var escape = escaped.IndexOf('%', length - 2, 2);
        return escaped[..(escape < 0 ? length : escape)];
    }

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)));
}
