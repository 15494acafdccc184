using System.Security.Cryptography;
using System.Text;

namespace RetainActors.Cli.MarkdownPipeline;

/// <summary>SHA-256 of a text's UTF-8 bytes, lower-case hex: what a checkpoint keeps of its source text.</summary>
internal static class TextHash
{
    public static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
