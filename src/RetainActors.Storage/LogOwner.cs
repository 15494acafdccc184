namespace RetainActors.Storage;

/// <summary>The running process that owns a log.</summary>
/// <param name="ProcessId">Its process id.</param>
/// <param name="Host">The host it runs on, which is this one.</param>
/// <param name="Since">When it took the log.</param>
public sealed record LogOwner(int ProcessId, string Host, DateTimeOffset Since)
{
    /// <summary>
    /// Who owns the log now; null when no process of this host does. A process that died without a word is no owner, and the process
    /// id of another one that got its number since is told apart. Takes no lock and changes nothing.
    /// </summary>
    /// <param name="directory">The folder of the segments (<c>ROOT/journal</c>).</param>
    /// <param name="fileSystem">Where it is.</param>
    public static LogOwner? Find(string directory, IFileSystem fileSystem)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        ArgumentNullException.ThrowIfNull(fileSystem);
        return OwnerFile.Read(fileSystem, directory) is { IsAlive: true } owner ? new LogOwner(owner.ProcessId, owner.Host, owner.Since) : null;
    }
}
