namespace RetainActors.Storage;

/// <summary>Writes files that are whole or absent under their name.</summary>
internal static class DurableFile
{
    internal static void Replace(IFileSystem fileSystem, string directory, string name, Action<IStorageFile> write)
    {
        Publish(fileSystem, directory, name, file =>
        {
            write(file);
            file.Sync();
        });
        fileSystem.SyncDirectory(directory);
    }

    /// <summary>The same without any sync: whole or absent for other processes, but not after a power cut.</summary>
    internal static void Publish(IFileSystem fileSystem, string directory, string name, Action<IStorageFile> write)
    {
        var path = Path.Combine(directory, name);
        var temporary = path + ".tmp";
        fileSystem.Delete(temporary);
        using (var file = fileSystem.Open(temporary, FileOpening.CreateNew)) write(file);
        fileSystem.Rename(temporary, path);
    }
}
