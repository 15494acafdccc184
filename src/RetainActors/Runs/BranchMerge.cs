using RetainActors.Checkpoints;

namespace RetainActors.Runs;

/// <summary>Joins the changes of parallel branches, in the order the table declares them.</summary>
internal static class BranchMerge
{
    /// <summary>The merged context; null with the conflict when two branches changed one member in ways that exclude each other.</summary>
    public static RetainContext? Merge(RetainContext context, StateDefinition fork, IReadOnlyCollection<BranchResult> branches, out string? conflict)
    {
        BranchResult[] ordered = [.. fork.Branches.Select(name => branches.Single(branch => branch.Branch == name))];
        conflict = ordered.SelectMany((first, i) => ordered.Skip(i + 1).Select(second => Conflict(first, second))).FirstOrDefault(c => c is not null);
        return conflict is null ? ordered.Aggregate(context, (merged, branch) => branch.Delta.ApplyTo(merged)) : null;
    }

    private static string? Conflict(BranchResult first, BranchResult second) =>
        FieldsOf(first.Delta).Intersect(FieldsOf(second.Delta))
            .Where(field => !Compatible(first.Delta, second.Delta, field))
            .Select(field => $"branches {first.Branch} and {second.Branch} both changed '{field}'")
            .FirstOrDefault();

    /// <summary>Two appends join, and equal outcomes agree; anything else would drop one branch's work.</summary>
    private static bool Compatible(ContextDelta first, ContextDelta second, string field) =>
        (first.Append.TryGet(field, out _) && second.Append.TryGet(field, out _))
        || (first.Remove.Contains(field) && second.Remove.Contains(field))
        || (first.Set.TryGet(field, out var one) && second.Set.TryGet(field, out var other) && one.GetRawText() == other.GetRawText());

    private static IEnumerable<string> FieldsOf(ContextDelta delta) =>
        delta.Set.Concat(delta.Append).Select(member => member.Key).Concat(delta.Remove);
}
