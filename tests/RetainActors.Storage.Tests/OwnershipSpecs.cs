namespace RetainActors.Storage.Tests;

public class OwnershipSpecs
{
    [Theory(DisplayName = "FileLog should have one owner per folder and name it to the second")]
    [InlineData(true)]
    [InlineData(false)]
    public void One_owner(bool onDisk)
    {
        using var host = LogHost.Create(onDisk);
        using (host.Open())
        {
            var failure = Assert.Throws<RootInUseException>(host.Open);
            Assert.Equal(Environment.ProcessId, failure.ProcessId);
            Assert.Equal(Environment.MachineName, failure.Host);
            Assert.NotNull(failure.Since);
            Assert.Contains($"process {Environment.ProcessId} on", failure.Message, StringComparison.Ordinal);
        }

        using var again = host.Open();
        Assert.Null(again.Failure);
    }

    [SkippableFact(DisplayName = "FileLog should refuse a folder, and a parent of it, that others can write or that is a link")]
    public void Unsafe_root()
    {
        Requires.That(!OperatingSystem.IsWindows(), "needs Unix permissions");
        using var temp = new TempDirectory();
        var root = Directory.CreateDirectory(temp.File("root")).FullName;
        var journal = Directory.CreateDirectory(Path.Combine(root, "journal")).FullName;
        var settings = new FileLogSettings { Directory = journal };
        foreach (var path in new[] { root, journal })
        {
            foreach (var writer in new[] { UnixFileMode.GroupWrite, UnixFileMode.OtherWrite })
            {
                SetMode(path, OwnerOnly | writer);
                var failure = Assert.Throws<RootUnsafeException>(() => FileLog.Open(settings, PosixFileSystem.Instance));
                Assert.Contains(path, failure.Message, StringComparison.Ordinal);
                SetMode(path, OwnerOnly);
            }
        }

        Directory.CreateSymbolicLink(Path.Combine(root, "link"), journal);
        Directory.CreateSymbolicLink(temp.File("rootlink"), root);
        foreach (var linked in new[] { Path.Combine(root, "link"), temp.File("rootlink", "journal") })
            Assert.Throws<RootUnsafeException>(
                () => FileLog.Open(settings with { Directory = linked }, PosixFileSystem.Instance));
        Assert.Empty(Directory.EnumerateFileSystemEntries(journal));
    }

    [SkippableFact(DisplayName = "FileLog should not follow a link in place of a segment")]
    public async Task Linked_segment()
    {
        Requires.That(!OperatingSystem.IsWindows(), "needs Unix links");
        using var host = LogHost.Create(onDisk: true);
        using (var log = host.Open()) await log.Append("a", 1);
        var segment = Segment.PathOf(host.Settings.Directory, 1, 0);
        File.Move(segment, segment + ".real");
        File.CreateSymbolicLink(segment, segment + ".real");

        Assert.Throws<RootUnavailableException>(host.Open);
    }

    [SkippableTheory(DisplayName = "FileLog should make folders 0700 and files 0600 under any umask")]
    [InlineData("000")]
    [InlineData("022")]
    [InlineData("077")]
    [InlineData("777")]
    public void Modes(string umask)
    {
        Requires.Linux();
        using var temp = new TempDirectory();
        using (var driver = DriverProcess.StartUnderUmask(umask, "hold", temp.File("root", "journal")))
        {
            Assert.Equal("open", driver.ReadLine());
            RequireModes(temp.File("root"));
            driver.EndInput();
            driver.ReadToEnd();
        }

        Assert.True(File.Exists(temp.File("root", "journal", CleanMark.FileName)));
        RequireModes(temp.File("root"));
    }

