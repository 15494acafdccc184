using System.Security.Cryptography;

namespace RetainActors.Cli.Tests.Commands;

/// <summary>Everything below a directory: names, times of the last change, contents.</summary>
internal static class FileBytes
{
    public static string Of(string directory) => string.Join('\n', Directory.GetFileSystemEntries(directory, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal).Select(path => File.Exists(path)
            ? $"{path} {File.GetLastWriteTimeUtc(path):O} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))}"
            : $"{path} {Directory.GetLastWriteTimeUtc(path):O}"));
}
