namespace RetainActors.Cli.Report.Html;

/// <summary>The words and the style classes of what a page says often.</summary>
internal static class Words
{
    public static string Of(ReportTrouble trouble) => trouble.ToString().ToLowerInvariant();

    public static string ClassOf(ReportTrouble trouble) => trouble switch
    {
        ReportTrouble.Damaged or ReportTrouble.Unavailable or ReportTrouble.Parked or ReportTrouble.Failed => "bad",
        ReportTrouble.Retrying or ReportTrouble.Interrupted or ReportTrouble.Stuck => "warn",
        _ => "",
    };

    /// <summary>The one word for a source: its trouble, or where it stands when it has none.</summary>
    public static string Of(ReportSource source) => source.Trouble == ReportTrouble.None ? source.Status : Of(source.Trouble);

    public static string ClassOf(ReportSource source) => source.Trouble == ReportTrouble.None ? source.Status : ClassOf(source.Trouble);

    /// <summary>A step's name, told from a state's when it is a branch.</summary>
    public static string Step(string name) =>
        name.StartsWith(StepLogEntry.BranchPrefix, StringComparison.Ordinal) ? "branch " + name[StepLogEntry.BranchPrefix.Length..] : name;

    public static string Count(long number, string thing) => number == 1 ? $"1 {thing}" : $"{Format.Count(number)} {thing}s";

    public static void AddCommands(HtmlPage page, IEnumerable<string> commands)
    {
        page.Add($"<div class=\"cmd\">");
        foreach (var command in commands)
        {
            // A line may break between words only: an option that is torn at its hyphens is hard to read.
            var words = command.Split(' ');
            page.Add($"<code><span>{words[0]}</span>");
            foreach (var word in words.Skip(1)) page.Add($" <span>{word}</span>");
            page.Add($"</code>");
        }

        page.Add($"</div>\n");
    }
}
