using Akka.Actor;
using RetainActors.Checkpoints;

namespace RetainActors.Tests.Checkpoints.Linearizability;

/// <summary>
/// One life of one or two keys, drawn from a seed: two clients at once, writes and replays that fail, hang, or lose their
/// reply, and regions that are killed and started again. The clients and the region are the real ones.
/// </summary>
internal sealed class Interleaving
{
    private const int Clients = 2;
    private const int Operations = 14;
    private const int MaxSteps = 1_000_000;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(0.25);

    private readonly SeededSystem _world;
    private readonly Random _random;
    private readonly CheckpointKey[] _keys;
    private readonly Dictionary<(int Client, CheckpointKey Key), SeededClient> _minds = [];
    private readonly IActorRef[] _clients;
    private readonly Operation?[] _waiting = new Operation?[Clients];
    private readonly List<JournalFault.Hold> _holds = [];
    private RegionLife _life;
    private int _begun;
    private int _step;

    public Interleaving(SeededSystem world, int seed)
    {
        (_world, _random) = (world, new Random(seed));
        world.Schedule.Take(seed);
        _keys = [.. Enumerable.Range(0, 1 + _random.Next(2)).Select(index => new CheckpointKey("bank", $"{seed}/{world.NextNumber()}/{index}"))];
        foreach (var key in _keys)
            for (var client = 0; client < Clients; client++)
                _minds[(client, key)] = new SeededClient(key, _random);
        _life = world.StartRegion();
        var line = world.LineTo(() => _life);
        _clients = [.. Enumerable.Range(0, Clients).Select(_ => world.StartClient(line))];
        Histories = _keys.ToDictionary(key => key, _ => new List<Operation>());
    }

    /// <summary>What was asked and answered, by key.</summary>
    public IReadOnlyDictionary<CheckpointKey, List<Operation>> Histories { get; }

    /// <summary>Disturbances, by name, in their order.</summary>
    public List<string> Disturbances { get; } = [];

    public void Run()
    {
        while (_begun < Operations || _waiting.Any(operation => operation is not null)) Act();
        Calm();
        _world.Schedule.RunAll();
        Kill();
        _world.Schedule.RunAll();
        foreach (var ((client, _), mind) in _minds)
            foreach (var question in mind.LastQuestions())
                Complete(client, question);
        _world.Stop([.. _clients, _life.Region]);
    }

    private void Act()
    {
        if (++_step > MaxSteps) throw new InvalidOperationException($"no end: {string.Join('\n', Histories.Values.SelectMany(history => history))}");
        var dice = _random.Next(100);
        if (dice < 12 && _begun < Operations && TryBegin()) return;
        if (dice is >= 12 and < 16) Disturb();
        else if (dice < 97 && !_world.Schedule.IsIdle) _world.Schedule.RunOne();
        else _world.Advance(Tick);
    }

    private bool TryBegin()
    {
        var client = _random.Next(Clients);
        if (_waiting[client] is not null) return false;
        var key = _keys[_random.Next(_keys.Length)];
        Begin(client, _minds[(client, key)].Next(_begun++));
        return true;
    }

    private void Begin(int client, ICheckpointCommand command)
    {
        var operation = new Operation(client, command, _step);
        Histories[command.Key].Add(operation);
        _waiting[client] = operation;
        _clients[client].Tell(command, _world.Sink(reply =>
        {
            operation.Answer((ICheckpointReply)reply, _step);
            _minds[(client, command.Key)].Learn(command, operation.Reply!);
            _waiting[client] = null;
        }));
    }

    private void Complete(int client, ICheckpointCommand command)
    {
        _step++;
        Begin(client, command);
        while (_waiting[client] is not null)
        {
            if (_world.Schedule.IsIdle) _world.Advance(Tick);
            else _world.Schedule.RunOne();
        }

        _step++;
    }

    private void Disturb()
    {
        var journal = _world.Journal;
        if (_begun >= Operations)
        {
            Calm();
            return;
        }

        var kind = _random.Next(11);
        Disturbances.Add($"{_step}: {kind}");
        switch (kind)
        {
            case 0:
                journal.OnNextWrite(new JournalFault.Fail());
                break;
            case 1 or 2:
                journal.OnNextWrite(_world.Lies ? new JournalFault.Forget() : new JournalFault.LoseReply());
                break;
            case 3:
                journal.OnNextWrite(new JournalFault.Reject());
                break;
            case 4 or 5:
                _holds.Add(journal.HoldNextWrite());
                break;
            case 6:
                journal.OnNextReplay(new JournalFault.Fail());
                break;
            case 7:
                _holds.Add(new JournalFault.Hold());
                journal.OnNextReplay(_holds[^1]);
                break;
            case 8 or 9 when _holds.Count > 0:
                var index = _random.Next(_holds.Count);
                _holds[index].Release();
                _holds.RemoveAt(index);
                break;
            case 10:
                Kill();
                break;
        }
    }

    private void Calm()
    {
        _world.Journal.Heal();
        _holds.ForEach(hold => hold.Release());
        _holds.Clear();
    }

    /// <summary>The region dies without a word; another takes its place at once, while the writes of the first may still land.</summary>
    private void Kill()
    {
        _life.IsOver = true;
        _world.System.Stop(_life.Region);
        _life = _world.StartRegion();
    }
}
