using System.Collections.Concurrent;
using RetainActors.Cli.MarkdownPipeline;
using RetainActors.Storage;

namespace RetainActors.Cli.Tests.MarkdownPipeline;

public sealed class BankCrashSpecs
{
    private const int MaxCalls = 400;

    private static readonly Dictionary<string, string> Before = new(Handbook.Texts)
    {
        ["tides.md"] = "# Old Tides\n\nThe Old Pier was closed by the Harbour Office.",
    };

    [Theory(DisplayName = "After a power cut at any call the bank should end as if nothing had happened, and no finished state is lost")]
    [InlineData(FileOperation.CreateDirectory)]
    [InlineData(FileOperation.Open)]
    [InlineData(FileOperation.Write)]
    [InlineData(FileOperation.Sync)]
    [InlineData(FileOperation.Rename)]
    [InlineData(FileOperation.Delete)]
    [InlineData(FileOperation.SyncDirectory)]
    public async Task Power_cut(FileOperation operation)
    {
        var expected = await Handbook.UndisturbedOutputAsync(Handbook.Texts);
        var call = 0;
        // Every early call, then a sample: later ones repeat the pattern for another source.
        while (await SurvivesAsync(operation, call += call < 20 ? 1 : 7, expected)) Assert.True(call < MaxCalls);
        Assert.True(call > 1, "no call was ever hit");
    }

    [Fact(DisplayName = "What an earlier process left unsynced should be durable before a later state builds on it")]
    public async Task Page_cache()
    {
        var files = new MemoryFileSystem();
        await using (var first = new PipelineDriver(files))
        {
            // The renames happen, the sync of the directory does not: a killed process, and a machine that is still up.
            await first.Writer.ReconcileAsync();
            files.FailNth(FileOperation.SyncDirectory, 1, FileSystemError.InputOutput);
            await Assert.ThrowsAsync<BankException>(() => first.RunAsync("a.md", Handbook.Texts["tides.md"]));
            files.Heal();
        }

        await using var second = new PipelineDriver(files);
        await second.RunAsync("a.md", Handbook.Texts["tides.md"]);
        var shown = second.Output();

        await using var afterPowerCut = new PipelineDriver(files.Crash());
        Assert.Equal(shown, afterPowerCut.Output());
    }

    [Fact(DisplayName = "Stray and damaged pages should be put right when the bank is opened")]
    public async Task Stray_pages()
    {
        var files = new MemoryFileSystem();
        await using (var driver = new PipelineDriver(files)) await driver.RunAsync("a.md", Handbook.Texts["tides.md"]);
        await using var expected = new PipelineDriver(files);
        var output = expected.Output();
        Write(files, expected.Files.PathOf("wiki/stray.md"), "nobody mentions this");
        files.Delete(expected.Files.PathOf(BankFiles.Index));
        files.Delete(expected.Files.PathOf("wiki/north-pier.md"));

        await using var later = new PipelineDriver(files);
        await later.Writer.ReconcileAsync();

        Assert.Equal(output, later.Output());
    }

    [Theory(DisplayName = "A damaged contribution should be named and nothing changed")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"schemaVersion":1,"source":"b.md"}""")]
    [InlineData("""{"schemaVersion":1,"source":"a.md","published":{"textSha256":"x"}}""")]
    [InlineData("""{"schemaVersion":1,"source":"a.md","draft":{"textSha256":"\ud800"}}""")]
    [InlineData("""{"schemaVersion":1,"source":"a.md","published":{"textSha256":"x","title":"t","sectionCount":1,"facts":[null],"entities":[],"links":[]}}""")]
    [InlineData("""{"schemaVersion":2,"source":"a.md"}""")]
    public async Task Damaged(string content)
    {
        var files = new MemoryFileSystem();
        await using (var driver = new PipelineDriver(files)) await driver.RunAsync("a.md", Handbook.Texts["tides.md"]);
        await using var later = new PipelineDriver(files);
        files.Delete(later.Files.PathOf("sources/a.md.json"));
        Write(files, later.Files.PathOf("sources/a.md.json"), content);
        var before = later.Output();

        var failure = await Assert.ThrowsAsync<BankException>(() => later.Writer.ReconcileAsync());

        Assert.Contains("a.md.json", failure.Message, StringComparison.Ordinal);
        Assert.Equal(content.Contains(":2,", StringComparison.Ordinal) ? BankFailure.BankTooNew : BankFailure.BankDamaged, failure.Reason);
        Assert.Equal(before, later.Output());
    }

    /// <summary>Retains old texts, then the new ones with a crash at the n-th call; false when there was no such call.</summary>
    private static async Task<bool> SurvivesAsync(FileOperation operation, int call, string expected)
    {
        var files = new MemoryFileSystem();
        var saved = new ConcurrentDictionary<string, RetainContext>(StringComparer.Ordinal);
        files.FailNth(operation, call, FileSystemError.InputOutput, sticky: true);
        var failed = !await RetainAsync(files, saved, Before) || !await RetainAsync(files, saved, Handbook.Texts);
        if (!failed) return false;

        foreach (var seed in new int?[] { null, call })
        {
            var disk = files.Crash(seed);
            var resumed = new ConcurrentDictionary<string, RetainContext>(saved, StringComparer.Ordinal);
            Assert.True(await RetainAsync(disk, resumed, Handbook.Texts));
            await using var result = new PipelineDriver(disk);
            Assert.Equal(expected, result.Output());
        }

        return true;
    }

    private static async Task<bool> RetainAsync(
        MemoryFileSystem files, ConcurrentDictionary<string, RetainContext> saved, IReadOnlyDictionary<string, string> texts)
    {
        await using var driver = new PipelineDriver(files) { Saved = saved };
        try
        {
            foreach (var (source, text) in texts) await driver.RunAsync(source, text);
            return true;
        }
        catch (BankException e) when (e.Reason == BankFailure.BankUnavailable)
        {
            return false;
        }
    }

    private static void Write(MemoryFileSystem files, string path, string text)
    {
        using var file = files.Open(path, FileOpening.CreateNew);
        file.Write(0, System.Text.Encoding.UTF8.GetBytes(text));
        file.Sync();
    }
}
