using System.Runtime.CompilerServices;
using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CatalogProtocol;

namespace RetainActors.Cli.Commands;

/// <summary>The checkpoints of a root, read beside a running owner.</summary>
internal static class ListedCheckpoints
{
    private const int PageSize = 1000;

    /// <exception cref="CommandFailure">There is no journal, or it cannot be opened.</exception>
    public static Task<RetainSystem> OpenAsync(RetainConfig config, CancellationToken cancellationToken) =>
        Directory.Exists(Path.Combine(config.Root, "journal"))
            ? RetainSystem.StartAsync(config, _ => { }, cancellationToken)
            : throw new CommandFailure("NotFound", $"There is no journal in {config.Root}. Give --root the directory that retain run used.", ExitCode.NotFound);

    /// <summary>All pages of a list, in order.</summary>
    /// <exception cref="CommandFailure">The list was refused.</exception>
    public static async IAsyncEnumerable<CheckpointPage> ReadAsync(
        ICheckpointClient client, ListCheckpoints filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            CheckpointPage page;
            try
            {
                page = await client.ListAsync(filter with { Cursor = cursor, Limit = PageSize }, cancellationToken);
            }
            catch (ListRefusedException e)
            {
                throw new CommandFailure(
                    e.Reason.ToString(), $"The checkpoints cannot be listed: {e.Message}.", e.Reason == ListRefuseReason.NotConfigured ? ExitCode.Usage : ExitCode.Failed, e);
            }

            yield return page;
            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }
}
