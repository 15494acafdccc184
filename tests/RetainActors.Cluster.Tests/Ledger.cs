using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Npgsql;
using RetainActors.Checkpoints;

namespace RetainActors.Cluster.Tests;

/// <summary>
/// Every answer that the writers of a fleet got, in this process, which outlives them; compared with what is stored by the ids that
/// stand in the stored bytes.
/// </summary>
internal sealed class Ledger(int keys)
{
    /// <summary>The rows stay, so that each answer can be looked up.</summary>
    public const string Settings = "retain.checkpoint.retention.keep-revisions = off";

    /// <summary>
    /// A key forgets the id of a save after 64 others: with writers on three nodes at a save in three seconds each, which is in more than a minute.
    /// </summary>
    private const int PauseMs = 3000;

    private const int Shown = 10;

    private readonly ConcurrentQueue<Answer> _saved = new();
    private readonly ConcurrentQueue<Answer> _sinceMark = new();
    private readonly ConcurrentQueue<Guid> _refused = new();
    private long _mark;
    private readonly ConcurrentDictionary<Teller, long> _removed = new();
    private readonly ConcurrentQueue<(long At, string Address)> _gone = new();

    /// <summary>What tells a node to write.</summary>
    public static string Write(int keys) => $"WRITE {keys} {PauseMs}";

    public static void AssertNone(IReadOnlyList<string> violations) =>
        Assert.True(violations.Count == 0, $"{violations.Count} violations, the first:\n{string.Join('\n', violations.Take(Shown))}");

    public int Saved => _saved.Count;

    public int Refused => _refused.Count;

    /// <summary>Takes a line of a node; lines that tell of something else are not for it.</summary>
    public void Take(Teller teller, string line)
    {
        switch (line.Split(' '))
        {
            case ["SAVED", var begun, var ended, var key, var persistenceId, var id, var revision]:
                var answer = new Answer(teller, Number(begun), Number(ended), (int)Number(key), persistenceId, Guid.Parse(id), Number(revision));
                _saved.Enqueue(answer);
                _sinceMark.Enqueue(answer);
                break;
            case ["REFUSED", var id]:
                _refused.Enqueue(Guid.Parse(id));
                break;
            case ["REMOVED", var at]:
                _removed[teller] = Number(at);
                break;
            // Who was given up itself gives up all others when it ends.
            case ["GONE", var at, var address] when !_removed.ContainsKey(teller):
                _gone.Enqueue((Number(at), address));
                break;
        }
    }

    /// <summary>When a node was given up by another one after a time; null while it was not.</summary>
    public long? GivenUp(string address, long since) =>
        _gone.Where(gone => gone.Address == address && gone.At > since).Select(gone => (long?)gone.At).Min();

    /// <summary>Begins a time that <see cref="ServedAsync"/> looks at.</summary>
    public long Mark()
    {
        _sinceMark.Clear();
        return _mark = Stopwatch.GetTimestamp();
    }

    /// <summary>How long after the mark each key had been saved by one of the nodes, by a save begun after it. Fails when that takes too long.</summary>
    public async Task<TimeSpan> ServedAsync(Func<Teller, bool>? by = null)
    {
        Dictionary<int, long> first = [];
        await Writing.UntilAsync(
            () =>
            {
                first = _sinceMark.Where(answer => answer.Begun >= _mark && by?.Invoke(answer.Teller) != false)
                    .GroupBy(answer => answer.Key).ToDictionary(key => key.Key, key => key.Min(answer => answer.Ended));
                return first.Count == keys;
            },
            $"not every one of {keys} keys was saved again");
        return Stopwatch.GetElapsedTime(_mark, first.Values.Max());
    }

    /// <summary>How long after the others gave it up a node was told of a save that it began after that, over all; null when none was.</summary>
    public TimeSpan? LatestOfGivenUp(Func<Teller, string> addressOf)
    {
        TimeSpan? latest = null;
        foreach (var mine in _saved.GroupBy(answer => answer.Teller))
        {
            if (GivenUp(addressOf(mine.Key), mine.Min(answer => answer.Begun)) is not { } at) continue;
            foreach (var answer in mine.Where(answer => answer.Begun > at))
                if (latest is null || Stopwatch.GetElapsedTime(at, answer.Ended) > latest)
                    latest = Stopwatch.GetElapsedTime(at, answer.Ended);
        }

        return latest;
    }

    /// <summary>What must not be; empty when the answers and the rows are one truth.</summary>
    public IReadOnlyList<string> Violations(Database database)
    {
        var (rows, violations) = Rows(database);
        foreach (var saved in _saved)
        {
            if (!rows.TryGetValue(saved.Id, out var row)) violations.Add($"lost: {saved}");
            else if (row != (saved.PersistenceId, saved.Revision)) violations.Add($"stored as {row}: {saved}");
            if (_removed.TryGetValue(saved.Teller, out var at) && saved.Begun > at) violations.Add($"by a node that knew it was given up: {saved}");
        }

        violations.AddRange(_saved.GroupBy(saved => (saved.PersistenceId, saved.Revision)).Where(same => same.Count() > 1).Select(same => $"told twice: {same.Key}"));
        violations.AddRange(_refused.Where(rows.ContainsKey).Select(id => $"refused and stored: {id}"));
        return violations;
    }

    /// <summary>What a client loads of each key is the save of its last row.</summary>
    public static async Task<IReadOnlyList<string>> UnreadAsync(Database database)
    {
        var (rows, problems) = Rows(database);
        var last = rows.GroupBy(row => row.Value.PersistenceId).ToDictionary(key => key.Key, key => key.MaxBy(row => row.Value.Revision));
        using var reader = ActorSystem.Create("reader", RetainCluster.ReadOnly(Nodes.Config(database)));
        foreach (var (persistenceId, row) in last)
        {
            var key = new CheckpointKey("bank", persistenceId.Split('~')[2].Replace("%2F", "/", StringComparison.Ordinal));
            var loaded = await Nodes.Client(reader).LoadAsync(key);
            if (loaded?.Revision != row.Value.Revision || loaded.Context.DocumentId != $"{row.Key}") problems.Add($"{key} loads as revision {loaded?.Revision}, {row} is stored");
        }

        await reader.Terminate();
        return problems;
    }

    /// <summary>The stored saves by their ids, and what is wrong with them alone: a revision, or a save, that is there twice.</summary>
    private static (Dictionary<Guid, (string PersistenceId, long Revision)> Rows, List<string> Violations) Rows(Database database)
    {
        var rows = new Dictionary<Guid, (string, long)>();
        var (revisions, violations) = (new HashSet<(string, long)>(), new List<string>());
        using var connection = new NpgsqlConnection(database.ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand("SELECT persistence_id, sequence_number, message FROM journal WHERE persistence_id LIKE 'ck~%'", connection);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var place = (reader.GetString(0), reader.GetInt64(1));
            var id = Assert.IsType<CheckpointRecord>(CheckpointRecord.Decode(reader.GetFieldValue<byte[]>(2))).Header.SaveId!.Value;
            if (!revisions.Add(place)) violations.Add($"stored twice: {place}");
            if (!rows.TryAdd(id, place)) violations.Add($"the save {id} is stored as {rows[id]} and {place}");
        }

        return (rows, violations);
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>A save and what its writer was told; times by the clock of the machine.</summary>
    private sealed record Answer(Teller Teller, long Begun, long Ended, int Key, string PersistenceId, Guid Id, long Revision);
}
