using System.Diagnostics;

namespace RetainActors.Hosting.Tests.Kills;

/// <summary>A real file system in memory with little space, which can be full for a while.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TempDirectory _temp = new();

    public SmallDisk()
    {
        Directory.CreateDirectory(Folder);
        Run("mount", "-t", "tmpfs", "-o", "size=64m,mode=700", "tmpfs", Folder);
    }

    public string Folder => _temp.File("disk");

    private string Ballast => Path.Combine(Folder, "ballast");

    public static void Require()
    {
        Requires.Linux();
        Requires.Root();
    }

    public void Fill()
    {
        using var ballast = File.Create(Ballast, bufferSize: 0);
        var (block, size) = (new byte[1 << 20], 1 << 20);
        // To the last page: what is left is smaller than any write.
        while (size >= 4096)
        {
            try
            {
                ballast.Write(block, 0, size);
            }
            catch (IOException)
            {
                size /= 2;
            }
        }
    }

    public void Free() => File.Delete(Ballast);

    public void Dispose()
    {
        Run("umount", "--lazy", Folder);
        _temp.Dispose();
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} ended with {process.ExitCode}");
    }
}
