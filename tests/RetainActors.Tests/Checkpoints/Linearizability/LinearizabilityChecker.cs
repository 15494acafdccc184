using System.Globalization;
using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests.Checkpoints.Linearizability;

/// <summary>One request of a client, from when it was sent to when it was answered, in the steps of its history.</summary>
internal sealed class Operation(int client, ICheckpointCommand command, int begin)
{
    public ICheckpointCommand Command { get; } = command;

    /// <summary>The id under which the request is repeated, or that it asks about.</summary>
    public Guid? Id { get; } = command switch
    {
        ISaveCommand save => save.SaveId,
        Claim claim => claim.ClaimId,
        Delete delete => delete.DeleteId,
        SaveStatus status => status.SaveId,
        _ => null,
    };

    public int Begin { get; } = begin;

    public int End { get; private set; } = int.MaxValue;

    public ICheckpointReply? Reply { get; private set; }

    /// <summary>Whether it may have happened at any time since, or never.</summary>
    public bool IsOpen => Reply is null or SaveUnknown || (Reply is Unavailable && Command is (Claim or Delete));

    /// <summary>Whether the answer says that surely nothing happened, or nothing was learnt.</summary>
    public bool IsVoid => Reply is SaveRefused { Reason: RefuseReason.Failed or RefuseReason.Busy }
        or ClaimRefused { Reason: RefuseReason.Failed or RefuseReason.Busy }
        || (Reply is Unavailable && Command is not (Claim or Delete));

    public void Answer(ICheckpointReply reply, int end) => (Reply, End) = (reply, end);

    public override string ToString() =>
        $"[{Begin,4}..{(Reply is null ? "    " : $"{End,4}")}] client {client}: {Describe(Command)} -> {(Reply is null ? "no answer" : KeyModel.TextOf(Reply))}";

    private static string Describe(ICheckpointCommand command) => command switch
    {
        Save save => $"save {save.Context.DocumentId} {save.Context.Status} expecting {Text(save.ExpectedRevision)} epoch {Text(save.Epoch)} id {Short(save.SaveId)}",
        Rewind rewind => $"rewind to {rewind.Revision} id {Short(rewind.SaveId)}",
        SaveStatus status => $"status of {Short(status.SaveId)}",
        _ => command.GetType().Name,
    };

    private static string Text(long? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "none";

    private static string Short(Guid? id) => $"{id}"[..4];
}

/// <summary>Looks for an order of the operations of one key that the model explains and that respects which was over before which began.</summary>
internal sealed class LinearizabilityChecker
{
    private readonly Operation[] _operations;
    private readonly Dictionary<Guid, long> _accepted = [];
    private readonly HashSet<(ulong Taken, string Log)> _seen = [];
    private readonly ulong _open;

    /// <summary>An open save whose id was never heard of again did not happen; the last questions ask for every id.</summary>
    private LinearizabilityChecker(IEnumerable<Operation> history)
    {
        var told = history.Where(operation => !operation.IsVoid).ToList();
        IsContradictory = !told.All(Hear);
        _operations = [.. told.Where(operation => !operation.IsOpen || operation.Command is not ISaveCommand || _accepted.ContainsKey(operation.Id!.Value))];
        if (_operations.Length > 63) throw new ArgumentException("A history of at most 63 operations can be checked.", nameof(history));
        for (var i = 0; i < _operations.Length; i++)
            if (_operations[i].IsOpen)
                _open |= 1UL << i;
    }

    /// <summary>Whether one id was told two revisions: then no order needs to be looked for.</summary>
    private bool IsContradictory { get; }

    public static bool IsLinearizable(IEnumerable<Operation> history)
    {
        var checker = new LinearizabilityChecker(history);
        return !checker.IsContradictory && checker.Search(0, new KeyModel());
    }

    private bool Hear(Operation operation)
    {
        long? revision = operation.Reply switch
        {
            Saved saved => saved.Revision,
            Claimed claimed => claimed.Revision,
            Deleted { Existed: true } deleted => deleted.Revision,
            _ => null,
        };
        return revision is not { } heard || _accepted.TryAdd(operation.Id!.Value, heard) || _accepted[operation.Id.Value] == heard;
    }

    private bool Search(ulong taken, KeyModel model)
    {
        if ((taken | _open) == (1UL << _operations.Length) - 1) return true;
        if (!_seen.Add((taken, model.Log))) return false;
        // Nothing that began after one of the rest was over can come before it.
        var firstEnd = Indexes(taken | _open).Min(i => _operations[i].End);
        foreach (var i in Indexes(taken).Where(i => _operations[i].Begin <= firstEnd))
        {
            var operation = _operations[i];
            var (next, answer) = model.Apply(operation.Command);
            var isChange = next.Revision > model.Revision;
            // An open one that changes nothing might as well never happen; an accepted one happened at its revision.
            if (operation.IsOpen ? !isChange : answer != KeyModel.TextOf(operation.Reply!)) continue;
            if (isChange && _accepted.TryGetValue(operation.Id!.Value, out var revision) && revision != next.Revision) continue;
            if (Search(taken | (1UL << i), next)) return true;
        }

        return false;
    }

    private IEnumerable<int> Indexes(ulong without) => Enumerable.Range(0, _operations.Length).Where(i => (without & (1UL << i)) == 0);
}
