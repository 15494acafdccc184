using System.Collections.Immutable;
using System.Text.Json;
using RetainActors.Cli.Output;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Cli.Report;

/// <summary>Makes the model of a report from what was read, one checkpoint after the other: pure, no clock, no I/O.</summary>
/// <param name="options">What was asked for.</param>
/// <param name="journal">The files of the journal; null when the checkpoints are in the database of a cluster.</param>
/// <param name="asOf">When it was read.</param>
internal sealed class ReportBuilder(ReportOptions options, JournalReading? journal, DateTimeOffset asOf)
{
    private const int MaxRows = 20_000;
    private const int MaxDiffBytes = 64 * 1024;
    private const int MaxCauseLength = 400;

    private readonly List<ReportSource> _sources = [];
    private readonly List<ReportCheckpoint> _checkpoints = [];
    private readonly StateTimes _states = new();
    private readonly ReportFindings _findings = new(ShellCommand.For(options.Config), options.StuckAfter, journal?.Stats.OwnerProcessId);
    private readonly ShellCommand _shell = ShellCommand.For(options.Config);
    private string? _unopened;

    public ImmutableArray<string> UnnamedIds { get; set; } = [];

    /// <summary>The journal is too damaged to be opened, so there are no checkpoints to show.</summary>
    public void OnUnopened(string detail) => _unopened = detail;

    public void Add(CheckpointReading reading)
    {
        var row = RowOf(reading);
        _sources.Add(row);
        _findings.Add(row);
        if (reading.Loaded is { } loaded) _states.Add(loaded);
        if (reading.History is { } history) _checkpoints.Add(InFull(row, reading, history));
    }

    public ReportModel Finish()
    {
        var sources = _sources.OrderBy(source => source.Trouble)
            // Of what needs somebody, that which has stood longest; the rest is looked up by name.
            .ThenByDescending(source => source.Trouble == ReportTrouble.None ? 0 : source.AgeSeconds)
            .ThenBy(source => source.Bank, StringComparer.Ordinal).ThenBy(source => source.Source, StringComparer.Ordinal).ToList();
        return new ReportModel(
            OutputJson.SchemaVersion,
            Timestamp.From(asOf).Text,
            new ReportScope(
                options.Config.Root, options.Bank, options.Source, journal?.Stats.HighestPosition, journal?.Stats.OwnerProcessId, options.StuckAfter.TotalSeconds,
                sources.Count, sources.Select(source => source.Bank).Distinct(StringComparer.Ordinal).Count()),
            _findings.Finish(journal, UnnamedIds, _unopened),
            [.. sources.GroupBy(source => source.Bank, StringComparer.Ordinal).OrderBy(bank => bank.Key, StringComparer.Ordinal).Select(bank => BankOf(bank.Key, [.. bank]))],
            _states.Finish(),
            journal is null ? null : new ReportJournal(journal.Stats, journal.Findings),
            [.. sources.Take(MaxRows)],
            Math.Max(0, sources.Count - MaxRows),
            [.. _checkpoints.OrderBy(checkpoint => checkpoint.Row.Trouble)],
            UnnamedIds);
    }

    private static ReportBank BankOf(string bank, IReadOnlyList<ReportSource> sources) => new(
        bank,
        sources.Count,
        [
            .. sources.GroupBy(source => (source.Status, source.NextState))
                .Select(place => new ReportStanding(place.Key.Status, place.Key.NextState, [.. Enumerable.Range(0, AgeBuckets.Names.Count)
                    .Select(bucket => place.Count(source => AgeBuckets.Of(source.AgeSeconds) == bucket))])),
        ]);

