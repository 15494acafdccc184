using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests.Checkpoints.Linearizability;

/// <summary>What one client knows of one key, and what it does next: drawn, mostly sensible, sometimes stale.</summary>
internal sealed class SeededClient(CheckpointKey key, Random random)
{
    private readonly List<long> _revisions = [];
    private readonly List<Guid> _ids = [];
    private long? _epoch;
    private readonly List<ICheckpointCommand> _untold = [];
    private Save? _unknown;

    public ICheckpointCommand Next(int number)
    {
        switch (random.Next(100))
        {
            case < 10 when _unknown is { } unknown:
                _unknown = null;
                return unknown;
            case < 45:
                return Remember(new Save(Context(number), NewId(), Expected(), random.Next(4) == 0 ? null : _epoch));
            case < 62:
                return new Load(key);
            case < 75:
                return new Claim(key, NewId());
            case < 82:
                return new Delete(key, NewId());
            case < 90:
                return Remember(new Rewind(key, _revisions.Count == 0 ? 1 : _revisions[random.Next(_revisions.Count)], NewId()));
            case < 95 when _ids.Count > 0:
                return new SaveStatus(key, _ids[random.Next(_ids.Count)]);
            default:
                return new History(key);
        }
    }

    public void Learn(ICheckpointCommand command, ICheckpointReply reply)
    {
        switch (reply)
        {
            case Saved saved:
                _revisions.Add(saved.Revision);
                break;
            case Claimed claimed:
                _revisions.Add(claimed.Revision);
                _epoch = claimed.Epoch;
                break;
            case Loaded loaded:
                _revisions.Add(loaded.Revision);
                break;
            case SaveUnknown:
                _unknown = command as Save;
                break;
            case Unavailable when command is Claim or Delete:
                _untold.Add(command);
                break;
        }
    }

    /// <summary>Brings out the one truth of all that was asked: each id again, and what is there in the end.</summary>
    public IReadOnlyList<ICheckpointCommand> LastQuestions() =>
        [new Load(key), .. _ids.Select(id => new SaveStatus(key, id)), .. _untold, new Load(key), new History(key)];

    private RetainContext Context(int number) => new(key)
    {
        DocumentId = $"v{number}",
        Status = random.Next(4) == 0 ? CheckpointStatus.Completed : CheckpointStatus.Running,
    };

    private long? Expected() => random.Next(3) switch
    {
        0 when _revisions.Count > 0 => _revisions[^1],
        1 when random.Next(3) == 0 => 0,
        _ => null,
    };

    private T Remember<T>(T command) where T : ISaveCommand
    {
        _ids.Add(command.SaveId!.Value);
        return command;
    }

    private Guid NewId()
    {
        var bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
