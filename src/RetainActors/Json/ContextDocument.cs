using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RetainActors.Json;

/// <summary>
/// The stored form of a <see cref="RetainContext"/>, as it is read; <see cref="ContextJson"/> writes it. Its names are a contract: they are
/// added to, never renamed. Null and empty members are left out.
/// </summary>
internal sealed class ContextDocument
{
    public required string Bank { get; set; }
    public required string Source { get; set; }
    public long TextLength { get; set; }
    public string? TextSha256 { get; set; }
    public Timestamp? ReferenceDate { get; set; }
    public string? DocumentId { get; set; }
    public string[]? Entities { get; set; }
    public string[]? WikisCreated { get; set; }
    public string[]? WikisUpdated { get; set; }
    public string[][]? SupersedesEdges { get; set; }
    public string? CompletedState { get; set; }
    public string? NextState { get; set; }
    public CheckpointStatus Status { get; set; }
    public int Attempt { get; set; } = 1;
    public int? UnparkedAfterAttempt { get; set; }
    public TableFingerprint? Table { get; set; }
    public StepDocument[]? StepLog { get; set; }
    public string[]? Errors { get; set; }
    public Timestamp? StartedAt { get; set; }
    public Timestamp? CompletedAt { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? UnknownMembers { get; set; }

    public RetainContext ToContext() => new(new CheckpointKey(Bank, Source))
    {
        TextLength = TextLength,
        TextSha256 = TextSha256,
        ReferenceDate = ReferenceDate,
        DocumentId = DocumentId,
        Entities = ImmutableCollectionsMarshal.AsImmutableArray(StoredValues.Whole(Entities)),
        WikisCreated = ImmutableCollectionsMarshal.AsImmutableArray(StoredValues.Whole(WikisCreated)),
        WikisUpdated = ImmutableCollectionsMarshal.AsImmutableArray(StoredValues.Whole(WikisUpdated)),
        SupersedesEdges = [.. StoredValues.Whole(SupersedesEdges).Select(ToEdge)],
        CompletedState = CompletedState,
        NextState = NextState,
        Status = Status,
        Attempt = Attempt,
        UnparkedAfterAttempt = UnparkedAfterAttempt ?? 0,
        Table = Table,
        StepLog = [.. StoredValues.Whole(StepLog).Select(step => step.ToEntry())],
        Errors = ImmutableCollectionsMarshal.AsImmutableArray(StoredValues.Whole(Errors)),
        StartedAt = StartedAt,
        CompletedAt = CompletedAt,
        UnknownMembers = FromDictionary(UnknownMembers),
    };

    internal static JsonMembers FromDictionary(Dictionary<string, JsonElement>? members) =>
        members is null ? JsonMembers.Empty : JsonMembers.From(members);

    internal static SupersedesEdge ToEdge(string[] pair) => pair is [{ } from, { } to]
        ? new SupersedesEdge(from, to)
        : throw new JsonException("supersedesEdges: an edge is a pair of texts.");
}

/// <summary>The stored form of a <see cref="TableFingerprint"/>.</summary>
internal sealed class TableDocument
{
    public string? Version { get; set; }
    public required string InitialState { get; set; }
    public required Dictionary<string, string[]> States { get; set; }

    public TableFingerprint ToFingerprint() => new(
        Version, InitialState,
        States.ToImmutableSortedDictionary(state => state.Key, state => ImmutableCollectionsMarshal.AsImmutableArray(StoredValues.Whole(state.Value)), StringComparer.Ordinal));
}

/// <summary>The stored form of a <see cref="StepLogEntry"/>, as it is read.</summary>
internal sealed class StepDocument
{
    public required string State { get; set; }
    public required Timestamp StartedAt { get; set; }
    public Timestamp? CompletedAt { get; set; }
    public double? DurationMs { get; set; }
    public string? Error { get; set; }
    public JsonMembers? Notes { get; set; }
    public int Attempt { get; set; } = 1;

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? UnknownMembers { get; set; }

    public StepLogEntry ToEntry() => new(State, StartedAt, CompletedAt, Finite(DurationMs), Error, Attempt)
    {
        Notes = Notes ?? JsonMembers.Empty,
        UnknownMembers = ContextDocument.FromDictionary(UnknownMembers),
    };

    /// <summary>A number that is too large for a double is read as infinity, which could not be written again.</summary>
    private static double? Finite(double? number) =>
        number is not { } value || double.IsFinite(value) ? number : throw new JsonException("durationMs: a finite number was expected.");
}
