using RetainActors.Cli.MarkdownPipeline;
using RetainActors.Runs;
using RetainActors.Storage;

namespace RetainActors.Cli.Tests.MarkdownPipeline;

public sealed class MarkdownStatesSpecs
{
    private readonly MemoryFileSystem _files = new();

    [Fact(DisplayName = "The pipeline should leave exactly the approved bank for the fixture folder")]
    public async Task Golden()
    {
        await using var driver = new PipelineDriver(_files);
        foreach (var (source, text) in Handbook.Texts) await driver.RunAsync(source, text);

        Approval.Verify(driver.Output(withLog: true), Handbook.ApprovedFile("handbook-bank.txt"));
    }

    [Fact(DisplayName = "The pipeline should leave the same files whatever the order of the sources, one by one or all at once")]
    public async Task Deterministic()
    {
        var expected = await Handbook.UndisturbedOutputAsync(Handbook.Texts);

        await using var reversed = new PipelineDriver(new MemoryFileSystem());
        foreach (var (source, text) in Handbook.Texts.Reverse()) await reversed.RunAsync(source, text);
        await using var together = new PipelineDriver(new MemoryFileSystem());
        await Task.WhenAll(Handbook.Texts.Select(pair => together.RunAsync(pair.Key, pair.Value)));

        Assert.Equal(expected, reversed.Output());
        Assert.Equal(expected, together.Output());
    }

    [Fact(DisplayName = "A completed run should report its entities, its document and the pages it made and changed")]
    public async Task Context()
    {
        await using var driver = new PipelineDriver(_files);
        var first = await driver.RunAsync("a.md", "# Alpha\n\nThe `Widget` is a part of Alpha and it works.");
        var second = await driver.RunAsync("b.md", "# Beta\n\nThe `Widget` is also a part of Beta, they say.");

        Assert.Equal("a.md", first.DocumentId);
        Assert.Equal(["Alpha", "Widget"], first.Entities.AsEnumerable());
        Assert.Equal(["alpha", "widget"], first.WikisCreated.AsEnumerable());
        Assert.Empty(first.WikisUpdated);
        Assert.Equal(["beta"], second.WikisCreated.AsEnumerable());
        Assert.Equal(["widget"], second.WikisUpdated.AsEnumerable());
    }

    [Fact(DisplayName = "Nothing of a source should show before its run reaches UPDATE_WIKIS")]
    public async Task Unpublished()
    {
        await using var driver = new PipelineDriver(_files);
        await driver.RunAsync("a.md", Handbook.Texts["tides.md"], until: MarkdownStates.UpdateWikis);

        Assert.Empty(driver.Files.List(BankFiles.Wiki));
        Assert.DoesNotContain("a.md", driver.Text(BankFiles.Index), StringComparison.Ordinal);

        await using var later = new PipelineDriver(_files);
        await later.Writer.ReconcileAsync();
        Assert.Empty(later.Files.List(BankFiles.Wiki));
    }

    [Fact(DisplayName = "A changed source should show its old text until the new one is published, and then leave no stale link or page")]
    public async Task Changed()
    {
        await using var driver = new PipelineDriver(_files);
        await driver.RunAsync("a.md", "# Alpha\n\nThe `Widget` is a part of Alpha and it works.");
        await driver.RunAsync("b.md", "# Beta\n\nThe `Widget` is also a part of Beta, they say.");
        var before = driver.Output();
        const string changed = "# Alpha\n\nThe `Gadget` is a part of Alpha and it works.";

        await driver.RunAsync("a.md", changed, until: MarkdownStates.UpdateWikis);
        Assert.Equal(before.Split("=== sources")[0], driver.Output().Split("=== sources")[0]);

        var context = await driver.RunAsync("a.md", changed);
        Assert.Equal(["gadget"], context.WikisCreated.AsEnumerable());
        Assert.Equal(["alpha", "widget"], context.WikisUpdated.AsEnumerable());
        Assert.DoesNotContain("sources/a.md", driver.Text("wiki/widget.md"), StringComparison.Ordinal);

        await driver.RunAsync("b.md", "# Beta\n\nNothing is left here of the old parts.");
        Assert.Equal(["alpha.md", "beta.md", "gadget.md"], driver.Files.List(BankFiles.Wiki));
        Assert.DoesNotContain("widget", driver.Text(BankFiles.Index), StringComparison.OrdinalIgnoreCase);
    }

