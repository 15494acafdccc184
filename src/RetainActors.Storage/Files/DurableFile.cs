namespace RetainActors.Storage;

/// <summary>Small files that are whole or absent under their name.</summary>
internal static class DurableFile
{
    internal static void Replace(IFileSystem fileSystem, string directory, string name, ReadOnlySpan<byte> bytes)
    {
        var path = Path.Combine(directory, name);
        var temporary = path + ".tmp";
        fileSystem.Delete(temporary);
        using (var file = fileSystem.Open(temporary, FileOpening.CreateNew))
        {
            file.Write(0, bytes);
            file.Sync();
        }

        fileSystem.Rename(temporary, path);
        fileSystem.SyncDirectory(directory);
    }
}
