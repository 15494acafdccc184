namespace RetainActors.Storage.Tests.Kills;

/// <summary>
/// A folder below which all mount namespaces unmount what one of them unmounts. A namespace that another test makes meanwhile begins with a
/// copy of every mount; it would keep a file system in use that is unmounted here, and the next mount of its device would be that one again.
/// </summary>
internal sealed class SharedFolder : IDisposable
{
    private readonly string _path;

    internal SharedFolder(string path)
    {
        _path = path;
        Commands.Run("mount", "--bind", path, path);
        Commands.Run("mount", "--make-shared", path);
    }

    public void Dispose() => Commands.Run("umount", "--lazy", _path);
}
