using Akka.Cluster;
using RetainActors.Checkpoints;
using RetainActors.Cluster.Runs;

namespace RetainActors.Cluster.Driver;

/// <summary>
/// What a node is told, a line each: <c>RUN count</c> asks for so many runs; <c>WRITE keys ms</c> starts a writer for each, with a pause so long between its saves, <c>STOP</c> ends them and
/// tells IDLE; <c>WHOLE nodes</c> tells WHOLE once so many nodes are up and all are reachable.
/// </summary>
internal sealed class Commands(Akka.Cluster.Cluster cluster, ICheckpointClient client, ClusterRuns? runs, Task terminated)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    private TaskCompletionSource _stop = new();
    private Task _writers = Task.CompletedTask;

    public async Task ReadAsync(TextReader input)
    {
        while (await input.ReadLineAsync() is { } line)
        {
            switch (line.Split(' '))
            {
                case ["RUN", var count]:
                    // Nobody waits for them: who asked dies with this process.
                    foreach (var run in Enumerable.Range(0, int.Parse(count, null))) _ = runs!.RunAsync(States.Key(run));
                    break;
                case ["WRITE", var keys, var pause]:
                    _stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    var writer = new Writer(client, TimeSpan.FromMilliseconds(int.Parse(pause, null)), terminated, _stop.Task);
                    _writers = Task.WhenAll(Enumerable.Range(0, int.Parse(keys, null)).Select(key => Task.Run(() => writer.WriteAsync(key))));
                    break;
                case ["STOP"]:
                    _stop.TrySetResult();
                    await _writers;
                    Told.Line("IDLE");
                    break;
                case ["WHOLE", var nodes]:
                    while (!IsWhole(int.Parse(nodes, null)) && !terminated.IsCompleted) await Task.Delay(LookAgain);
                    Told.Line("WHOLE");
                    break;
                default:
                    throw new InvalidOperationException($"'{line}' is no command.");
            }
        }
    }

    private bool IsWhole(int nodes) =>
        cluster.State is { Unreachable.IsEmpty: true } state && state.Members.Count == nodes && state.Members.All(member => member.Status == MemberStatus.Up);
}
