using System.Runtime.InteropServices;

namespace RetainActors.Storage.Tests.Kills;

/// <summary>A real file system on a disk of its own, whose power can be cut: what was not synced is gone then.</summary>
internal sealed partial class LoopDisk : IDisposable
{
    private const uint NoLogFlush = 2;
    private const int SigStop = 19;
    private const int CloseOnExec = 0x80000;

    private readonly TempDirectory _temp = new();
    private readonly SharedFolder _shared;
    private readonly MountedFileSystem _mounted;

    /// <param name="kind">ext4 or xfs.</param>
    /// <param name="options">How it is mounted.</param>
    internal LoopDisk(string kind, string options)
    {
        _shared = new SharedFolder(_temp.Path);
        _mounted = new MountedFileSystem(Image, Folder, $"loop,{options}");
        try
        {
            using (var image = File.Create(Image)) image.SetLength(320 << 20);
            Commands.Run($"mkfs.{kind}", "-q", Image);
            _mounted.Mount();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal string Folder => _temp.File("disk");

    private string Image => _temp.File("image");

    /// <summary>Skips the test where there can be no such disk.</summary>
    internal static void Require(string kind)
    {
        Requires.Linux();
        Requires.Root();
        Requires.Tool($"mkfs.{kind}");
        Requires.That(File.Exists("/dev/loop-control"), "needs loop devices");
    }

    /// <summary>
    /// Cuts the power and starts again. The process is stopped first: a sync that is under way while the file system goes down
    /// returns without an error though nothing was stored, and would count as a loss.
    /// </summary>
    internal void Cut(DriverProcess driver)
    {
        if (!driver.HasExited) Stop(driver.ProcessId);
        ShutDown();
        driver.Kill();
        driver.WaitForExit();
        _mounted.Unmount();
        _mounted.Mount();
    }

    public void Dispose()
    {
        _mounted.Dispose();
        _shared.Dispose();
        _temp.Dispose();
    }

    private static void Stop(int processId)
    {
        if (Kill(processId, SigStop) != 0) throw new InvalidOperationException($"process {processId} cannot be stopped");
        while (Directory.EnumerateDirectories($"/proc/{processId}/task").Any(task => !IsStopped(task))) Thread.Yield();
    }

    /// <summary>A thread inside of a sync stops when that has returned.</summary>
    private static bool IsStopped(string task)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(task, "stat"));
            // Stopped, or ended.
            return text[text.LastIndexOf(')') + 2] is 'T' or 'Z' or 'X';
        }
        catch (IOException)
        {
            // It ended just now, or another one took its place: look again.
            return false;
        }
    }

    private void ShutDown()
    {
        var folder = Open(Folder, CloseOnExec);
        if (folder < 0) throw new InvalidOperationException($"{Folder} cannot be opened");
        var flags = NoLogFlush;
        // _IOR('X', 125, uint32)
        var result = Ioctl(folder, 0x8004_587D, ref flags);
        _ = Close(folder);
        if (result != 0) throw new InvalidOperationException($"{Folder} cannot be shut down: errno {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(int handle, nuint request, ref uint argument);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);
}
