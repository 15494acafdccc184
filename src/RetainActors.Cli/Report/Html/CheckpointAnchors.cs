using System.Collections.Immutable;

namespace RetainActors.Cli.Report.Html;

/// <summary>Where on the page the checkpoints are that are shown in full.</summary>
internal sealed class CheckpointAnchors(ImmutableArray<ReportCheckpoint> checkpoints)
{
    private readonly Dictionary<(string Bank, string Source), int> _numbers = checkpoints
        .Select((checkpoint, index) => (checkpoint.Row, index)).ToDictionary(each => (each.Row.Bank, each.Row.Source), each => each.index + 1);

    /// <summary>Null when it is not shown in full.</summary>
    public int? NumberOf(string? bank, string source) => bank is not null && _numbers.TryGetValue((bank, source), out var number) ? number : null;

    /// <summary>The name of a source, as a link where there is more of it.</summary>
    public void AddName(HtmlPage page, string? bank, string source)
    {
        if (NumberOf(bank, source) is { } number) page.Add($"<a href=\"#c{number}\"><bdi>{source}</bdi></a>");
        else page.Add($"<bdi>{source}</bdi>");
    }
}
