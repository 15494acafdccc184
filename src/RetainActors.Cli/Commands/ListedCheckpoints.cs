using System.Runtime.CompilerServices;
using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CatalogProtocol;

namespace RetainActors.Cli.Commands;

/// <summary>The checkpoints of a root, read beside a running owner.</summary>
internal static class ListedCheckpoints
{
    private const int PageSize = 1000;

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
