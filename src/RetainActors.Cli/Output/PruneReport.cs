using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Cli.Output;

/// <summary>What pruning did, or would do: a line for each checkpoint that it concerns, and the counts.</summary>
internal sealed class PruneReport(TextWriter output, bool json, bool isDryRun)
{
    private int _checkpoints;
    private int _expired;
    private int _trimmed;
    private long _removed;

    public bool IsDryRun => isDryRun;

    public void OnPruned(Pruned pruned)
    {
        _checkpoints++;
        if (pruned.Removed <= 0) return;
        _removed += pruned.Removed;
        if (pruned.Expired) _expired++;
        else _trimmed++;
        if (json)
            output.WriteJson(
                new PruneLine(OutputJson.SchemaVersion, pruned.Key.Bank, pruned.Key.Source, pruned.Expired, pruned.FirstKept, pruned.Removed),
                OutputJson.Lines.PruneLine);
        else
            output.WriteLine(PlainText.OneLine(
                pruned.Expired ? $"{pruned.Key} expired" : $"{pruned.Key} {pruned.Removed} revisions before {pruned.FirstKept}"));
    }

    public void OnFinished()
    {
        if (json)
            output.WriteJson(
                new PruneSummaryLine(OutputJson.SchemaVersion, new PruneSummary(_checkpoints, _expired, _trimmed, _removed, isDryRun)),
                OutputJson.Lines.PruneSummaryLine);
        else
            output.WriteLine($"{_checkpoints} checkpoints: {_expired} expired, {_removed} revisions {(isDryRun ? "would be " : "")}removed");
    }
}

/// <summary>A line of <c>retain prune</c>. The names are a contract.</summary>
internal sealed record PruneLine(int SchemaVersion, string Bank, string Source, bool Expired, long? FirstKept, long Removed);

/// <summary>Its last line.</summary>
internal sealed record PruneSummaryLine(int SchemaVersion, PruneSummary Summary);

/// <summary>The checkpoints looked at, those deleted and those shortened, and the revisions removed.</summary>
internal sealed record PruneSummary(int Checkpoints, int Expired, int Trimmed, long Removed, bool DryRun);
