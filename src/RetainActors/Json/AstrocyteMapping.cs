using System.Collections.Immutable;
using System.Text.Json;

namespace RetainActors.Json;

/// <summary>
/// The seed's members and ours. Unknown members keep their names; one that a context could not hold, because a member of its own has that name,
/// is kept as <c>astrocyte.NAME</c>. So is the text of a duration that Python would have written in other digits.
/// </summary>
internal static class AstrocyteMapping
{
    private const string Prefix = "astrocyte.";
    private const string DurationText = Prefix + "duration_ms";

    private static readonly ImmutableHashSet<string> SeedMembers =
    [
        .. ContextValidation.NamesOf(AstrocyteJsonContext.Default.AstrocyteDocument), AstrocyteExtras.Name,
    ];

    private static readonly ImmutableHashSet<string> SeedStepMembers = ContextValidation.NamesOf(AstrocyteJsonContext.Default.AstrocyteStep);

    /// <exception cref="JsonException">The members contradict each other or hold null where a text belongs.</exception>
    /// <exception cref="ArgumentException">An id is none.</exception>
    public static RetainContext ToContext(AstrocyteDocument document, string firstState)
    {
        if (document.MdTextLen < 0) throw new JsonException("md_text_len is negative.");
        var lastState = string.IsNullOrEmpty(document.LastState) ? firstState : document.LastState;
        JsonElement? extras = document.UnknownMembers?.Remove(AstrocyteExtras.Name, out var value) == true ? value : null;
        var context = new RetainContext(new CheckpointKey(document.BankId, document.SourceId))
        {
            TextLength = document.MdTextLen,
            ReferenceDate = document.ReferenceDate,
            DocumentId = document.DocumentId,
            Entities = Texts("entities", document.Entities),
            WikisCreated = Texts("wikis_created", document.WikisCreated),
            WikisUpdated = Texts("wikis_updated", document.WikisUpdated),
            SupersedesEdges = [.. (document.SupersedesEdges ?? []).Select(ToEdge)],
            NextState = lastState,
            Status = document.CompletedAt is null ? CheckpointStatus.Running : CheckpointStatus.Completed,
            StepLog = [.. (document.StepLog ?? []).Select(ToEntry)],
            Errors = Texts("errors", document.Errors),
            StartedAt = document.StartedAt,
            CompletedAt = document.CompletedAt,
            UnknownMembers = ToMembers(document.UnknownMembers, ContextValidation.KnownMembers),
        };
        return extras is { } more ? WithExtras(context, more, lastState) : context;
    }

    /// <exception cref="JsonException">An unknown member has the name of one of the seed's.</exception>
    public static AstrocyteDocument ToDocument(RetainContext context, int schemaVersion, string firstState)
    {
        var lastState = context.NextState ?? context.CompletedState ?? firstState;
        var members = FromMembers(context.UnknownMembers, SeedMembers);
        if (NeedsExtras(context, lastState))
            members.Add(AstrocyteExtras.Name, JsonSerializer.SerializeToElement(ExtrasOf(context), AstrocyteJsonContext.Default.AstrocyteExtras));
        return new AstrocyteDocument
        {
            SchemaVersion = schemaVersion,
            BankId = context.Key.Bank,
            SourceId = context.Key.Source,
            MdTextLen = context.TextLength,
            ReferenceDate = context.ReferenceDate,
            DocumentId = context.DocumentId,
            Entities = All(context.Entities),
            WikisCreated = All(context.WikisCreated),
            WikisUpdated = All(context.WikisUpdated),
            SupersedesEdges = context.SupersedesEdges.IsDefault ? [] : [.. context.SupersedesEdges.Select(edge => new[] { edge.From, edge.To })],
            LastState = lastState,
            StepLog = context.StepLog.IsDefault ? [] : [.. context.StepLog.Select(ToStep)],
            Errors = All(context.Errors),
            StartedAt = context.StartedAt,
            CompletedAt = context.CompletedAt,
            UnknownMembers = members,
        };
    }

    private static bool NeedsExtras(RetainContext context, string lastState) =>
        context.TextSha256 is not null || context.Table is not null || context.UnparkedAfterAttempt != 0 || context.Attempt != 1 || context.CompletedState is not null || context.NextState != lastState
        || context.Status != (context.CompletedAt is null ? CheckpointStatus.Running : CheckpointStatus.Completed)
        || (!context.StepLog.IsDefault && context.StepLog.Any(step => step.Attempt != 1));

