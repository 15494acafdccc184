using System.Collections.Concurrent;
using Akka.Actor;
using RetainActors.Checkpoints;

namespace RetainActors.Cluster.Tests;

/// <summary>
/// Writers on several nodes that fight over the same keys, and every revision that one of them was told is saved. What is stored
/// must agree, whatever happened to the nodes between.
/// </summary>
internal sealed class Acknowledged(int keys)
{
    /// <summary>The rows stay, so that each acknowledgement can be looked up.</summary>
    public const string KeepRows = "retain.checkpoint.retention.keep-revisions = off";

    private readonly ConcurrentQueue<(string Id, long Revision)> _saves = new();

    public int Count => _saves.Count;

    /// <summary>Saves every key again and again, until it is told to stop or the node is gone; failures are no acknowledgements.</summary>
    public Task WriteAsync(ActorSystem system, CancellationToken stop)
    {
        var client = Nodes.Client(system);
        return Task.WhenAll(Enumerable.Range(0, keys).Select(i => Task.Run(
            async () =>
            {
                for (var number = 0; !stop.IsCancellationRequested && !system.WhenTerminated.IsCompleted; number++)
                {
                    try
                    {
                        var key = Writing.Key(i);
                        _saves.Enqueue((key.PersistenceId, await client.SaveAsync(Writing.Context(key, number))));
                    }
                    catch (CheckpointException)
                    {
                        // Not acknowledged. A node that stops refuses at once: let it.
                        await Task.WhenAny(system.WhenTerminated, Task.Delay(100, CancellationToken.None));
                    }
                }
            },
            CancellationToken.None)));
    }

    /// <summary>Waits until there are so many more.</summary>
    public Task MoreAsync(int count)
    {
        var goal = Count + count;
        return Writing.UntilAsync(() => Count >= goal, $"no {count} more acknowledgements");
    }

    /// <summary>Every acknowledgement stands alone and is stored, and no revision is stored twice.</summary>
    public void Verify(Database database)
    {
        var rows = database.Query("SELECT persistence_id, sequence_number FROM journal WHERE persistence_id LIKE 'ck~%'");
        var stored = rows.ToHashSet(StringComparer.Ordinal);
        var saves = _saves.Select(save => $"{save.Id}|{save.Revision}").ToList();
        Assert.Equal(rows.Count, stored.Count);
        Assert.Equal(saves.Count, saves.Distinct(StringComparer.Ordinal).Count());
        Assert.DoesNotContain(saves, save => !stored.Contains(save));
    }
}
