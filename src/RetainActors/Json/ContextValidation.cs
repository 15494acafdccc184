using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Json;

/// <summary>
/// Finds what cannot be stored faithfully and read back: JSON has no NaN, a lone surrogate would silently become U+FFFD,
/// readers refuse doubled names and deep nesting. Checked at the edge, before anything is written.
/// </summary>
internal static class ContextValidation
{
    /// <summary>Deepest nesting of a context. Below the reader's 64, since a branch's record wraps members of the context.</summary>
    public const int MaxDepth = 60;

    private const int DepthOfMembers = 1;
    private const int DepthOfStepMembers = 3;

    internal static readonly ImmutableHashSet<string> KnownMembers = NamesOf(CheckpointJson.Stored.ContextDocument);
    internal static readonly ImmutableHashSet<string> KnownStepMembers = NamesOf(CheckpointJson.Stored.StepDocument);

    /// <summary>The path of the first member that cannot be stored, with the reason; null when all can.</summary>
    public static string? FirstProblem(RetainContext context) =>
        InText("textSha256", context.TextSha256)
        ?? InText("documentId", context.DocumentId)
        ?? InText("completedState", context.CompletedState)
        ?? InText("nextState", context.NextState)
        ?? InTable(context.Table)
        ?? InTexts("entities", context.Entities)
        ?? InTexts("wikisCreated", context.WikisCreated)
        ?? InTexts("wikisUpdated", context.WikisUpdated)
        ?? InTexts("errors", context.Errors)
        ?? First(context.SupersedesEdges, "supersedesEdges", (path, edge) => InItem(path + "[0]", edge.From) ?? InItem(path + "[1]", edge.To))
        ?? First(context.StepLog, "stepLog", InStep, IsPlain)
        ?? InMembers("", context.UnknownMembers, KnownMembers, DepthOfMembers);

    /// <summary>The same of the result of a branch.</summary>
    public static string? FirstProblem(SaveBranch save) =>
        InItem("branch", save.Branch)
        ?? InMembers("set.", save.Delta.Set, [], DepthOfMembers)
        ?? InMembers("append.", save.Delta.Append, [], DepthOfMembers)
        ?? InTexts("remove", save.Delta.Remove);

    private static string? InTable(TableFingerprint? table) => table is null
        ? null
        : InText("table.version", table.Version)
        ?? InItem("table.initialState", table.InitialState)
        ?? (IsPlain(table) ? null : InTexts("table.states", [.. table.States.SelectMany(state => state.Value.Add(state.Key))]));

    private static bool IsPlain(TableFingerprint table)
    {
        foreach (var (name, edges) in table.States)
        {
            if (!IsPlain(name)) return false;
            foreach (var edge in edges)
                if (!IsPlain(edge)) return false;
        }

        return true;
    }

    private static string? InStep(string path, StepLogEntry step) =>
        InItem(path + ".state", step.State)
        ?? InText(path + ".error", step.Error)
        ?? (step.DurationMs is { } duration && !double.IsFinite(duration) ? $"{path}.durationMs is {duration}, which JSON cannot hold" : null)
        ?? InMembers(path + ".notes.", step.Notes, [], DepthOfStepMembers + 1)
        ?? InMembers(path + ".", step.UnknownMembers, KnownStepMembers, DepthOfStepMembers);

    /// <summary>Whether a step is as most are, so that no path needs to be spelled out to find nothing.</summary>
    private static bool IsPlain(StepLogEntry step) =>
        IsPlain(step.State) && step.Error is null && step.DurationMs is null or (>= 0 and < double.MaxValue)
        && step.Notes.Count == 0 && step.UnknownMembers.Count == 0;

    private static bool IsPlain(string? text) => text is not null && WellFormedText.LoneSurrogateIn(text) is null;

    private static string? InTexts(string path, ImmutableArray<string> texts) => First(texts, path, InItem, IsPlain);

    private static string? First<T>(ImmutableArray<T> items, string path, Func<string, T, string?> check, Func<T, bool>? isPlain = null)
    {
        if (items.IsDefault) return null;
        for (var i = 0; i < items.Length; i++)
            if (isPlain?.Invoke(items[i]) != true && check($"{path}[{i}]", items[i]) is { } problem)
                return problem;
        return null;
    }

    private static string? InMembers(string path, JsonMembers members, ImmutableHashSet<string> known, int depth)
    {
        foreach (var (name, value) in members.AsSpan())
        {
            var problem = InText($"{path}{name} (the name)", name)
                ?? (known.Contains(name) ? $"{path}{name} is the name of a known member" : null)
                ?? InElement(path + name, value, depth);
            if (problem is not null) return problem;
        }

        return null;
    }

    private static string? InElement(string path, JsonElement element, int depth) => element.ValueKind switch
    {
        JsonValueKind.String => IsWellFormed(element) ? null : $"{path} holds a lone surrogate",
        JsonValueKind.Array or JsonValueKind.Object when depth >= MaxDepth => $"{path} is nested deeper than {MaxDepth} levels",
        JsonValueKind.Array => element.EnumerateArray()
            .Select((item, i) => InElement($"{path}[{i}]", item, depth + 1)).FirstOrDefault(problem => problem is not null),
        JsonValueKind.Object => InObject(path, element, depth),
        _ => null,
    };

    private static string? InObject(string path, JsonElement element, int depth)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in element.EnumerateObject())
        {
            string name;
            try
            {
                name = member.Name;
            }
            catch (InvalidOperationException)
            {
                return $"{path} has a member whose name holds a lone surrogate";
            }

            if (!names.Add(name)) return $"{path}.{name} is there twice";
            if (InElement($"{path}.{name}", member.Value, depth + 1) is { } problem) return problem;
        }

        return null;
    }

    internal static ImmutableHashSet<string> NamesOf(JsonTypeInfo document) =>
        [.. document.Properties.Where(property => !property.IsExtensionData).Select(property => property.Name)];

    private static bool IsWellFormed(JsonElement text)
    {
        try
        {
            return text.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false; // what the reader throws for an escaped lone surrogate
        }
    }

    /// <summary>Of a text that must be there, whatever the compiler was told.</summary>
    private static string? InItem(string path, string? text) => text is null ? $"{path} is null" : InText(path, text);

    private static string? InText(string path, string? text) =>
        text is not null && WellFormedText.LoneSurrogateIn(text) is { } index ? $"{path} holds a lone surrogate at index {index}" : null;
}
