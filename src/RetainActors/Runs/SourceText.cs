using System.Security.Cryptography;
using System.Text;

namespace RetainActors.Runs;

/// <summary>What a context keeps of a source text.</summary>
internal static class SourceText
{
    public static string Sha256Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