    [Theory(DisplayName = "FileLog opened read-only should change no byte and refuse to write, with and without an owner")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_only(bool onDisk)
    {
        using var host = LogHost.Create(onDisk);
        using (var owner = host.Open())
        {
            for (var number = 1; number <= 30; number++) await owner.Append("a", number, new string('x', 300));
            // The watermark that proves the last batch to readers comes after a short idle time.
            Assert.True(SpinWait.SpinUntil(() => CountBesideOwner(host) == 30, TimeSpan.FromSeconds(20)));
            var before = LogImage.Of(host.FileSystem, host.Settings.Directory);
            using (var reader = host.OpenReadOnly())
            {
                Assert.Equal(30, reader.Numbers("a").Length);
                await Assert.ThrowsAsync<LogReadOnlyException>(() => reader.Append("a", 31));
                await Assert.ThrowsAsync<LogReadOnlyException>(() => reader.DeleteAsync("a", 1));
                Assert.Equal(30, await reader.GetHighestSequenceNumberAsync("a"));
            }

            RequireSame(before, LogImage.Of(host.FileSystem, host.Settings.Directory));
            await owner.Append("a", 31);
        }

        var closed = LogImage.Of(host.FileSystem, host.Settings.Directory);
        using (var reader = host.OpenReadOnly()) Assert.Equal(31, reader.Numbers("a").Length);
        RequireSame(closed, LogImage.Of(host.FileSystem, host.Settings.Directory));
    }

    [Fact(DisplayName = "FileLog opened read-only beside an owner should show only what the watermark proves")]
    public async Task Read_only_beside_an_owner()
    {
        var fileSystem = new MemoryFileSystem();
        using var host = LogHost.InMemory(fileSystem);
        using var owner = host.Open();
        await owner.Append("a", 1);
        await owner.Append("a", 2);
        fileSystem.FailNext(FileOperation.Sync, FileSystemError.InputOutput);
        await Assert.ThrowsAsync<JournalPoisonedException>(() => owner.Append("a", 3));

        // Written but not synced: it is in the file, and must not be shown.
        using var reader = host.OpenReadOnly();
        Assert.Equal([1, 2], reader.Numbers("a"));
    }

    [Fact(DisplayName = "FileLog opened read-only should leave a torn end as it is")]
    public async Task Read_only_torn()
    {
        using var host = LogHost.Create(onDisk: false);
        LogImage image;
        using (var log = host.Open())
        {
            await log.Append("a", 1);
            image = LogImage.Of(host.FileSystem).With(OwnerFile.FileName, null);
        }

        var name = image.Segments.Single();
        using var torn = LogHost.InMemory(image.With(name, [.. image.Files[name], 1, 2, 3]).ToFileSystem());
        using (var reader = torn.OpenReadOnly()) Assert.Equal([1], reader.Numbers("a"));
        Assert.Equal(image.Files[name].Length + 3, LogImage.Of(torn.FileSystem).Files[name].Length);
    }

    [Theory(DisplayName = "FileLog opened read-only should create nothing where there is no journal")]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_only_absent(bool onDisk)
    {
        using var host = LogHost.Create(onDisk);
        var failure = Assert.Throws<RootUnavailableException>(host.OpenReadOnly);
        Assert.Contains("no journal", failure.Message, StringComparison.Ordinal);
        Assert.Equal(DirectoryState.Missing, host.FileSystem.InspectDirectory(host.Settings.Directory));
    }

    [SkippableFact(DisplayName = "FileLog should name a root that is a file or on a read-only file system")]
    public void Unavailable()
    {
        Requires.Linux();
        using var temp = new TempDirectory();
        var file = temp.Write("file", "text");
        foreach (var directory in new[] { file, Path.Combine(file, "journal"), "/proc/self/journal", "/sys/retain/journal" })
            Assert.Throws<RootUnavailableException>(
                () => FileLog.Open(new FileLogSettings { Directory = directory }, PosixFileSystem.Instance));
    }

    private static UnixFileMode OwnerOnly => UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static int CountBesideOwner(LogHost host)
    {
        using var reader = host.OpenReadOnly();
        return reader.Numbers("a").Length;
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, mode);
    }

    private static void RequireModes(string root)
    {
        if (OperatingSystem.IsWindows()) return;
        foreach (var directory in Directory.EnumerateDirectories(root, "*", SearchOption.AllDirectories).Append(root))
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(directory));
        foreach (var file in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    private static void RequireSame(LogImage before, LogImage after)
    {
        Assert.Equal(before.Files.Keys, after.Files.Keys);
        Assert.All(before.Files, file => Assert.Equal(file.Value, after.Files[file.Key]));
    }
}
