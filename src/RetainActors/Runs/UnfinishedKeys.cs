using System.Runtime.CompilerServices;
using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CatalogProtocol;

namespace RetainActors.Runs;

/// <summary>The unfinished keys that the catalog lists.</summary>
internal sealed class UnfinishedKeys(ICheckpointClient checkpoints) : IUnfinishedKeys
{
    private const int PageSize = 1000;

    public async IAsyncEnumerable<CheckpointKey> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? cursor = null;
        do
        {
            var page = await checkpoints.ListAsync(
                new ListCheckpoints(Status: ListedStatus.Running, Cursor: cursor, Limit: PageSize), cancellationToken).ConfigureAwait(false);
            foreach (var item in page.Items) yield return item.Key;
            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }
}