    private static AstrocyteExtras ExtrasOf(RetainContext context) => new()
    {
        TextSha256 = context.TextSha256,
        CompletedState = context.CompletedState,
        NextState = context.NextState,
        Status = context.Status,
        Attempt = context.Attempt,
        StepAttempts = context.StepLog.IsDefault ? [] : [.. context.StepLog.Select(step => step.Attempt)],
        UnparkedAfterAttempt = context.UnparkedAfterAttempt,
        Table = context.Table,
    };

    /// <summary>The seed drops the member whenever it saves; one that does not fit the rest was left behind by another hand.</summary>
    private static RetainContext WithExtras(RetainContext context, JsonElement more, string lastState)
    {
        var extras = more.Deserialize(AstrocyteJsonContext.Default.AstrocyteExtras)
            ?? throw new JsonException($"{AstrocyteExtras.Name} is null.");
        if ((extras.NextState ?? extras.CompletedState ?? lastState) != lastState || extras.StepAttempts.Length != context.StepLog.Length)
            throw new JsonException(
                $"{AstrocyteExtras.Name} does not fit last_state and step_log, which were changed after it was written; remove it to import the rest.");
        return context with
        {
            TextSha256 = extras.TextSha256,
            CompletedState = extras.CompletedState,
            NextState = extras.NextState,
            Status = extras.Status,
            Attempt = extras.Attempt,
            UnparkedAfterAttempt = extras.UnparkedAfterAttempt,
            Table = extras.Table,
            StepLog = [.. context.StepLog.Zip(extras.StepAttempts, (step, attempt) => step with { Attempt = attempt })],
        };
    }

    private static StepLogEntry ToEntry(AstrocyteStep? step, int index)
    {
        if (step is null) throw new JsonException($"step_log[{index}] is null.");
        var unknown = ToMembers(step.UnknownMembers, ContextValidation.KnownStepMembers);
        double? duration = null;
        if (step.DurationMs is { ValueKind: not JsonValueKind.Null } raw)
        {
            if (raw.ValueKind != JsonValueKind.Number || !double.IsFinite(raw.GetDouble())) throw new JsonException($"step_log[{index}].duration_ms is no number of milliseconds.");
            duration = raw.GetDouble();
            if (AstrocyteJsonText.OfFloat(raw.GetDouble()) != raw.GetRawText()) unknown = unknown.With(DurationText, raw);
        }

        return new StepLogEntry(step.State, step.StartedAt, step.CompletedAt, duration, step.Error)
        {
            Notes = step.Notes ?? JsonMembers.Empty,
            UnknownMembers = unknown,
        };
    }

    private static AstrocyteStep ToStep(StepLogEntry entry)
    {
        var members = entry.UnknownMembers;
        JsonElement? duration = entry.DurationMs is { } number ? Raw(AstrocyteJsonText.OfFloat(number)) : null;
        if (members.TryGet(DurationText, out var written))
        {
            duration = written;
            members = JsonMembers.From(members.Where(member => member.Key != DurationText));
        }

        return new AstrocyteStep
        {
            State = entry.State,
            StartedAt = entry.StartedAt,
            CompletedAt = entry.CompletedAt,
            DurationMs = duration,
            Error = entry.Error,
            Notes = entry.Notes,
            UnknownMembers = FromMembers(members, SeedStepMembers),
        };
    }

    private static SupersedesEdge ToEdge(string?[]? edge, int index) => edge is [{ } from, { } to]
        ? new SupersedesEdge(from, to)
        : throw new JsonException($"supersedes_edges[{index}] is no pair of texts.");

    private static ImmutableArray<string> Texts(string name, string?[]? texts) =>
        [.. (texts ?? []).Select((text, i) => text ?? throw new JsonException($"{name}[{i}] is null."))];

    private static string[] All(ImmutableArray<string> texts) => texts.IsDefault ? [] : [.. texts];

    private static JsonMembers ToMembers(Dictionary<string, JsonElement>? members, ImmutableHashSet<string> ours) => JsonMembers.From(
        (members ?? []).Select(member => KeyValuePair.Create(
            ours.Contains(member.Key) || member.Key.StartsWith(Prefix, StringComparison.Ordinal) ? Prefix + member.Key : member.Key, member.Value)));

    private static Dictionary<string, JsonElement> FromMembers(JsonMembers members, ImmutableHashSet<string> seeds)
    {
        var all = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var (kept, value) in members)
        {
            var name = kept.StartsWith(Prefix, StringComparison.Ordinal) ? kept[Prefix.Length..] : kept;
            if (seeds.Contains(name) || !all.TryAdd(name, value)) throw new JsonException($"the unknown member '{kept}' has the name of another member of the file.");
        }

        return all;
    }

    private static JsonElement Raw(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }
}
