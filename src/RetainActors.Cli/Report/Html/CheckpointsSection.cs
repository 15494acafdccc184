using System.Collections.Immutable;
using RetainActors.Checkpoints;
using RetainActors.Cli.Output;

namespace RetainActors.Cli.Report.Html;

/// <summary>Checkpoints in full, folded.</summary>
internal static class CheckpointsSection
{
    private const int MaxValueLength = 2000;

    public static void Add(HtmlPage page, ReportModel model, CheckpointAnchors places)
    {
        page.Add($"<section id=\"checkpoints\">\n<h2>Checkpoints</h2>\n");
        foreach (var (checkpoint, index) in model.Checkpoints.Select((checkpoint, index) => (checkpoint, index)))
            AddOne(page, checkpoint, places, isOpen: index == 0 && (checkpoint.Row.Trouble != ReportTrouble.None || model.Checkpoints.Length == 1));
        var rest = model.Scope.SourcesInAll - model.Checkpoints.Length;
        if (rest > 0)
            page.Add($"<p class=\"rest\">{Words.Count(rest, "source")} not shown in full: give --bank and --source for one of them, or --full for more.</p>\n");
        page.Add($"</section>\n");
    }

    private static void AddOne(HtmlPage page, ReportCheckpoint checkpoint, CheckpointAnchors places, bool isOpen)
    {
        var row = checkpoint.Row;
        page.Add($"<details class=\"checkpoint\"{(isOpen ? " open" : "")}><summary><h3><bdi>{row.Source}</bdi> <small><bdi>{row.Bank}</bdi></small></h3> <span class=\"badge {Words.ClassOf(row)}\">{Words.Of(row)}</span></summary>\n");
        page.Add($"<div id=\"c{places.NumberOf(row.Bank, row.Source) ?? 0}\">\n<p class=\"meta\"><span>{Stands(checkpoint)}</span> <span>revision {row.Revision}</span> <span>epoch {checkpoint.Epoch}</span> <span>saved {(row.SavedAt is null ? "" : Format.Time(row.SavedAt) + " UTC, ")}{Format.Ago(row.AgeSeconds)}</span></p>\n");
        foreach (var error in Errors(checkpoint)) page.Add($"<p class=\"error\">{Shortened(error)}</p>\n");
        if (checkpoint.Timeline is { } timeline) TimelineFigure.Add(page, timeline);
        AddDiff(page, checkpoint);
        AddRevisions(page, checkpoint);
        if (checkpoint.Commands.Resume.Length > 0)
        {
            page.Add($"<h4>Resume</h4>\n");
            Words.AddCommands(page, checkpoint.Commands.Resume);
        }

        if (checkpoint.Commands.Rewind is { } rewind)
        {
            page.Add($"<h4>Rewind <small>to any revision above, in place of the last number; the root must not be in use</small></h4>\n");
            Words.AddCommands(page, [rewind]);
        }

        page.Add($"<h4>Look closer</h4>\n");
        Words.AddCommands(page, checkpoint.Commands.Look);
        page.Add($"</div>\n</details>\n");
    }

    private static string Stands(ReportCheckpoint checkpoint) => checkpoint.Row.NextState is { } next
        ? $"completed {checkpoint.CompletedState ?? "nothing yet"}, next {next}"
        : checkpoint.CompletedState is { } completed ? $"completed {completed}" : "where it stands cannot be read";

    private static ImmutableArray<string> Errors(ReportCheckpoint checkpoint) =>
        checkpoint.Errors.IsEmpty && checkpoint.Row.Cause is { } cause ? [cause] : checkpoint.Errors;

    private static void AddDiff(HtmlPage page, ReportCheckpoint checkpoint)
    {
        if (checkpoint.DiffBytes is not { } bytes) return;
        if (checkpoint.Diff is not { } diff)
        {
            page.Add($"<p class=\"rest\">The latest revision changed {Format.Bytes(bytes)}; see retain diff below.</p>\n");
            return;
        }

        page.Add($"<h4>What revision {diff.To} changed <small>since {diff.From}</small></h4>\n<div class=\"diff\">\n");
        foreach (var (name, value) in diff.Set) AddChange(page, "set", "=", name, value.GetRawText());
        foreach (var (name, items) in diff.Append)
            foreach (var item in items.EnumerateArray()) AddChange(page, "add", "+", name, item.GetRawText());
        foreach (var name in diff.Remove) AddChange(page, "cut", "−", name, "");
        if (diff.Set.Count == 0 && diff.Append.Count == 0 && diff.Remove.IsEmpty) page.Add($"<p>no difference in the context</p>\n");
        page.Add($"</div>\n");
    }

    private static void AddChange(HtmlPage page, string kind, string sign, string name, string value) =>
        page.Add($"<p class=\"{kind}\"><b>{sign} {name}</b> <span>{Shortened(value)}</span></p>\n");

    private static void AddRevisions(HtmlPage page, ReportCheckpoint checkpoint)
    {
        page.Add($"<details class=\"rows\"><summary>{Words.Count(checkpoint.Revisions.Length, "revision")}{(checkpoint.MoreRevisionsBefore is null ? "" : ", the newest")}</summary>\n");
        page.Add($"<div class=\"scroll\"><table><thead><tr><th>revision</th><th>what</th><th>epoch</th><th>stored (UTC)</th><th>status</th><th>completed</th><th>next</th><th>size</th></tr></thead><tbody>\n");
        foreach (var revision in checkpoint.Revisions)
            page.Add(
                $"<tr><th>{revision.Revision}</th><td>{What(revision)}</td><td>{revision.Epoch}</td><td>{Format.Time(revision.SavedAt)}</td><td class=\"{(revision.Problem is null ? "" : "bad")}\">{revision.Problem ?? revision.Status?.ToString().ToLowerInvariant()}</td><td class=\"state\">{revision.CompletedState}</td><td class=\"state\">{revision.NextState}</td><td>{Format.Bytes(revision.Bytes)}</td></tr>\n");
        page.Add($"</tbody></table></div>\n");
        if (checkpoint.MoreRevisionsBefore is { } before) page.Add($"<p class=\"rest\">older ones: retain history with --before {before}</p>\n");
        page.Add($"</details>\n");
    }

    private static string What(RevisionLine revision) => revision switch
    {
        { Kind: RevisionKind.Branch } => $"branch {revision.Branch}",
        { From: { Source: { } source } from } => $"copy of {from.Revision} of {from.Bank}/{source}",
        { From: { } from } => $"rewind to {from.Revision}",
        _ => revision.Kind.ToString().ToLowerInvariant(),
    };

    private static string Shortened(string text) => PlainText.Shorten(text, MaxValueLength);
}
