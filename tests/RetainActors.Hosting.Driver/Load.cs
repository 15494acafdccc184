using Akka.Actor;
using RetainActors.Checkpoints;

namespace RetainActors.Hosting.Driver;

/// <summary>
/// Workers that save, load, delete, rewind and copy checkpoints of keys of their own, and one that writes to a persistent actor.
/// Each tells what it finds at the start ("state KEY VALUE"), what it tries ("try KEY VALUE"), how each try was answered ("ack",
/// "refused" or "unknown" KEY), and what it reads meanwhile ("past KEY REVISION VALUE").
/// </summary>
internal sealed class Load(ICheckpointClient client, ActorSystem system, int life, IReadOnlyCollection<string> ways)
{
    private const int Workers = 4;
    private const string None = "none";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    private readonly bool _acknowledgesFirst = ways.Contains("ack-first");
    private readonly bool _leaks = ways.Contains("leak");
    private readonly bool _readsWallClock = ways.Contains("wall-clock");
    private readonly List<object> _leaked = [];

    internal static void Say(string line)
    {
        lock (Console.Out)
        {
            Console.Out.Write(line + "\n");
            Console.Out.Flush();
        }
    }

    /// <summary>Tells the state, then works until the service stops; every request is answered before this returns.</summary>
    internal async Task RunAsync(CancellationToken stopping)
    {
        var found = new Dictionary<CheckpointKey, Position>();
        foreach (var key in Enumerable.Range(0, Workers).SelectMany(worker => new[] { Key(worker), Copy(worker) }))
        {
            found[key] = await FindAsync(key);
            Say($"state {key.Source} {found[key].Value}");
        }

        List<Func<Task>> work = [.. Enumerable.Range(0, Workers)
            .Select(worker => (Func<Task>)(() => WorkAsync(worker, found[Key(worker)], found[Copy(worker)], stopping)))];
        // It stops for good at its first failure, as persistent actors do.
        if (!ways.Contains("no-tally"))
        {
            var tally = system.ActorSelection($"/user/{Tally.Name}");
            var counted = await tally.Ask<string>(new Tally.Ask(), Deadline, stopping);
            Say($"state {Tally.Name} {counted}");
            work.Add(() => CountAsync(tally, counted, stopping));
        }

        Say("ready");
        await Task.WhenAll(work.Select(each => Task.Run(each, CancellationToken.None)));
    }

    private static CheckpointKey Key(int worker) => new("bank", $"key{worker}");

    private static CheckpointKey Copy(int worker) => new("bank", $"copy{worker}");

    private async Task<Position> FindAsync(CheckpointKey key) =>
        await client.LoadAsync(key) is { } loaded ? new Position(loaded.Revision, loaded.Context.DocumentId!) : new Position(0, None);

    private async Task WorkAsync(int worker, Position original, Position copy, CancellationToken stopping)
    {
        var random = new Random((life * Workers) + worker);
        var key = Key(worker);
        for (var count = 0; !stopping.IsCancellationRequested; count++)
        {
            var value = $"{life}-{count}";
            switch (random.Next(12))
            {
                case 0:
                    if (await DoAsync(key, None, () => DeleteAsync(key)) is not null) original = new Position(0, None);
                    break;
                case 1 when original.Revision > 0:
                    original = await RewindAsync(key, original);
                    break;
                case 2 when original.Revision > 0:
                    var expected = copy.Revision;
                    if (await DoAsync(Copy(worker), original.Value, () => client.CopyAsync(key, Copy(worker), expectedRevision: expected)) is { } copied)
                        copy = copy with { Revision = copied };
                    break;
                default:
                    var context = new RetainContext(key) { DocumentId = value, NextState = "NEXT", Entities = [value, new string('x', random.Next(600))] };
                    if (await DoAsync(key, value, () => client.SaveAsync(context)) is { } saved) original = new Position(saved, value);
                    break;
            }

            // Long enough for its actor to leave memory, now and then.
            if (random.Next(30) == 0) await Task.Delay(40, CancellationToken.None);
        }
    }

    private async Task<Position> RewindAsync(CheckpointKey key, Position now)
    {
        var page = await TryAsync(() => client.HistoryAsync(key));
        if (page is null or { Revisions.Length: 0 }) return now;
        var target = page.Revisions[^1].Revision;
        var past = await TryAsync(() => client.LoadAsync(key, target));
        if (past is null) return now;
        var value = past.Context.DocumentId!;
        Say($"past {key.Source} {target} {value}");
        return await DoAsync(key, value, () => client.RewindAsync(key, target)) is { } revision ? new Position(revision, value) : now;
    }

    private async Task<long> DeleteAsync(CheckpointKey key)
    {
        await client.DeleteAsync(key);
        return 0;
    }

    private async Task CountAsync(ActorSelection tally, string state, CancellationToken stopping)
    {
        for (var count = 0; !stopping.IsCancellationRequested; count++)
        {
            var word = $"{life}-{count}";
            state = Tally.Next(state, word);
            await DoAsync(Tally.Name, state, async () =>
            {
                await tally.Ask<string>(word, Deadline, stopping);
                return 0;
            });
        }
    }

    private Task<long?> DoAsync(CheckpointKey key, string value, Func<Task<long>> request) => DoAsync(key.Source, value, request);

    /// <summary>What the request returned; null when it was not acknowledged.</summary>
    private async Task<long?> DoAsync(string key, string value, Func<Task<long>> request)
    {
        Say($"try {key} {value}");
        if (_leaks) Leak();
        if (_acknowledgesFirst) Say($"ack {key} 0");
        try
        {
            var begun = DateTime.UtcNow;
            var revision = await request();
            if (_readsWallClock && (DateTime.UtcNow - begun).Duration() > Deadline) throw new TimeoutException();
            if (!_acknowledgesFirst) Say($"ack {key} {revision}");
            return revision;
        }
        catch (SaveRefusedException refused)
        {
            Say($"refused {key} {refused.Reason}");
        }
        catch (Exception failure) when (failure is CheckpointException or TimeoutException or OperationCanceledException)
        {
            Say($"unknown {key} {failure.GetType().Name}");
        }

        return null;
    }

    private void Leak()
    {
        lock (_leaked)
        {
            _leaked.Add(new byte[4096]);
            if (_leaked.Count % 100 == 0) _leaked.Add(File.OpenRead(typeof(Load).Assembly.Location));
        }
    }

    private static async Task<T?> TryAsync<T>(Func<Task<T>> request)
    {
        try
        {
            return await request();
        }
        catch (CheckpointException)
        {
            return default;
        }
    }

    /// <summary>Where a key stands.</summary>
    private readonly record struct Position(long Revision, string Value);
}
