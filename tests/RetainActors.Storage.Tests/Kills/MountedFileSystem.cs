using System.Diagnostics;

namespace RetainActors.Storage.Tests.Kills;

/// <summary>A file system that is mounted on a folder, at times.</summary>
internal sealed class MountedFileSystem(string source, string folder, string options) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private bool _isMounted;

    internal void Mount()
    {
        Directory.CreateDirectory(folder);
        Commands.Run("mount", "-o", options, source, folder);
        _isMounted = true;
    }

    internal void Unmount()
    {
        // A process that another test is just starting has this one's files open until it becomes another program.
        for (var watch = Stopwatch.StartNew(); ;)
        {
            try
            {
                Commands.Run("umount", folder);
                _isMounted = false;
                return;
            }
            catch (InvalidOperationException busy) when (watch.Elapsed < Patience && busy.Message.Contains("busy", StringComparison.Ordinal))
            {
                Thread.Yield();
            }
        }
    }

    public void Dispose()
    {
        try
        {
            if (_isMounted) Unmount();
        }
        catch (InvalidOperationException)
        {
            // Nothing is left behind, also when somebody keeps a file of it open: it goes with that.
            Commands.Run("umount", "--lazy", folder);
        }
    }
}
