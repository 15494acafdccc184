using System.Diagnostics;

namespace RetainActors.Hosting.Tests.Kills;

/// <summary>A service whose wall clock is set by a preloaded library; its monotonic clock goes on as it does.</summary>
internal sealed class JumpingClock : ChildProcess
{
    private readonly string _offset;

    private JumpingClock(string offset, IEnumerable<string> arguments) : base("env", arguments) => _offset = offset;

    public static void Require()
    {
        Requires.Linux();
        Requires.Tool("cc");
    }

    public static JumpingClock Start(TempDirectory temp, params string[] ways)
    {
        var (offset, library) = (temp.File("offset"), temp.File("clock.so"));
        File.WriteAllBytes(offset, new byte[sizeof(long)]);
        using var compiler = Process.Start("cc", ["-shared", "-fPIC", "-O2", "-o", library, Path.Combine(AppContext.BaseDirectory, "Kills", "clock.c")]);
        compiler.WaitForExit();
        if (compiler.ExitCode != 0) throw new InvalidOperationException($"cc ended with {compiler.ExitCode}");
        return new JumpingClock(
            offset,
            [
                $"LD_PRELOAD={library}", $"CLOCK_OFFSET={offset}",
                DotNet, Path.Combine(AppContext.BaseDirectory, "RetainActors.Hosting.Driver.dll"), temp.File("root"), "1", .. ways,
            ]);
    }

    /// <summary>Sets the clock to so much beside the true time.</summary>
    public void SetTo(TimeSpan offset)
    {
        using var file = File.OpenHandle(_offset, access: FileAccess.Write);
        RandomAccess.Write(file, BitConverter.GetBytes((long)offset.TotalSeconds), 0);
    }
}