    [Fact(DisplayName = "Every state entered a second time should change no file and report the same pages")]
    public async Task Repeated()
    {
        await using var driver = new PipelineDriver(_files);
        var done = await driver.RunAsync("a.md", Handbook.Texts["README.md"]);
        var output = driver.Output(withLog: true);
        string[] states =
        [
            MarkdownStates.IdentifyAffectedWikis, MarkdownStates.UpdateWikis, MarkdownStates.UpdateIndex, MarkdownStates.AppendLog, MarkdownStates.Complete,
        ];
        foreach (var next in states)
        {
            _files.FailNext(FileOperation.Rename, FileSystemError.InputOutput, sticky: true); // a write would be noticed
            await using var again = new PipelineDriver(_files) { Saved = { ["a.md"] = Before(next, done) } };
            var context = await again.RunAsync("a.md", Handbook.Texts["README.md"]);
            _files.Heal();

            Assert.Equal(output, again.Output(withLog: true));
            if (next != MarkdownStates.IdentifyAffectedWikis) Assert.Equal(done.WikisCreated.AsEnumerable(), context.WikisCreated.AsEnumerable());
        }
    }

    [Fact(DisplayName = "A branch that stored its part should not extract it again after a crash")]
    public async Task Paid_work()
    {
        await using var driver = new PipelineDriver(_files);
        const string text = "# Alpha\n\nThe `Widget` is a part of Alpha and it works.";
        await driver.Writer.SavePartAsync("a.md", new StateScope(new CheckpointKey("b", "a.md"), text, "READ").TextSha256, draft => draft with { Facts = [new Fact("Alpha", "Paid for already.", [])] });

        await driver.RunAsync("a.md", text);

        Assert.Contains("Paid for already.", driver.Text(BankFiles.Facts), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A draft whose file was taken away should be made anew instead of failing the run")]
    public async Task Lost_draft()
    {
        await using var driver = new PipelineDriver(_files);
        await driver.RunAsync("a.md", Handbook.Texts["tides.md"], until: MarkdownStates.UpdateWikis);
        _files.Delete(driver.Files.PathOf("sources/a.md.json"));

        await using var later = new PipelineDriver(_files) { Saved = driver.Saved };
        await later.RunAsync("a.md", Handbook.Texts["tides.md"]);

        Assert.Contains("North Pier", later.Text("wiki/north-pier.md"), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "The log should get one line per completed run, also when the state repeats")]
    public async Task Log()
    {
        await using var driver = new PipelineDriver(_files);
        var done = await driver.RunAsync("a.md", Handbook.Texts["README.md"]);
        await using var again = new PipelineDriver(_files) { Saved = { ["a.md"] = Before(MarkdownStates.AppendLog, done) } };
        await again.RunAsync("a.md", Handbook.Texts["README.md"]);
        await again.RunAsync("a.md", Handbook.Texts["tides.md"]);

        Assert.Equal(2, again.Text(BankFiles.Log).Split('\n').Count(line => line.StartsWith("- 2026-01-02T03:04:05Z a.md: ", StringComparison.Ordinal)));
    }

    private static RetainContext Before(string state, RetainContext done)
    {
        var steps = done.StepLog.TakeWhile(step => step.State != state).ToArray();
        return done with
        {
            NextState = state,
            StepLog = [.. steps],
            WikisCreated = steps.Any(step => step.State == MarkdownStates.UpdateWikis) ? done.WikisCreated : [],
            WikisUpdated = steps.Any(step => step.State == MarkdownStates.UpdateWikis) ? done.WikisUpdated : [],
        };
    }
}