    private ReportSource RowOf(CheckpointReading reading)
    {
        var (listed, context) = (reading.Listed, reading.Loaded?.Context);
        double? age = listed.SavedAt is { } saved ? Math.Max(0, Math.Round((asOf - saved.Instant).TotalSeconds, 3)) : null;
        var failures = context is null ? [] : RunTimelines.FailuresInRow(context);
        var trouble = TroubleOf(reading, age, failures.Count > 0);
        var cause = reading.Problem ?? context?.Errors.LastOrDefault() ?? (failures.Count > 0 ? $"{failures[0].State}: {failures[0].Error}" : null);
        return new ReportSource(
            listed.Key.Bank, listed.Key.Source, StatusOf(reading), trouble, context?.NextState,
            listed.Revision, context?.Attempt ?? 0, listed.SavedAt?.Text, age, cause is null ? null : PlainText.Shorten(cause, MaxCauseLength));
    }

    /// <summary>The body says it; where it cannot be read now, the headers do.</summary>
    private static string StatusOf(CheckpointReading reading) =>
        (reading.Loaded is { } loaded ? loaded.Context.Status.ToString() : reading.IsUnavailable ? reading.Listed.Status.ToString() : nameof(Checkpoints.ListedStatus.Unreadable)).ToLowerInvariant();

    private ReportTrouble TroubleOf(CheckpointReading reading, double? age, bool hasFailed) => reading switch
    {
        { IsUnavailable: true } => ReportTrouble.Unavailable,
        { Problem: not null } or { Loaded: null } => ReportTrouble.Damaged,
        { Loaded.Context.Status: CheckpointStatus.Parked } => ReportTrouble.Parked,
        { Loaded.Context.Status: CheckpointStatus.Failed } => ReportTrouble.Failed,
        { Loaded.Context.Status: CheckpointStatus.Completed } => ReportTrouble.None,
        // Whether a node is at work on it only its age tells.
        _ when journal is { Stats.OwnerProcessId: null } => ReportTrouble.Interrupted,
        _ when age > options.StuckAfter.TotalSeconds => ReportTrouble.Stuck,
        _ => hasFailed ? ReportTrouble.Retrying : ReportTrouble.None,
    };

    private ReportCheckpoint InFull(ReportSource row, CheckpointReading reading, HistoryPage history)
    {
        var (loaded, previous) = (reading.Loaded, reading.Previous);
        var diff = loaded is not null && previous is not null ? DiffDocument.Of(previous, loaded) : null;
        var diffBytes = diff is null ? (long?)null : JsonSerializer.SerializeToUtf8Bytes(diff, OutputJson.Lines.DiffDocument).LongLength;
        return new ReportCheckpoint(
            row, reading.Listed.Epoch, loaded?.Context.CompletedState, loaded?.Context.Errors ?? [], loaded is null ? null : RunTimelines.Of(loaded),
            [.. history.Revisions.Select(RevisionLine.Of)], history.Before, diffBytes <= MaxDiffBytes ? diff : null, diffBytes,
            CommandsOf(row, reading, previous?.Revision ?? reading.LastGoodRevision));
    }

    private ReportCommands CommandsOf(ReportSource row, CheckpointReading reading, long? back)
    {
        var rewind = reading.LastGoodRevision ?? back;
        return new ReportCommands(
            [
                _shell.Of("show", row.Bank, row.Source), _shell.Of("history", row.Bank, row.Source),
                .. back is { } from && reading.Loaded is not null ? [_shell.Of("diff", row.Bank, row.Source, Text(from), Text(reading.Loaded.Revision))] : Array.Empty<string>(),
            ],
            row switch
            {
                { Status: "completed" or "unreadable" } => [],
                // Its owner is at work on it.
                { Status: "running", Trouble: ReportTrouble.None or ReportTrouble.Retrying } => [],
                { Status: "parked" } when _shell.IsOfRoot => [_shell.Of("unpark", row.Bank, row.Source), _shell.Run(row.Bank)],
                _ => [_shell.Run(row.Bank)],
            },
            rewind is { } revision && _shell.IsOfRoot ? _shell.Of("rewind", row.Bank, row.Source, Text(revision)) : null);
    }

    private static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
