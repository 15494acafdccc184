using System.Collections.Immutable;
using System.Text.Json;
using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Cli.Output;

/// <summary>The answer of <c>retain history</c>. The names are a contract.</summary>
internal sealed record HistoryDocument(int SchemaVersion, string Bank, string Source, ImmutableArray<RevisionLine> Revisions, long? Before, ErrorJson? Error)
{
    public static HistoryDocument Of(HistoryPage page) => new(
        OutputJson.SchemaVersion, page.Key.Bank, page.Key.Source, [.. page.Revisions.Select(RevisionLine.Of)], page.Before, Error: null);
}

/// <summary>One revision in <see cref="HistoryDocument"/>.</summary>
internal sealed record RevisionLine(
    long Revision, RevisionKind Kind, long Epoch, string? SavedAt, CheckpointStatus? Status, string? CompletedState, string? NextState, string? Branch,
    OriginJson? From, int Bytes, string? Problem)
{
    public static RevisionLine Of(RevisionInfo info) => new(
        info.Revision, info.Kind, info.Epoch, info.SavedAt?.Text, info.Status, info.CompletedState, info.NextState, info.Branch,
        info.CopiedFrom is { } copied ? new OriginJson(copied.Bank, copied.Source, copied.Revision) : info.RewoundTo is { } to ? new OriginJson(null, null, to) : null,
        info.Bytes, info.Problem);
}

/// <summary>The revision that a rewind or a copy brought; without bank and source it is one of the same key.</summary>
internal sealed record OriginJson(string? Bank, string? Source, long Revision);

/// <summary>The answer of <c>retain rewind</c> and <c>retain copy</c>; the revision is null in a dry run.</summary>
internal sealed record StoredDocument(int SchemaVersion, string Bank, string Source, long? Revision, OriginJson From, bool DryRun, ErrorJson? Error = null);

/// <summary>The answer of <c>retain diff</c>: the members of the stored context with what became of them.</summary>
internal sealed record DiffDocument(
    int SchemaVersion, string Bank, string Source, long From, long To, IReadOnlyDictionary<string, JsonElement> Set,
    IReadOnlyDictionary<string, JsonElement> Append, ImmutableArray<string> Remove, ErrorJson? Error)
{
    public static DiffDocument Of(Loaded older, Loaded newer)
    {
        var delta = ContextDelta.Between(older.Context, newer.Context);
        return new DiffDocument(
            OutputJson.SchemaVersion, newer.Key.Bank, newer.Key.Source, older.Revision, newer.Revision,
            new Dictionary<string, JsonElement>(delta.Set), new Dictionary<string, JsonElement>(delta.Append), delta.Remove, Error: null);
    }

    public void WriteText(TextWriter output)
    {
        output.WriteLine(PlainText.OneLine($"{Bank} {Source} revision {From} to {To}"));
        foreach (var (name, value) in Set) output.WriteLine("  = " + PlainText.OneLine($"{name} {value.GetRawText()}"));
        foreach (var (name, value) in Append)
            foreach (var item in value.EnumerateArray())
                output.WriteLine("  + " + PlainText.OneLine($"{name} {item.GetRawText()}"));
        foreach (var name in Remove) output.WriteLine("  - " + PlainText.OneLine(name));
        if (Set.Count == 0 && Append.Count == 0 && Remove.IsEmpty) output.WriteLine("  no difference");
    }
}
