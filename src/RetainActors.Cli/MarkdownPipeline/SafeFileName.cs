using System.Security.Cryptography;
using System.Text;

namespace RetainActors.Cli.MarkdownPipeline;

/// <summary>
/// File names for names of people's choosing: readable, safe everywhere, different for different names even where file
/// names ignore case. A plain name, lower-case and without surprises, stays as it is and its slashes become <c>~</c>;
/// any other becomes a readable prefix, <c>~~</c> and a hash. No plain name holds <c>~~</c>, so the two kinds never meet.
/// </summary>
internal static class SafeFileName
{
    /// <summary>Leaves room for an extension and the decoration of a temporary file below the usual 255 bytes.</summary>
    public const int MaxLength = 160;

    private const int PrefixLength = 60;
    private const int HashLength = 16;

    private static readonly HashSet<string> Devices = new(
        ["con", "prn", "aux", "nul", .. Enumerable.Range(0, 10).SelectMany(n => new[] { $"com{n}", $"lpt{n}" })], StringComparer.Ordinal);

    public static string Of(string name) =>
        name.Length <= MaxLength && name.Split('/').All(IsPlain) ? name.Replace('/', '~') : Hashed(name);

    private static bool IsPlain(string segment) =>
        segment.Length > 0
        && char.IsAsciiLetterLower(segment[0]) | char.IsAsciiDigit(segment[0])
        && segment.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' or '_')
        && !segment.EndsWith('.')
        && !Devices.Contains(segment.Split('.')[0]);

    private static string Hashed(string name)
    {
        var prefix = new StringBuilder();
        foreach (var c in name.ToLowerInvariant())
        {
            if (prefix.Length == PrefixLength) break;
            if (char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)) prefix.Append(c);
            else if (prefix.Length > 0 && prefix[^1] != '-') prefix.Append('-');
        }

        var readable = prefix.Length == 0 ? "x" : prefix.ToString().TrimEnd('-');
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        return $"{readable}~~{hash[..HashLength]}";
    }
}
