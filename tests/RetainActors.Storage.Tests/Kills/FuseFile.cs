using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace RetainActors.Storage.Tests.Kills;

/// <summary>
/// A disk as a file that loop devices take: the kernel sends each read, write and flush of it here, one after the other (FUSE, with a
/// file as its root). Nothing of it is cached in between.
/// </summary>
internal sealed partial class FuseFile : IDisposable
{
    private const int HeaderSize = 40;
    private const int ReplyHeaderSize = 16;
    private const int PageSize = 4096;
    private const int MaxPages = 256;
    private const uint BigWrites = 1 << 5;
    private const uint WithMaxPages = 1 << 22;
    private const uint DirectIo = 1;
    private const uint RegularFile = 0x8000;
    private const int NoSuchCall = 38;

    private readonly string _path;
    private readonly BlockDisk _disk;
    private readonly FileStream _fuse;
    private readonly Thread _server;
    private readonly byte[] _reply = new byte[ReplyHeaderSize + (MaxPages * PageSize)];

    internal FuseFile(string path, BlockDisk disk)
    {
        (_path, _disk) = (path, disk);
        File.WriteAllBytes(path, []);
        _fuse = new FileStream("/dev/fuse", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        if (Mount("retain", path, "fuse", 0, $"fd={_fuse.SafeFileHandle.DangerousGetHandle()},rootmode=100000,user_id=0,group_id=0") != 0)
            throw new InvalidOperationException($"{path} cannot be mounted: errno {Marshal.GetLastPInvokeError()}");
        _server = new Thread(Serve) { IsBackground = true, Name = "retain-disk" };
        _server.Start();
    }

    /// <summary>The requests of the protocol that a disk gets.</summary>
    private enum Call : uint
    {
        Forget = 2,
        GetAttributes = 3,
        SetAttributes = 4,
        Open = 14,
        Read = 15,
        Write = 16,
        Statistics = 17,
        Release = 18,
        Sync = 20,
        Flush = 25,
        Init = 26,
        Access = 34,
        Interrupt = 36,
        Destroy = 38,
        BatchForget = 42,
    }

    public void Dispose()
    {
        // A loop device may still be about to let it go; then the server ends with it.
        Commands.Run("umount", "--lazy", _path);
        _server.Join();
        _fuse.Dispose();
    }

    private void Serve()
    {
        var request = new byte[HeaderSize + PageSize + (MaxPages * PageSize)];
        try
        {
            while (true) Answer(request.AsSpan(0, _fuse.Read(request)));
        }
        catch (IOException)
        {
            // Unmounted.
        }
    }

    private void Answer(ReadOnlySpan<byte> request)
    {
        var body = request[HeaderSize..];
        var reply = _reply.AsSpan(ReplyHeaderSize);
        var (length, error) = (0, 0);
        switch ((Call)BinaryPrimitives.ReadUInt32LittleEndian(request[4..]))
        {
            case Call.Forget or Call.BatchForget or Call.Interrupt:
                return;
            case Call.Init:
                length = Init(reply[..64]);
                break;
            case Call.GetAttributes or Call.SetAttributes:
                length = Attributes(reply[..104]);
                break;
            case Call.Open:
                length = 16;
                reply[..length].Clear();
                BinaryPrimitives.WriteUInt32LittleEndian(reply[8..], DirectIo);
                break;
            case Call.Read:
                var (from, wanted) = Range(body);
                length = (int)Math.Clamp(_disk.Length - from, 0, wanted);
                _disk.Read(from, reply[..length]);
                break;
            case Call.Write:
                var (to, size) = Range(body);
                error = _disk.Write(to, body.Slice(40, size));
                length = error == 0 ? 8 : 0;
                BinaryPrimitives.WriteInt64LittleEndian(reply, size);
                break;
            case Call.Statistics:
                length = 80;
                reply[..length].Clear();
                break;
            case Call.Sync:
                error = _disk.Flush();
                break;
            case Call.Flush or Call.Release or Call.Access or Call.Destroy:
                break;
            default:
                error = NoSuchCall;
                break;
        }

        Reply(request.Slice(8, 8), length, error);
    }

    private static (long Offset, int Size) Range(ReadOnlySpan<byte> body) =>
        (BinaryPrimitives.ReadInt64LittleEndian(body[8..]), BinaryPrimitives.ReadInt32LittleEndian(body[16..]));

    private static int Init(Span<byte> reply)
    {
        reply.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(reply, 7);
        BinaryPrimitives.WriteUInt32LittleEndian(reply[4..], 31);
        BinaryPrimitives.WriteUInt32LittleEndian(reply[12..], BigWrites | WithMaxPages);
        BinaryPrimitives.WriteUInt32LittleEndian(reply[20..], MaxPages * PageSize);
        BinaryPrimitives.WriteUInt16LittleEndian(reply[28..], MaxPages);
        return reply.Length;
    }

    private int Attributes(Span<byte> reply)
    {
        reply.Clear();
        // Valid for a year: the length never changes.
        BinaryPrimitives.WriteInt64LittleEndian(reply, 365 * 24 * 60 * 60);
        BinaryPrimitives.WriteInt64LittleEndian(reply[16..], 1);
        BinaryPrimitives.WriteInt64LittleEndian(reply[24..], _disk.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(reply[76..], RegularFile | 0x180);
        BinaryPrimitives.WriteUInt32LittleEndian(reply[80..], 1);
        BinaryPrimitives.WriteUInt32LittleEndian(reply[96..], PageSize);
        return reply.Length;
    }

    private void Reply(ReadOnlySpan<byte> request, int length, int error)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_reply, ReplyHeaderSize + length);
        BinaryPrimitives.WriteInt32LittleEndian(_reply.AsSpan(4), -error);
        request.CopyTo(_reply.AsSpan(8));
        _fuse.Write(_reply.AsSpan(0, ReplyHeaderSize + length));
    }

    [LibraryImport("libc", EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Mount(string source, string target, string kind, nuint flags, string options);
}
