using System.Globalization;

namespace RetainActors.Cli.Report.Html;

/// <summary>A run as bars: one row for each state and branch, attempts one behind the other.</summary>
internal static class TimelineFigure
{
    private const int MaxCuts = 40;

    public static void Add(HtmlPage page, RunTimeline timeline)
    {
        page.Add($"<h4>Run</h4>\n<ol class=\"attempts\">\n");
        foreach (var attempt in timeline.Attempts) page.Add($"<li class=\"{attempt.End.ToString().ToLowerInvariant()}\">{Sentence(attempt)}</li>\n");
        page.Add($"</ol>\n");
        if (timeline.StepsNotRunAgain > 0)
            page.Add($"<p class=\"saved\">Resuming saved {Format.Duration(timeline.SavedMs)} of work: {Words.Count(timeline.StepsNotRunAgain, "step")} of earlier attempts did not run again.</p>\n");
        if (timeline.Attempts.All(attempt => attempt.Steps.IsEmpty)) return;

        var cuts = timeline.Attempts.Where(attempt => attempt.OffsetMs > 0).Take(MaxCuts).ToList();
        page.Add($"<div class=\"timeline\">\n");
        foreach (var row in timeline.Attempts.SelectMany(attempt => attempt.Steps.Select(step => (attempt.Attempt, Step: step))).GroupBy(each => (each.Step.State, each.Step.IsBranch)))
        {
            var steps = row.ToList();
            page.Add($"<div class=\"lane{(row.Key.IsBranch ? " branch" : "")}\"><span class=\"name state\">{row.Key.State}</span><span class=\"track\" aria-hidden=\"true\">");
            foreach (var attempt in cuts) page.Add($"<i class=\"cut\" style=\"left:{Percent(attempt.OffsetMs, timeline)}%\" title=\"attempt {attempt.Attempt}\"></i>");
            foreach (var (attempt, step) in steps)
                page.Add(
                    $"<b class=\"{(step.Error is null ? "ok" : "failed")}{(step.IsRetry ? " retry" : "")}\" style=\"--at:{Percent(step.OffsetMs, timeline)}%;width:{Percent(step.LengthMs, timeline)}%\" title=\"attempt {attempt}: {Format.Duration(step.LengthMs)}{(step.Error is null ? "" : ", failed")}\"></b>");
            page.Add($"</span><span class=\"took\">{Took([.. steps.Select(each => each.Step)])}</span></div>\n");
        }

        page.Add($"</div>\n");
        AddSteps(page, timeline);
    }

    private static string Sentence(RunAttempt attempt)
    {
        var begin = attempt switch
        {
            { StartedAt: null } => attempt.ResumedAt is { } at ? $"resumed at {Words.Step(at)}" : "started",
            { Attempt: 1 } => $"started {Format.Time(attempt.StartedAt)} UTC",
            _ => $"resumed at {Words.Step(attempt.ResumedAt ?? "its next state")}, {Format.Duration(attempt.GapMs)} later",
        };
        var end = attempt.End switch
        {
            AttemptEnd.Completed => $"completed after {Format.Duration(attempt.LengthMs)}",
            AttemptEnd.Failed => attempt.Steps.LastOrDefault(step => step.Error is not null) is { } step ? $"{step.State} failed" : "failed",
            AttemptEnd.Interrupted => "stopped or killed; what was in flight then is in no log",
            _ when attempt.Steps.IsEmpty => "no step finished yet",
            _ => $"{Words.Count(attempt.Steps.Length, "step")} finished in {Format.Duration(attempt.LengthMs)}",
        };
        return $"attempt {attempt.Attempt.ToString(CultureInfo.InvariantCulture)} {begin}: {end}";
    }

    private static string Took(IReadOnlyList<RunStep> steps)
    {
        var failed = steps.Count(step => step.Error is not null);
        var times = steps.Count > 1 ? $", {Format.Count(steps.Count)} times" : "";
        return $"{Format.Duration(steps.Sum(step => step.LengthMs))}{times}{(failed == 0 ? "" : $", {Format.Count(failed)} failed")}";
    }

    private static void AddSteps(HtmlPage page, RunTimeline timeline)
    {
        page.Add($"<details class=\"rows\"><summary>Step log</summary>\n<div class=\"scroll\"><table><thead><tr><th>state</th><th>attempt</th><th>started (UTC)</th><th>took</th><th>error</th></tr></thead><tbody>\n");
        foreach (var attempt in timeline.Attempts)
            foreach (var step in attempt.Steps)
                page.Add($"<tr><th class=\"state\">{(step.IsBranch ? "branch " : "")}{step.State}</th><td>{attempt.Attempt}</td><td>{Format.Time(step.StartedAt)}</td><td>{Format.Duration(step.DurationMs)}</td><td class=\"cause\">{PlainText.Shorten(step.Error ?? "", 400)}</td></tr>\n");
        page.Add($"</tbody></table></div>\n");
        if (timeline.StepsLeftOut > 0) page.Add($"<p class=\"rest\">{Words.Count(timeline.StepsLeftOut, "older step")} not shown: retain show</p>\n");
        page.Add($"</details>\n");
    }

    private static double Percent(double milliseconds, RunTimeline timeline) => timeline.LengthMs <= 0 ? 0 : Math.Clamp(100 * milliseconds / timeline.LengthMs, 0, 100);
}
