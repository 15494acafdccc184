using System.Globalization;

namespace RetainActors.Storage.Tests;

public class ProcessSpecs
{
    [SkippableTheory(DisplayName = "FileLog should name a sync that the kernel fails and acknowledge nothing after it")]
    [InlineData("fdatasync,fsync:error=EIO:when=1")]
    [InlineData("fdatasync:error=EIO:when=3")]
    [InlineData("fdatasync:error=ENOSPC:when=3")]
    [InlineData("fdatasync:error=EDQUOT:when=3")]
    public void Sync_tells_the_truth(string inject)
    {
        Requires.Linux();
        Requires.Tool("strace");
        using var temp = new TempDirectory();
        using var driver = DriverProcess.StartWithFaults(inject, "append", temp.File("journal"));
        var lines = driver.ReadToEnd();

        var failed = lines.IndexOf("failed JournalPoisoned");
        Assert.True(failed >= 0, string.Join('\n', lines));
        Assert.All(lines[failed..], line => Assert.Equal("failed JournalPoisoned", line));
        Assert.Equal(Math.Max(0, failed), Acknowledged(lines).Count);
        RequireRecovered(temp.File("journal"), Acknowledged(lines));
    }

    [Fact(DisplayName = "FileLog should recover everything it acknowledged before a SIGKILL, time after time")]
    public void Killed()
    {
        using var temp = new TempDirectory();
        var random = new Random(20_260);
        var acknowledged = new List<long>();
        for (var life = 0; life < 10; life++)
        {
            using var driver = DriverProcess.Start("append", temp.File("journal"));
            var lines = new List<string>();
            for (var acks = random.Next(1, 120); acks > 0 && driver.ReadLine() is { } line; acks--) lines.Add(line);
            driver.Kill();
            lines.AddRange(driver.ReadToEnd());

            Assert.All(lines, line => Assert.StartsWith("ack ", line, StringComparison.Ordinal));
            acknowledged.AddRange(Acknowledged(lines));
            RequireRecovered(temp.File("journal"), acknowledged);
        }

        Assert.Equal(acknowledged.Distinct(), acknowledged);
    }

    [Fact(DisplayName = "FileLog should refuse a folder that another process owns and name the process")]
    public void Owned_by_another_process()
    {
        using var temp = new TempDirectory();
        using var driver = DriverProcess.Start("hold", temp.File("journal"));
        Assert.Equal("open", driver.ReadLine());

        var settings = new FileLogSettings { Directory = temp.File("journal") };
        var failure = Assert.Throws<RootInUseException>(() => FileLog.Open(settings, PosixFileSystem.Instance));
        Assert.Equal(driver.ProcessId, failure.ProcessId);

        driver.Kill();
        driver.ReadToEnd();
        using var log = FileLog.Open(settings, PosixFileSystem.Instance);
        Assert.Empty(log.Ids);
    }

    private static List<long> Acknowledged(IEnumerable<string> lines) => lines
        .Where(line => line.StartsWith("ack ", StringComparison.Ordinal))
        .Select(line => long.Parse(line.AsSpan(4), CultureInfo.InvariantCulture)).ToList();

    private static void RequireRecovered(string directory, IReadOnlyList<long> acknowledged)
    {
        using var log = FileLog.Open(new FileLogSettings { Directory = directory }, PosixFileSystem.Instance);
        var found = log.Numbers("w");
        Assert.Empty(acknowledged.Except(found));
        Assert.Equal(Enumerable.Range(1, found.Length).Select(number => (long)number), found);
    }
}
