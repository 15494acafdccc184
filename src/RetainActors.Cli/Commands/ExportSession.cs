using RetainActors.Checkpoints;
using RetainActors.Cli.Output;
using RetainActors.Json;
using RetainActors.Storage;
using static RetainActors.Checkpoints.CatalogProtocol;

namespace RetainActors.Cli.Commands;

/// <summary>What <c>retain export</c> was asked for.</summary>
internal sealed record ExportOptions(string Folder, string? Bank, bool Overwrite, RetainConfig Config);

/// <summary>One <c>retain export</c>: lists the checkpoints, loads some at a time, and writes their files in the list's order.</summary>
internal sealed class ExportSession(ExportOptions options, ExportReport report)
{
    private const int CheckpointsAtOnce = 64;

    private readonly ExportFolder _folder = new(PosixFileSystem.Instance, options.Folder);
    private readonly AstrocyteFileNames _names = new();

    /// <summary>Does it all and returns the exit code.</summary>
    /// <exception cref="CommandFailure">The root or the folder failed.</exception>
    public async Task<int> ExecuteAsync(CancellationToken cancellationToken)
    {
        await using var retain = await ExistingRoot.OpenAsync(options.Config, cancellationToken);
        var client = RetainCheckpoints.Get(retain.System).Client;
        IReadOnlyList<string> unnamed = [];
        await foreach (var page in ListedCheckpoints.ReadAsync(client, new ListCheckpoints(options.Bank), cancellationToken))
        {
            unnamed = page.UnnamedIds;
            foreach (var some in page.Items.Chunk(CheckpointsAtOnce))
            {
                var files = await Task.WhenAll(some.Select(item => FileOfAsync(client, item.Key, cancellationToken)));
                foreach (var (item, (bytes, problem)) in some.Zip(files)) report.OnEnded(Write(item, bytes, problem));
            }
        }

        _folder.Sync();
        report.OnFinished(unnamed);
        return report.HasUnreadable ? ExitCode.Corrupt : report.HasFailures ? ExitCode.Failed : ExitCode.Ok;
    }

    private static async Task<(byte[]? File, AstrocyteFileProblem? Problem)> FileOfAsync(ICheckpointClient client, CheckpointKey key, CancellationToken cancellationToken)
    {
        try
        {
            if (await client.LoadAsync(key, cancellationToken: cancellationToken) is not { } loaded) return (null, new(AstrocyteFileReason.Deleted, "the checkpoint was deleted meanwhile"));
            var file = AstrocyteCheckpointFile.Export(loaded.Context, out var problem);
            return (file, problem);
        }
        catch (CheckpointException e)
        {
            // A journal that did not answer says nothing about the bytes.
            return (null, new(e is CheckpointUnavailableException ? AstrocyteFileReason.Unavailable : AstrocyteFileReason.Unreadable, e.Message));
        }
    }

    private ExportOutcome Write(ListedCheckpoint item, byte[]? bytes, AstrocyteFileProblem? problem)
    {
        var (path, isSeedPath) = _names.Next(item.Key);
        var isUnchanged = false;
        if (bytes is not null) (isUnchanged, problem) = _folder.Write(path, bytes, options.Overwrite);
        return new ExportOutcome(
            item.Key, path, isSeedPath, problem is not null ? ExchangeEnd.Failed : isUnchanged ? ExchangeEnd.Unchanged : ExchangeEnd.Exported, item.Revision, problem);
    }
}
