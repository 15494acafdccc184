using System.Collections.Immutable;
using System.Text.Json.Serialization;
using RetainActors.Cli.Output;

namespace RetainActors.Cli.Report;

/// <summary>What <c>retain report</c> shows, as a page and as JSON. The names are a contract.</summary>
/// <param name="SchemaVersion">The version of these names.</param>
/// <param name="AsOf">When it was read; ages count from here.</param>
/// <param name="Scope">What it was read from, and what was chosen.</param>
/// <param name="Findings">What somebody should look at, the worst first.</param>
/// <param name="Banks">Where the sources of each bank stand.</param>
/// <param name="States">How long each state took, over all sources of a bank.</param>
/// <param name="Journal">The files of the journal; null when the checkpoints are in the database of a cluster.</param>
/// <param name="Sources">All sources, those with findings first.</param>
/// <param name="SourcesLeftOut">Sources that are counted in the banks and have no row.</param>
/// <param name="Checkpoints">Sources in full: the first ones of <paramref name="Sources"/>.</param>
/// <param name="UnnamedIds">Persistence ids of which no record tells the key.</param>
/// <param name="Error">Always null; a report that cannot be made is an error alone.</param>
internal sealed record ReportModel(
    int SchemaVersion,
    string AsOf,
    ReportScope Scope,
    ImmutableArray<ReportFinding> Findings,
    ImmutableArray<ReportBank> Banks,
    ImmutableArray<ReportStateTimes> States,
    ReportJournal? Journal,
    ImmutableArray<ReportSource> Sources,
    int SourcesLeftOut,
    ImmutableArray<ReportCheckpoint> Checkpoints,
    ImmutableArray<string> UnnamedIds,
    ErrorJson? Error = null);

/// <summary>What was read: the journal up to a position, beside an owner or without one; both null for the database of a cluster.</summary>
internal sealed record ReportScope(
    string Root, string? Bank, string? Source, long? HighestPosition, int? OwnerProcessId, double StuckAfterSeconds, int SourcesInAll, int BanksInAll);

/// <summary>What is the matter with a source, from the worst to what is well.</summary>
internal enum ReportTrouble
{
    /// <summary>A record cannot be read.</summary>
    [JsonStringEnumMemberName("damaged")]
    Damaged,

    /// <summary>It could not be read now, which says nothing about it.</summary>
    [JsonStringEnumMemberName("unavailable")]
    Unavailable,

    /// <summary>A state failed too often; the run waits to be unparked.</summary>
    [JsonStringEnumMemberName("parked")]
    Parked,

    /// <summary>A state failed; the next run enters it again.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>A state that is being retried has failed.</summary>
    [JsonStringEnumMemberName("retrying")]
    Retrying,

    /// <summary>It says that a run is on its way, and no process owns the root.</summary>
    [JsonStringEnumMemberName("interrupted")]
    Interrupted,

    /// <summary>It says that a run is on its way, and nothing was saved for long.</summary>
    [JsonStringEnumMemberName("stuck")]
    Stuck,

    /// <summary>Nothing is the matter.</summary>
    [JsonStringEnumMemberName("none")]
    None,
}

/// <summary>Sources with one trouble in one place, and what to do.</summary>
/// <param name="Trouble">What is the matter.</param>
/// <param name="Bank">The bank; null when the journal itself is damaged.</param>
/// <param name="State">The state that a resume enters.</param>
/// <param name="Count">How many sources, or places in the journal.</param>
/// <param name="LongestAgeSeconds">Since the oldest of them was saved.</param>
/// <param name="Examples">The first of them.</param>
/// <param name="ToDo">What to do.</param>
/// <param name="Commands">The command lines for it.</param>
internal sealed record ReportFinding(
    ReportTrouble Trouble, string? Bank, string? State, long Count, double? LongestAgeSeconds, ImmutableArray<ReportExample> Examples, string ToDo,
    ImmutableArray<string> Commands);

/// <summary>A source of a finding with its own cause, or a place in the journal.</summary>
internal sealed record ReportExample(string Name, string? Cause);

/// <summary>Where the sources of a bank stand.</summary>
internal sealed record ReportBank(string Bank, int Sources, ImmutableArray<ReportStanding> Standings)
{
    public int Of(string status) => Standings.Where(standing => standing.Status == status).Sum(standing => standing.Total);
}

/// <summary>The sources of a bank that stand at one place, by <see cref="AgeBuckets"/>; the last number is those of unknown age.</summary>
internal sealed record ReportStanding(string Status, string? State, ImmutableArray<int> ByAge)
{
    [JsonIgnore]
    public int Total => ByAge.Sum();
}

/// <summary>How long a state or branch took, over the steps of all sources of a bank that succeeded and were measured.</summary>
/// <param name="Bank">The bank.</param>
/// <param name="State">The state, or <c>parallel:NAME</c>.</param>
/// <param name="Steps">How many steps.</param>
/// <param name="Failures">How many steps failed; their time is not counted.</param>
/// <param name="P50Ms">Milliseconds that half of the steps did not exceed.</param>
/// <param name="P95Ms">Milliseconds that 95 of 100 did not exceed.</param>
/// <param name="MaxMs">Milliseconds of the longest.</param>
/// <param name="TotalMs">Milliseconds of all together.</param>
/// <param name="ByDuration">How many steps in each of <see cref="StateTimes.BucketsMs"/>, and behind the last.</param>
internal sealed record ReportStateTimes(
    string Bank, string State, int Steps, int Failures, double P50Ms, double P95Ms, double MaxMs, double TotalMs, ImmutableArray<int> ByDuration);

/// <summary>The journal's files as <c>retain log stats</c> reads them; the findings as <c>retain log verify</c> names them, the first ones.</summary>
internal sealed record ReportJournal(StatsDocument Stats, ImmutableArray<FindingJson> Findings);

/// <summary>A source in one row.</summary>
/// <param name="Bank">The bank.</param>
/// <param name="Source">The source.</param>
/// <param name="Status">Where its run stands.</param>
/// <param name="Trouble">What is the matter.</param>
/// <param name="NextState">The state that a resume enters.</param>
/// <param name="Revision">The latest revision.</param>
/// <param name="Attempts">How often its run was started or resumed; 0 when that cannot be read.</param>
/// <param name="SavedAt">When it was last saved.</param>
/// <param name="AgeSeconds">How long ago that was; null when unknown.</param>
/// <param name="Cause">Why it failed, or what cannot be read.</param>
internal sealed record ReportSource(
    string Bank, string Source, string Status, ReportTrouble Trouble, string? NextState, long Revision, int Attempts, string? SavedAt, double? AgeSeconds, string? Cause);
