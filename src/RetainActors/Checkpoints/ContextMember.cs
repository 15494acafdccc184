using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using RetainActors.Json;

namespace RetainActors.Checkpoints;

/// <summary>How a member of a context differs from what it was.</summary>
internal enum MemberChange
{
    None,
    Set,
    Append,
    Remove,
}

/// <summary>
/// One known member of a context's stored form: how it is written, and how a delta compares, sets, extends and removes it. Compared
/// as values, so that the cost of a delta follows what changed and not the whole context.
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
            StoredValues.Write, CheckpointJson.Stored.StringArrayArray, ContextDocument.ToEdge),
        new Scalar<string?>("completedState", c => c.CompletedState, (c, v) => c with { CompletedState = v }, CheckpointJson.Stored.String!),
        new Scalar<string?>("nextState", c => c.NextState, (c, v) => c with { NextState = v }, CheckpointJson.Stored.String!),
        new Scalar<CheckpointStatus>("status", c => c.Status, (c, v) => c with { Status = v }, CheckpointJson.Stored.CheckpointStatus),
        new Scalar<int>("attempt", c => c.Attempt, (c, v) => c with { Attempt = v }, CheckpointJson.Stored.Int32, absent: 1),
        new Scalar<int>(
            "unparkedAfterAttempt", c => c.UnparkedAfterAttempt, (c, v) => c with { UnparkedAfterAttempt = v }, CheckpointJson.Stored.Int32,
            isLeftOut: v => v == 0),
        new Scalar<TableFingerprint?>("table", c => c.Table, (c, v) => c with { Table = v }, CheckpointJson.Stored.TableFingerprint!),
        new Items<StepLogEntry, StepDocument>(
            "stepLog", c => c.StepLog, (c, v) => c with { StepLog = v },
            StoredValues.Write, CheckpointJson.Stored.StepDocumentArray, step => step.ToEntry()),
        Texts("errors", c => c.Errors, (c, v) => c with { Errors = v }),
        new Scalar<Timestamp?>("startedAt", c => c.StartedAt, (c, v) => c with { StartedAt = v }, CheckpointJson.Stored.Timestamp!),
        new Scalar<Timestamp?>("completedAt", c => c.CompletedAt, (c, v) => c with { CompletedAt = v }, CheckpointJson.Stored.Timestamp!),
    ];

    /// <summary>The members by name; what is not among them is an unknown member.</summary>
    public static FrozenDictionary<string, ContextMember> ByName { get; } = All.ToFrozenDictionary(member => member.Name, StringComparer.Ordinal);

    private readonly JsonEncodedText _encodedName = JsonEncodedText.Encode(name);

    public string Name { get; } = name;

    /// <summary>How the member changed, and for a list that grew how many items it had before.</summary>
    public abstract MemberChange Compare(RetainContext before, RetainContext after, out int kept);

    /// <summary>Writes the member's name and its value, of a list the items behind the first <paramref name="from"/>.</summary>
    public void Write(Utf8JsonWriter writer, RetainContext context, int from = 0)
    {
        writer.WritePropertyName(_encodedName);
        WriteValue(writer, context, from);
    }

    /// <summary>Whether the stored form of a context leaves it out.</summary>
    public abstract bool IsLeftOut(RetainContext context);

    /// <summary>The context with the value that the reader stands before.</summary>
    public abstract RetainContext Set(RetainContext context, ref Utf8JsonReader value);

    /// <summary>The context with the items that the reader stands before behind those that it has.</summary>
    public abstract RetainContext Append(RetainContext context, ref Utf8JsonReader items);

    public abstract RetainContext Remove(RetainContext context);

    protected abstract void WriteValue(Utf8JsonWriter writer, RetainContext context, int from);

    private static Items<string, string> Texts(
        string name, Func<RetainContext, ImmutableArray<string>> get, Func<RetainContext, ImmutableArray<string>, RetainContext> with) =>
        new(name, get, with, (writer, text) => writer.WriteStringValue(text), CheckpointJson.Stored.StringArray, fromStored: null);

    private sealed class Scalar<T>(
        string name, Func<RetainContext, T> get, Func<RetainContext, T, RetainContext> with, JsonTypeInfo<T> type, T? absent = default,
        Func<T, bool>? isLeftOut = null)
        : ContextMember(name)
    {
        public override MemberChange Compare(RetainContext before, RetainContext after, out int kept)
        {
            kept = 0;
            var value = get(after);
            if (EqualityComparer<T>.Default.Equals(get(before), value)) return MemberChange.None;
            return value is null ? MemberChange.Remove : MemberChange.Set;
        }

        public override bool IsLeftOut(RetainContext context) => get(context) is not { } value || isLeftOut?.Invoke(value) == true;

        public override RetainContext Set(RetainContext context, ref Utf8JsonReader value) =>
            with(context, JsonSerializer.Deserialize(ref value, type)!);

        public override RetainContext Append(RetainContext context, ref Utf8JsonReader items) => throw new FormatException($"{Name} is no list");

        public override RetainContext Remove(RetainContext context) => with(context, absent!);

        protected override void WriteValue(Utf8JsonWriter writer, RetainContext context, int from) => JsonSerializer.Serialize(writer, get(context), type);
    }

    private sealed class Items<T, TStored>(
        string name, Func<RetainContext, ImmutableArray<T>> get, Func<RetainContext, ImmutableArray<T>, RetainContext> with,
        Action<Utf8JsonWriter, T> write, JsonTypeInfo<TStored[]> type, Func<TStored, T>? fromStored)
        : ContextMember(name)
        where TStored : class
    {
        public override MemberChange Compare(RetainContext before, RetainContext after, out int kept)
        {
            kept = 0;
            var (old, current) = (Of(before), Of(after));
            if (old == current) return MemberChange.None; // the same array: the usual case of a member that a state did not touch
            var isPrefix = current.AsSpan().StartsWith(old.AsSpan(), EqualityComparer<T>.Default);
            if (isPrefix && current.Length == old.Length) return MemberChange.None;
            if (current.IsEmpty) return MemberChange.Remove;
            if (!isPrefix) return MemberChange.Set;
            kept = old.Length;
            return MemberChange.Append;
        }

        public override bool IsLeftOut(RetainContext context) => get(context).IsDefaultOrEmpty;

        public override RetainContext Set(RetainContext context, ref Utf8JsonReader value) => with(context, Read(ref value));

        public override RetainContext Append(RetainContext context, ref Utf8JsonReader items) => with(context, Of(context).AddRange(Read(ref items)));

        public override RetainContext Remove(RetainContext context) => with(context, []);

        protected override void WriteValue(Utf8JsonWriter writer, RetainContext context, int from)
        {
            writer.WriteStartArray();
            foreach (var item in Of(context).AsSpan()[from..]) write(writer, item);
            writer.WriteEndArray();
        }

        private ImmutableArray<T> Of(RetainContext context) => get(context) is { IsDefault: false } items ? items : [];

        private ImmutableArray<T> Read(ref Utf8JsonReader items)
        {
            var stored = StoredValues.Whole(JsonSerializer.Deserialize(ref items, type));
            if (fromStored is null) return ImmutableCollectionsMarshal.AsImmutableArray((T[])(object)stored);
            var values = new T[stored.Length];
            for (var i = 0; i < values.Length; i++) values[i] = fromStored(stored[i]);
            return ImmutableCollectionsMarshal.AsImmutableArray(values);
        }
    }
}
