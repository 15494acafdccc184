using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RetainActors.Storage;

/// <summary>
/// The calls the base library lacks or answers wrongly: its flush reports success when fsync failed, so syncing goes
/// straight to the C library and every result is checked.
/// </summary>
internal static partial class SystemCalls
{
    private const int CloseOnExec = 0x80000;
    private const int MacCloseOnExec = 0x1000000;
    private const int MacFullSync = 51;
    private const int LinuxSetSignal = 10;
    private const int LinuxSignalUrgent = 23;
    private const int LinuxSetLease = 1024;
    private const int LinuxWriteLease = 1;
    private const int LinuxNoLease = 2;
    private const int LockExclusiveNonBlocking = 2 | 4;

    internal static void SyncFile(SafeFileHandle handle, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            if (!FlushFileBuffers(handle))
                throw SystemError.FromWindows(FileOperation.Sync, path, Marshal.GetLastPInvokeError());
        }
        else if (OperatingSystem.IsMacOS())
        {
            Check(FileOperation.Sync, path, () => Fcntl(handle, MacFullSync));
        }
        else
        {
            // Syncs the length too, since reading the data back needs it.
            Check(FileOperation.Sync, path, () => FDataSync(handle));
        }
    }

    internal static void SyncDirectory(SafeFileHandle handle, string path) =>
        Check(FileOperation.SyncDirectory, path, () => FSync(handle));

    internal static SafeFileHandle OpenDirectory(string path)
    {
        // Opening a folder read-only needs no O_DIRECTORY, whose value differs between processors.
        var flags = OperatingSystem.IsMacOS() ? MacCloseOnExec : CloseOnExec;
        SafeFileHandle? handle = null;
        Check(FileOperation.Open, path, () =>
        {
            handle = Open(path, flags);
            return handle.IsInvalid ? -1 : 0;
        });
        return handle!;
    }

    internal static bool TryLock(SafeFileHandle handle, string path)
    {
        try
        {
            Check(FileOperation.Lock, path, () => FLock(handle, LockExclusiveNonBlocking));
            return true;
        }
        catch (FileSystemException failure) when (failure.Error == FileSystemError.WouldBlock)
        {
            return false;
        }
    }

    /// <summary>Whether no other handle of any process leads to the file: only then Linux grants a write lease.</summary>
    internal static bool IsOnlyHandle(SafeFileHandle handle) =>
        // Who opens the file just now makes the kernel signal the holder of the lease: by a signal that is ignored, not by SIGIO.
        FcntlInt(handle, LinuxSetSignal, LinuxSignalUrgent) == 0
        && FcntlInt(handle, LinuxSetLease, LinuxWriteLease) == 0
        && FcntlInt(handle, LinuxSetLease, LinuxNoLease) == 0;

    private static void Check(FileOperation operation, string path, Func<int> call)
    {
        while (call() != 0)
        {
            var errno = Marshal.GetLastPInvokeError();
            if (errno != SystemError.Interrupted) throw SystemError.FromErrno(operation, path, errno);
        }
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle handle);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle handle);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Fcntl(SafeFileHandle handle, int command);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FcntlInt(SafeFileHandle handle, int command, int argument);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FLock(SafeFileHandle handle, int operation);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool FlushFileBuffers(SafeFileHandle handle);
}
