using System.Collections.Immutable;
using System.Text.Json;

namespace RetainActors.Json;

/// <summary>
/// Finds what cannot be stored faithfully: JSON has no NaN, and a lone surrogate would silently become U+FFFD. Checked
/// at the edge, before anything is written.
/// </summary>
internal static class ContextValidation
{
    /// <summary>The path of the first member that cannot be stored, with the reason; null when all can.</summary>
    public static string? FirstProblem(RetainContext context) =>
        InText("textSha256", context.TextSha256)
        ?? InText("documentId", context.DocumentId)
        ?? InText("completedState", context.CompletedState)
        ?? InText("nextState", context.NextState)
        ?? InTexts("entities", context.Entities)
        ?? InTexts("wikisCreated", context.WikisCreated)
        ?? InTexts("wikisUpdated", context.WikisUpdated)
        ?? InTexts("errors", context.Errors)
        ?? First(context.SupersedesEdges, "supersedesEdges", (path, edge) => InText(path + "[0]", edge.From) ?? InText(path + "[1]", edge.To))
        ?? First(context.StepLog, "stepLog", InStep)
        ?? InMembers("", context.UnknownMembers);

    private static string? InStep(string path, StepLogEntry step) =>
        InText(path + ".state", step.State)
        ?? InText(path + ".error", step.Error)
        ?? (step.DurationMs is { } duration && !double.IsFinite(duration) ? $"{path}.durationMs is {duration}, which JSON cannot hold" : null)
        ?? InMembers(path + ".notes.", step.Notes)
        ?? InMembers(path + ".", step.UnknownMembers);

    private static string? InTexts(string path, ImmutableArray<string> texts) => First(texts, path, InText);

    private static string? First<T>(ImmutableArray<T> items, string path, Func<string, T, string?> check)
    {
        if (items.IsDefault) return null;
        for (var i = 0; i < items.Length; i++)
            if (check($"{path}[{i}]", items[i]) is { } problem)
                return problem;
        return null;
    }

    private static string? InMembers(string path, JsonMembers members) =>
        members.Select(member => InText($"{path}{member.Key} (the name)", member.Key) ?? InElement(path + member.Key, member.Value))
            .FirstOrDefault(problem => problem is not null);

    private static string? InElement(string path, JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => IsWellFormed(element) ? null : $"{path} holds a lone surrogate",
        JsonValueKind.Array => element.EnumerateArray().Select((item, i) => InElement($"{path}[{i}]", item)).FirstOrDefault(p => p is not null),
        JsonValueKind.Object => element.EnumerateObject().Select(member => InElement($"{path}.{member.Name}", member.Value)).FirstOrDefault(p => p is not null),
        JsonValueKind.Undefined => $"{path} has no value",
        _ => null,
    };

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

    private static string? InText(string path, string? text) =>
        text is not null && WellFormedText.LoneSurrogateIn(text) is { } index ? $"{path} holds a lone surrogate at index {index}" : null;
}
