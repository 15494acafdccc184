using System.Text;
using Akka.Persistence;
using RetainActors.Persistence.Snapshots;
using RetainActors.Storage;

namespace RetainActors.Persistence.Tests.Snapshots;

/// <summary>What is left of snapshots after a power cut at any point, and after a call that failed.</summary>
public sealed class SnapshotDirectorySpecs
{
    [Fact(DisplayName = "SnapshotDirectory should have the snapshot acknowledged last, or the one on its way, after a crash anywhere")]
    public void Survives_a_crash_anywhere() => Assert.Empty(Violations(leftOut: null));

    [Theory(DisplayName = "The test above should see when a sync is left out")]
    [InlineData(FileOperation.Sync)]
    [InlineData(FileOperation.SyncDirectory)]
    public void Sees_a_missing_sync(FileOperation leftOut) => Assert.NotEmpty(Violations(leftOut));

    [Theory(DisplayName = "SnapshotDirectory should keep the snapshot of the same number when saving it again fails")]
    [InlineData(FileOperation.Open)]
    [InlineData(FileOperation.Write)]
    [InlineData(FileOperation.Sync)]
    [InlineData(FileOperation.Rename)]
    public void Keeps_the_old_one(FileOperation failing)
    {
        var memory = new MemoryFileSystem();
        var directory = DirectoryOn(memory);
        directory.Save("a", 1, FileOf(1, "old"));
        memory.FailNext(failing, FileSystemError.NoSpace);

        Assert.Throws<FileSystemException>(() => directory.Save("a", 1, FileOf(1, "new")));

        Assert.Equal("old", Newest(directory));
        Assert.Equal("old", Newest(DirectoryOn(memory.Crash())));
        directory.Save("a", 1, FileOf(1, "new"));
        Assert.Equal("new", Newest(DirectoryOn(memory.Crash())));
        Assert.Single(memory.ListFiles(FolderOf("a")));
    }

    [Fact(DisplayName = "SnapshotDirectory should sync a folder that a failed save had made")]
    public void Syncs_a_folder_made_before()
    {
        var memory = new MemoryFileSystem();
        memory.FailNth(FileOperation.SyncDirectory, 2, FileSystemError.InputOutput);
        Assert.Throws<FileSystemException>(() => DirectoryOn(memory).Save("a", 1, FileOf(1, "lost")));

        var directory = DirectoryOn(memory);
        directory.Save("a", 1, FileOf(1, "kept"));

        Assert.Equal("kept", Newest(DirectoryOn(memory.Crash())));
    }

    [Fact(DisplayName = "SnapshotDirectory should take away what an interrupted save left, and nothing of other ids or programs")]
    public void Removes_leftovers()
    {
        var memory = new MemoryFileSystem();
        var directory = DirectoryOn(memory);
        directory.Save("a", 1, FileOf(1, "x"));
        var name = new SnapshotName("/retain/snapshots", "a");
        memory.Open(name.NewTemporaryPath(), FileOpening.CreateNew).Dispose();
        memory.Open(Path.Combine(FolderOf("a"), "notes.tmp"), FileOpening.CreateNew).Dispose();

        Assert.Equal("x", Newest(directory));

        Assert.Equal(["notes.tmp", Path.GetFileName(name.PathOf(1))], memory.ListFiles(FolderOf("a")).OrderDescending());
    }

    [Fact(DisplayName = "SnapshotDirectory should refuse a file under a name that is not its own")]
    public void Refuses_a_renamed_file()
    {
        var memory = new MemoryFileSystem();
        var warnings = new List<string>();
        var directory = new SnapshotDirectory("/retain", memory, (file, problem) => warnings.Add($"{file}: {problem}"));
        directory.Save("a", 1, FileOf(1, "x"));
        var name = new SnapshotName("/retain/snapshots", "a");
        memory.Rename(name.PathOf(1), name.PathOf(2));

        Assert.Throws<SnapshotUnreadableException>(() => Newest(directory));

        Assert.Contains("holds snapshot 1 of 'a'", Assert.Single(warnings), StringComparison.Ordinal);
    }

    private static List<string> Violations(FileOperation? leftOut)
    {
        var violations = new List<string>();
        var memory = new MemoryFileSystem();
        string? acknowledged = null;
        string? inFlight = null;
        var files = new ObservedFileSystem(memory, Check, leftOut);
        var directory = DirectoryOn(files);

        Save(1, "a");
        Save(2, "b");
        Save(2, "c");
        inFlight = null;
        directory.Delete("a", new SnapshotSelectionCriteria(1));
        Check();
        Save(3, "d");
        return violations;

        void Save(long sequenceNr, string text)
        {
            inFlight = text;
            directory.Save("a", sequenceNr, FileOf(sequenceNr, text));
            acknowledged = text;
            inFlight = null;
            Check();
        }

        void Check()
        {
            foreach (var seed in new int?[] { null, 1, 2, 3, 4, 5, 6, 7, 8 })
            {
                string? found;
                try
                {
                    found = Newest(DirectoryOn(memory.Crash(seed)));
                }
                catch (SnapshotUnreadableException e)
                {
                    violations.Add(e.Message);
                    continue;
                }
                if (found != acknowledged && (inFlight is null || found != inFlight))
                    violations.Add($"found {found ?? "nothing"} instead of {acknowledged} or {inFlight} with seed {seed}");
            }
        }
    }

    private static SnapshotDirectory DirectoryOn(IFileSystem fileSystem) => new("/retain", fileSystem, (_, _) => { });

    private static string FolderOf(string id) => new SnapshotName("/retain/snapshots", id).Folder;

    private static byte[] FileOf(long sequenceNr, string text) =>
        SnapshotCodec.Encode(new SnapshotRecord("a", sequenceNr, 5, 1, "", Encoding.UTF8.GetBytes(text)));

    private static string? Newest(SnapshotDirectory directory) =>
        directory.FindNewest("a", SnapshotSelectionCriteria.Latest) is { } record
            ? Encoding.UTF8.GetString(record.Payload.Span)
            : null;
}
