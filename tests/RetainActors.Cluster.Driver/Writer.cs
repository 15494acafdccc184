using System.Diagnostics;
using RetainActors.Checkpoints;

namespace RetainActors.Cluster.Driver;

/// <summary>
/// Saves one key again and again, as others do on other nodes, and tells each answer: <c>SAVED begun ended key persistence-id save-id
/// revision</c>, or <c>REFUSED save-id</c> when it is surely not stored. An unknown save is sent again under its id until it is known.
/// </summary>
internal sealed class Writer(ICheckpointClient client, TimeSpan pause, Task terminated, Task stop)
{
    /// <summary>A key is left for another one after so long, the same on every node, so that what recovers it stays short.</summary>
    private static readonly TimeSpan TimePerKey = TimeSpan.FromMinutes(1);

    public async Task WriteAsync(int number)
    {
        while (!stop.IsCompleted && !terminated.IsCompleted)
        {
            await SaveAsync(number);
            await Task.WhenAny(terminated, stop, Task.Delay(pause));
        }
    }

    private async Task SaveAsync(int number)
    {
        var (id, begun) = (Guid.NewGuid(), Told.Now);
        var key = new CheckpointKey("bank", $"docs/{number}-{(long)(Stopwatch.GetElapsedTime(0, begun) / TimePerKey)}.md");
        var context = new RetainContext(key) { DocumentId = $"{id}", NextState = "NEXT" };
        for (var isFirst = true; !terminated.IsCompleted; isFirst = false)
        {
            try
            {
                var revision = await client.SaveAsync(context, id);
                Told.Line($"SAVED {begun} {Told.Now} {number} {key.PersistenceId} {id} {revision}");
                return;
            }
            catch (SaveRefusedException)
            {
                if (isFirst) Told.Line($"REFUSED {id}");
                return;
            }
            catch (SaveUnknownException)
            {
                // Sent again, under the same id.
                await Task.WhenAny(terminated, Task.Delay(pause));
            }
        }
    }
}
