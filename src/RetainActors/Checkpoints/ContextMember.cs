using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using RetainActors.Json;

namespace RetainActors.Checkpoints;

/// <summary>
/// One known member of a context's stored form: how a delta compares, sets, extends and removes it. Compared as values, so
/// that the cost of a delta follows what changed and not the whole context.
/// </summary>
internal abstract class ContextMember(string name)
{
    /// <summary>Every known member but the key, in the order of the stored form.</summary>
    public static ImmutableArray<ContextMember> All { get; } =
    [
        new Scalar<long>("textLength", c => c.TextLength, (c, v) => c with { TextLength = v }, CheckpointJson.Stored.Int64),
        new Scalar<string?>("textSha256", c => c.TextSha256, (c, v) => c with { TextSha256 = v }, CheckpointJson.Stored.String!),
        new Scalar<Timestamp?>("referenceDate", c => c.ReferenceDate, (c, v) => c with { ReferenceDate = v }, CheckpointJson.Stored.Timestamp!),
        new Scalar<string?>("documentId", c => c.DocumentId, (c, v) => c with { DocumentId = v }, CheckpointJson.Stored.String!),
        Texts("entities", c => c.Entities, (c, v) => c with { Entities = v }),
        Texts("wikisCreated", c => c.WikisCreated, (c, v) => c with { WikisCreated = v }),
        Texts("wikisUpdated", c => c.WikisUpdated, (c, v) => c with { WikisUpdated = v }),
        new Items<SupersedesEdge, string[]>(
            "supersedesEdges", c => c.SupersedesEdges, (c, v) => c with { SupersedesEdges = v },
            CheckpointJson.Stored.StringArrayArray, ContextDocument.FromEdge, ContextDocument.ToEdge),
        new Scalar<string?>("completedState", c => c.CompletedState, (c, v) => c with { CompletedState = v }, CheckpointJson.Stored.String!),
        new Scalar<string?>("nextState", c => c.NextState, (c, v) => c with { NextState = v }, CheckpointJson.Stored.String!),
        new Scalar<CheckpointStatus>("status", c => c.Status, (c, v) => c with { Status = v }, CheckpointJson.Stored.CheckpointStatus),
        new Scalar<int>("attempt", c => c.Attempt, (c, v) => c with { Attempt = v }, CheckpointJson.Stored.Int32, absent: 1),
        new Scalar<int>(
            "unparkedAfterAttempt", c => c.UnparkedAfterAttempt, (c, v) => c with { UnparkedAfterAttempt = v }, CheckpointJson.Stored.Int32),
        new Scalar<TableFingerprint?>("table", c => c.Table, (c, v) => c with { Table = v }, CheckpointJson.Stored.TableFingerprint!),
        new Items<StepLogEntry, StepDocument>(
            "stepLog", c => c.StepLog, (c, v) => c with { StepLog = v },
            CheckpointJson.Stored.StepDocumentArray, StepDocument.From, step => step.ToEntry()),
        Texts("errors", c => c.Errors, (c, v) => c with { Errors = v }),
        new Scalar<Timestamp?>("startedAt", c => c.StartedAt, (c, v) => c with { StartedAt = v }, CheckpointJson.Stored.Timestamp!),
        new Scalar<Timestamp?>("completedAt", c => c.CompletedAt, (c, v) => c with { CompletedAt = v }, CheckpointJson.Stored.Timestamp!),
    ];

    /// <summary>The members by name; what is not among them is an unknown member.</summary>
    public static FrozenDictionary<string, ContextMember> ByName { get; } = All.ToFrozenDictionary(member => member.Name, StringComparer.Ordinal);

    public string Name { get; } = name;

    /// <summary>Adds what changed to a delta.</summary>
    public abstract void Compare(RetainContext before, RetainContext after, ContextDelta.Builder delta);

    public abstract RetainContext Set(RetainContext context, JsonElement value);

    public abstract RetainContext Append(RetainContext context, JsonElement items);

    public abstract RetainContext Remove(RetainContext context);

    private static Items<string, string> Texts(
        string name, Func<RetainContext, ImmutableArray<string>> get, Func<RetainContext, ImmutableArray<string>, RetainContext> with) =>
        new(name, get, with, CheckpointJson.Stored.StringArray, text => text, text => text);

    private sealed class Scalar<T>(
        string name, Func<RetainContext, T> get, Func<RetainContext, T, RetainContext> with, JsonTypeInfo<T> type, T? absent = default)
        : ContextMember(name)
    {
        public override void Compare(RetainContext before, RetainContext after, ContextDelta.Builder delta)
        {
            var value = get(after);
            if (EqualityComparer<T>.Default.Equals(get(before), value)) return;
            if (value is null) delta.Remove(Name);
            else delta.Set(Name, JsonSerializer.SerializeToElement(value, type));
        }

        public override RetainContext Set(RetainContext context, JsonElement value) => with(context, value.Deserialize(type)!);

        public override RetainContext Append(RetainContext context, JsonElement items) => throw new FormatException($"{Name} is no list");

        public override RetainContext Remove(RetainContext context) => with(context, absent!);
    }

    private sealed class Items<T, TStored>(
        string name, Func<RetainContext, ImmutableArray<T>> get, Func<RetainContext, ImmutableArray<T>, RetainContext> with,
        JsonTypeInfo<TStored[]> type, Func<T, TStored> toStored, Func<TStored, T> fromStored)
        : ContextMember(name)
    {
        public override void Compare(RetainContext before, RetainContext after, ContextDelta.Builder delta)
        {
            var (old, current) = (Of(before), Of(after));
            if (old == current) return; // the same array: the usual case of a member that a state did not touch
            var isPrefix = current.AsSpan().StartsWith(old.AsSpan(), EqualityComparer<T>.Default);
            if (isPrefix && current.Length == old.Length) return;
            if (current.IsEmpty) delta.Remove(Name);
            else if (isPrefix) delta.Append(Name, ToJson(current.AsSpan()[old.Length..]));
            else delta.Set(Name, ToJson(current.AsSpan()));
        }

        public override RetainContext Set(RetainContext context, JsonElement value) => with(context, FromJson(value));

        public override RetainContext Append(RetainContext context, JsonElement items) => with(context, Of(context).AddRange(FromJson(items)));

        public override RetainContext Remove(RetainContext context) => with(context, []);

        private ImmutableArray<T> Of(RetainContext context) => get(context) is { IsDefault: false } items ? items : [];

        private ImmutableArray<T> FromJson(JsonElement items) => [.. (items.Deserialize(type) ?? []).Select(fromStored)];

        private JsonElement ToJson(ReadOnlySpan<T> items)
        {
            var stored = new TStored[items.Length];
            for (var i = 0; i < items.Length; i++) stored[i] = toStored(items[i]);
            return JsonSerializer.SerializeToElement(stored, type);
        }
    }
}
