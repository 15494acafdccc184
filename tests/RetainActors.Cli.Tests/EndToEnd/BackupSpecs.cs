using System.Diagnostics;
using RetainActors.Cli.Tests.Commands;

namespace RetainActors.Cli.Tests.EndToEnd;

/// <summary>The drill of docs/operations.md.</summary>
public sealed class BackupSpecs : IDisposable
{
    private const int MaxCopies = 50;

    private readonly TempDirectory _directory = new();

    private string Root => _directory.File("root");

    public void Dispose() => _directory.Dispose();

    [SkippableTheory(DisplayName = "A root that is copied while its owner writes, and verified, should go on in the place of the lost one and end as an undisturbed run")]
    [InlineData("64 MiB")]
    [InlineData("16 KiB")]
    public async Task Copied_while_running(string segmentSize)
    {
        Requires.Linux();
        var folder = Documents.Folder(_directory, copies: 1);
        var config = _directory.Write("my.conf", $"akka.persistence.journal.retain-file.segment-size = {segmentSize}");
        var undisturbed = _directory.File("undisturbed");
        await RetainProcess.RunAsync("run", folder, "--bank", "b", "--root", undisturbed, "--json");
        using var owner = RetainProcess.Start("run", folder, "--bank", "b", "--root", Root, "--config", config, "--json", "--model-latency", "50");
        List<string> backups = [];
        foreach (var ended in new[] { 1, 8 })
        {
            await owner.AwaitLinesAsync(ended);
            backups.Add(await CopyAsync());
        }

        await owner.KillAsync();
        foreach (var backup in backups)
        {
            Directory.Delete(Root, recursive: true);
            Directory.Move(backup, Root);
            var resumed = await RetainProcess.RunAsync("run", folder, "--bank", "b", "--root", Root, "--config", config, "--json");

            Assert.Equal((ExitCode.Ok, ""), (resumed.ExitCode, resumed.Error));
            Assert.Equal(BankOutput.Of(undisturbed, "b"), BankOutput.Of(Root, "b"));
            var contexts = await Checkpoints.ReadAsync(Root, "b", Documents.Sources(folder));
            Assert.All(contexts.Values, Checkpoints.AssertEachStateRanOnce);
        }
    }

    /// <summary>A copy that verify calls sound; one that fell into a change of segments is made again.</summary>
    private async Task<string> CopyAsync()
    {
        for (var attempt = 1; attempt <= MaxCopies; attempt++)
        {
            var copy = Directory.CreateDirectory(_directory.File($"backup-{Guid.NewGuid():N}")).FullName;
            using var cp = Process.Start("sh", [
                "-c", "chmod 700 \"$2\" && cp -a \"$1/journal\" \"$2\" 2>/dev/null && cp -a \"$1/banks\" \"$2\" 2>/dev/null && rm -f \"$2/journal/OWNER\"", "sh", Root, copy]);
            await cp.WaitForExitAsync();
            if (cp.ExitCode == 0 && (await RetainCli.RunAsync("log", "verify", "--root", copy)).ExitCode == ExitCode.Ok) return copy;
            Directory.Delete(copy, recursive: true);
        }

        throw new InvalidOperationException($"None of {MaxCopies} copies was sound.");
    }
}
