using System.Collections.Immutable;
using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests.Checkpoints.Linearizability;

/// <summary>
/// What one key is by the contract, in the plainest form: a register with a revision and an epoch that remembers the
/// answers it gave. Written apart from the decider, so that the two are compared. Contexts are told apart by their document id.
/// </summary>
internal sealed record KeyModel
{
    public string? Value { get; private init; }

    public long Revision { get; private init; }

    private long Epoch { get; init; }

    private bool IsOwned { get; init; }

    private ImmutableDictionary<Guid, string> Answers { get; init; } = ImmutableDictionary<Guid, string>.Empty;

    private ImmutableSortedDictionary<long, string?> Past { get; init; } = ImmutableSortedDictionary<long, string?>.Empty;

    /// <summary>Everything that was ever accepted, in order: two models with the same log are the same.</summary>
    public string Log { get; private init; } = "";

    /// <summary>What a request makes of the key, and the answer that it gets, as text.</summary>
    public (KeyModel Next, string Answer) Apply(ICheckpointCommand command) => command switch
    {
        Save save => Once(save.SaveId, () => Save(save)),
        Rewind rewind => Once(rewind.SaveId, () => Rewind(rewind)),
        Claim claim => Once(claim.ClaimId, () =>
        {
            var next = Stored("claim", Value) with { Epoch = Epoch + 1, IsOwned = true };
            return (next, $"claimed {next.Epoch} at {next.Revision}");
        }),
        Delete delete => Once(delete.DeleteId, () => Value is null && !IsOwned
            ? (this, $"deleted False at {Revision}")
            : (Deleted(), $"deleted {Value is not null} at {Revision + 1}")),
        Load => (this, Value is null ? "not found" : $"loaded {Value} of {Epoch} at {Revision}"),
        SaveStatus status => (this, Answers.TryGetValue(status.SaveId, out var answer) ? answer : "save not found"),
        History => (this, $"history {string.Join(' ', Past.Keys.Reverse())}"),
        _ => throw new ArgumentException($"{command} is not modelled.", nameof(command)),
    };

    /// <summary>The text of a real answer.</summary>
    public static string TextOf(ICheckpointReply reply) => reply switch
    {
        Saved saved => $"saved at {saved.Revision}",
        SaveRefused refused => $"refused {refused.Reason}",
        Claimed claimed => $"claimed {claimed.Epoch} at {claimed.Revision}",
        Deleted deleted => $"deleted {deleted.Existed} at {deleted.Revision}",
        Loaded loaded => $"loaded {loaded.Context.DocumentId} of {loaded.Epoch} at {loaded.Revision}",
        NotFound => "not found",
        SaveNotFound => "save not found",
        HistoryPage page => $"history {string.Join(' ', page.Revisions.Select(revision => revision.Revision))}",
        SaveUnknown unknown => $"unknown: {unknown.Detail}",
        ClaimRefused refused => $"refused {refused.Reason}: {refused.Detail}",
        Unavailable unavailable => $"unavailable {unavailable.Reason}: {unavailable.Detail}",
        _ => $"{reply}",
    };

    private (KeyModel, string) Save(Save save)
    {
        if (save.Epoch is null ? IsOwned : save.Epoch < Epoch) return (this, "refused StaleEpoch");
        if (save.Epoch > Epoch) return (this, "refused Invalid");
        if (save.ExpectedRevision is { } expected && expected != (Value is null ? 0 : Revision)) return (this, "refused Conflict");
        var next = Stored("save", save.Context.DocumentId) with { IsOwned = IsOwned && save.Context.Status == CheckpointStatus.Running };
        return (next, $"saved at {next.Revision}");
    }

    private (KeyModel, string) Rewind(Rewind rewind)
    {
        if (Past.GetValueOrDefault(rewind.Revision) is not { } value) return (this, "refused Invalid");
        var next = Stored("rewind", value) with { Epoch = Epoch + 1, IsOwned = false };
        return (next, $"saved at {next.Revision}");
    }

    private KeyModel Deleted() => Stored("delete", null) with
    {
        Epoch = Epoch + 1, IsOwned = false, Past = ImmutableSortedDictionary<long, string?>.Empty,
    };

    private KeyModel Stored(string kind, string? value) => this with
    {
        Revision = Revision + 1,
        Value = value,
        Past = Past.Add(Revision + 1, value),
        Log = $"{Log} {kind}={value}",
    };

    private (KeyModel, string) Once(Guid? id, Func<(KeyModel Next, string Answer)> apply)
    {
        if (Answers.TryGetValue(id!.Value, out var answer)) return (this, answer);
        var (next, given) = apply();
        return next.Revision == Revision ? (next, given) : (next with { Answers = Answers.Add(id.Value, given), Log = $"{next.Log}({id})" }, given);
    }
}
