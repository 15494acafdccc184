using System.Diagnostics;
using System.Runtime.InteropServices;

namespace RetainActors.Storage.Tests.Kills;

/// <summary>A block device whose content is a file.</summary>
internal sealed partial class LoopDevice : IDisposable
{
    private const int Exclusive = 0x80;
    private const int CloseOnExec = 0x80000;
    private const nuint FlushBuffers = 0x1261;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    internal LoopDevice(string image) => Path = Commands.Run("losetup", "--find", "--show", image).Trim();

    internal string Path { get; }

    /// <summary>Waits until nobody has it mounted any more, and forgets what the kernel has cached of it.</summary>
    internal void Forget()
    {
        int device;
        for (var watch = Stopwatch.StartNew(); (device = Open(Path, Exclusive | CloseOnExec)) < 0; Thread.Yield())
            if (watch.Elapsed > Patience) throw new InvalidOperationException($"{Path} stays in use: errno {Marshal.GetLastPInvokeError()}");
        var result = Ioctl(device, FlushBuffers, 0);
        _ = Close(device);
        if (result != 0) throw new InvalidOperationException($"{Path} cannot be flushed: errno {Marshal.GetLastPInvokeError()}");
    }

    public void Dispose() => Commands.Run("losetup", "--detach", Path);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(int handle, nuint request, nuint argument);
}
