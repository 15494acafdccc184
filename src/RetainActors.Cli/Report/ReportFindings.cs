using System.Collections.Immutable;

namespace RetainActors.Cli.Report;

/// <summary>Puts sources with one trouble in one place together, and says what to do: pure.</summary>
internal sealed class ReportFindings(ShellCommand shell, TimeSpan stuckAfter, int? ownerProcessId)
{
    private const int MaxExamples = 20;

    private readonly Dictionary<(ReportTrouble Trouble, string Bank, string? State), Group> _groups = [];

    public void Add(ReportSource source)
    {
        if (source.Trouble == ReportTrouble.None) return;
        var place = (source.Trouble, source.Bank, source.NextState);
        if (!_groups.TryGetValue(place, out var group)) _groups.Add(place, group = new Group());
        group.Count++;
        group.LongestAgeSeconds = group.LongestAgeSeconds is { } longest && !(source.AgeSeconds > longest) ? longest : source.AgeSeconds;
        if (group.Examples.Count < MaxExamples) group.Examples.Add(new ReportExample(source.Source, source.Cause));
    }

    /// <summary>All findings: damage to the journal, which other findings may follow from, then the sources from the worst on.</summary>
    public ImmutableArray<ReportFinding> Finish(JournalReading? journal, ImmutableArray<string> unnamedIds, string? unopened) =>
    [
        .. journal is null ? [] : OfJournal(journal, unopened),
        .. OfUnnamed(unnamedIds),
        .. _groups.OrderBy(group => group.Key.Trouble).ThenByDescending(group => group.Value.Count)
            .ThenBy(group => group.Key.Bank, StringComparer.Ordinal).ThenBy(group => group.Key.State, StringComparer.Ordinal)
            .Select(group => OfSources(group.Key.Trouble, group.Key.Bank, group.Key.State, group.Value)),
    ];

    private IEnumerable<ReportFinding> OfJournal(JournalReading journal, string? unopened)
    {
        if (journal.Stats.Findings == 0 && unopened is null) yield break;
        var places = journal.Findings.Take(MaxExamples).Select(place => new ReportExample(
            $"{Path.GetFileName(place.File)} at offset {place.Offset}", $"{place.Kind}: expected {place.Expectation}{(place.Id is null ? "" : $", id {place.Id}")}"));
        if (unopened is not null) places = places.Prepend(new ReportExample("the journal cannot be opened, so no checkpoint is shown", unopened));
        yield return new ReportFinding(
            ReportTrouble.Damaged, null, null, Math.Max(1, journal.Stats.Findings), null, [.. places],
            journal.ToDo.Length > 0 ? journal.ToDo : "Restore the root from a backup.", [shell.Of("log verify")]);
    }

    private IEnumerable<ReportFinding> OfUnnamed(ImmutableArray<string> unnamedIds)
    {
        if (unnamedIds.IsEmpty) yield break;
        yield return new ReportFinding(
            ReportTrouble.Damaged, null, null, unnamedIds.Length, null, [.. unnamedIds.Take(MaxExamples).Select(id => new ReportExample(id, "no record of it tells the key"))],
            $"Restore the {(shell.IsOfRoot ? "root" : "database")} from a backup; which sources these are cannot be told.", shell.IsOfRoot ? [shell.Of("log verify")] : []);
    }

    private ReportFinding OfSources(ReportTrouble trouble, string bank, string? state, Group group)
    {
        var first = group.Examples[0].Name;
        var each = group.Count > 1 ? ", for each of them" : "";
        var advice = shell.IsOfRoot ? ForRoot(trouble, bank, first, each) : ForCluster(trouble, bank, first, each);
        return new ReportFinding(trouble, bank, state, group.Count, group.LongestAgeSeconds, [.. group.Examples], advice.ToDo, [.. advice.Commands]);
    }

    private (string ToDo, string[] Commands) ForRoot(ReportTrouble trouble, string bank, string first, string each) => trouble switch
    {
        ReportTrouble.Damaged => (
            $"Restore the root from a backup. Without one, rewind to the last revision that can be read{each}; its section names it.",
            [shell.Of("log verify"), shell.Of("history", bank, first)]),
        ReportTrouble.Unavailable => (
            "Make the report again, or look at the one checkpoint. When it stays so, check the device and the permissions of the root.",
            [shell.Of("show", bank, first)]),
        ReportTrouble.Parked => (
            $"Mend what the cause says. Then unpark{each}, and run again: what was finished is not repeated.",
            [shell.Of("unpark", bank, first), shell.Run(bank)]),
        ReportTrouble.Failed => (
            "Mend what the cause says, and run again: the failed state is entered again, and what was finished before it is not repeated.",
            [shell.Run(bank)]),
        ReportTrouble.Retrying => (
            "Nothing yet: the run enters the state again by itself. When it goes on failing, look at the cause.",
            [shell.Of("show", bank, first)]),
        ReportTrouble.Interrupted => (
            "No process owns the root, so nobody is at work on it. Run again, or start the service: it goes on at this state.",
            [shell.Run(bank)]),
        _ => (
            $"Process {ownerProcessId} owns the root and has saved nothing here for more than {Format.Age(stuckAfter.TotalSeconds)}. Look in its log whether the state is still at work. "
                + "Ending the process loses nothing that was saved; the next run goes on at this state.",
            [shell.Of("show", bank, first)]),
    };

    /// <summary>What changes a checkpoint in a cluster goes through its nodes, so there are fewer commands.</summary>
    private (string ToDo, string[] Commands) ForCluster(ReportTrouble trouble, string bank, string first, string each) => trouble switch
    {
        ReportTrouble.Damaged => (
            $"Restore the database from a backup. Without one, rewind to the last revision that can be read{each}, by ICheckpointClient.RewindAsync on a node; its section names it.",
            [shell.Of("history", bank, first)]),
        ReportTrouble.Unavailable => ("Make the report again, or look at the one checkpoint. When it stays so, look at the database.", [shell.Of("show", bank, first)]),
        ReportTrouble.Parked => (
            $"Mend what the cause says. Then unpark{each}, by IRunClient.UnparkAsync on a node, and ask for the run again: what was finished is not repeated.",
            [shell.Of("show", bank, first)]),
        ReportTrouble.Failed => (
            "Mend what the cause says, and ask for the run again, as a node does that is started: the failed state is entered again, and what was finished before it is not repeated.",
            [shell.Run(bank)]),
        ReportTrouble.Retrying => ("Nothing yet: the run enters the state again by itself. When it goes on failing, look at the cause.", [shell.Of("show", bank, first)]),
        _ => (
            $"Nothing was saved here for more than {Format.Age(stuckAfter.TotalSeconds)}. Look in the logs of the nodes whether the state is still at work, and whether a node is there at all. "
                + "Ending a node loses nothing that was saved; another one goes on at this state.",
            [shell.Of("show", bank, first)]),
    };

    private sealed class Group
    {
        public int Count { get; set; }

        public double? LongestAgeSeconds { get; set; }

        public List<ReportExample> Examples { get; } = [];
    }
}
