using System.Collections.Immutable;
using RetainActors.Checkpoints;
using RetainActors.Cli.Commands;
using RetainActors.Cli.Output;
using RetainActors.Storage;
using static RetainActors.Checkpoints.CatalogProtocol;

namespace RetainActors.Cli.Report;

/// <summary>What <c>retain report</c> was asked for.</summary>
/// <param name="Config">The root, read-only.</param>
/// <param name="Bank">Only this bank.</param>
/// <param name="Source">Only this source.</param>
/// <param name="Full">How many checkpoints are shown in full.</param>
/// <param name="StuckAfter">How long a run may save nothing.</param>
internal sealed record ReportOptions(RetainConfig Config, string? Bank, string? Source, int Full, TimeSpan StuckAfter);

/// <summary>Reads the journal and its checkpoints for a report, beside a running owner and without a write. Bodies are let go one after the other.</summary>
internal sealed class ReportReader(ReportOptions options, TimeProvider time)
{
    private const int CheckpointsAtOnce = 64;
    private const int MaxRevisions = 25;
    private const int MaxLogFindings = 100;

    /// <exception cref="CommandFailure">The journal cannot be read at all, or the chosen checkpoint is not there.</exception>
    /// <param name="journal">The directory of the journal; null when the checkpoints are in the database of a cluster.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<ReportModel> ReadAsync(string? journal, CancellationToken cancellationToken)
    {
        var asOf = time.GetUtcNow();
        var builder = new ReportBuilder(options, journal is null ? null : ReadFiles(journal, cancellationToken), asOf);
        try
        {
            await ReadCheckpointsAsync(builder, cancellationToken);
        }
        catch (CommandFailure e) when (e.ExitCode == ExitCode.Corrupt)
        {
            // Damage that keeps the journal from being opened is what the report is for.
            builder.OnUnopened(e.Detail);
        }

        return builder.Finish();
    }

    private static JournalReading ReadFiles(string journal, CancellationToken cancellationToken)
    {
        var findings = new LogFindings();
        var places = ImmutableArray.CreateBuilder<FindingJson>();
        var inspector = new LogInspector(journal, PosixFileSystem.Instance)
        {
            OnFinding = finding =>
            {
                findings.Add(finding);
                if (places.Count < MaxLogFindings) places.Add(FindingJson.From(finding));
            },
        };
        var inspection = LogCommand.Run(inspector, cancellationToken);
        using var advice = new StringWriter { NewLine = " " };
        findings.Explain(advice, journal);
        return new JournalReading(LogStatsCommand.DocumentOf(inspection), places.ToImmutable(), advice.ToString().Trim());
    }

    private async Task ReadCheckpointsAsync(ReportBuilder builder, CancellationToken cancellationToken)
    {
        await using var retain = await ExistingRoot.OpenAsync(options.Config, cancellationToken);
        var client = RetainCheckpoints.Get(retain.System).Client;
        var all = new List<ListedCheckpoint>();
        await foreach (var page in ListedCheckpoints.ReadAsync(client, new ListCheckpoints(options.Bank), cancellationToken))
        {
            builder.UnnamedIds = page.UnnamedIds;
            all.AddRange(page.Items.Where(item => options.Source is null || item.Key.Source == options.Source));
        }

        if (all.Count == 0 && options.Source is not null)
            throw new CommandFailure(
                "NotFound", $"There is no checkpoint of '{options.Source}' in {options.Config.Root}. Give the ids as retain list prints them.", ExitCode.NotFound);
        var read = 0;
        foreach (var some in Ordered(all).Chunk(CheckpointsAtOnce))
        {
            var first = read;
            var readings = await Task.WhenAll(some.Select((item, index) => ReadAsync(client, item, first + index < options.Full, cancellationToken)));
            foreach (var reading in readings) builder.Add(reading);
            read += some.Length;
        }
    }

    /// <summary>What needs somebody first: unreadable, parked, failed; then what has stood longest; what is completed last, the newest first.</summary>
    private static IEnumerable<ListedCheckpoint> Ordered(List<ListedCheckpoint> all) => all
        .OrderBy(item => item.Status switch
        {
            ListedStatus.Unreadable => 0,
            ListedStatus.Parked => 1,
            ListedStatus.Failed => 2,
            ListedStatus.Running => 3,
            _ => 4,
        })
        .ThenBy(item => (item.SavedAt?.Instant.UtcTicks ?? 0) * (item.Status == ListedStatus.Completed ? -1 : 1))
        .ThenBy(item => item.Key.Bank, StringComparer.Ordinal).ThenBy(item => item.Key.Source, StringComparer.Ordinal);

    private static async Task<CheckpointReading> ReadAsync(ICheckpointClient client, ListedCheckpoint item, bool isFull, CancellationToken cancellationToken)
    {
        var reading = new CheckpointReading(item, null, item.Problem);
        try
        {
            var loaded = await client.LoadAsync(item.Key, cancellationToken: cancellationToken);
            reading = reading with { Loaded = loaded, Problem = reading.Problem ?? (loaded is null ? "it is listed, but nothing of it is stored" : null) };
        }
        catch (CheckpointException e)
        {
            reading = WithProblem(reading, e);
        }

        return isFull ? await WithPastAsync(client, reading, cancellationToken) : reading;
    }

    private static async Task<CheckpointReading> WithPastAsync(ICheckpointClient client, CheckpointReading reading, CancellationToken cancellationToken)
    {
        try
        {
            reading = reading with { History = await client.HistoryAsync(reading.Listed.Key, limit: MaxRevisions, cancellationToken: cancellationToken) };
            return reading.History.Revisions.Skip(1).FirstOrDefault(revision => revision.Kind != RevisionKind.Unreadable) is { } before
                ? reading with { Previous = await client.LoadAsync(reading.Listed.Key, before.Revision, cancellationToken) }
                : reading;
        }
        catch (CheckpointException e)
        {
            // The past of a checkpoint may be damaged although the latest revision is not; the report says so and goes on.
            return reading.Problem is null ? WithProblem(reading, e) : reading;
        }
    }

    /// <summary>The reading with why it is not whole.</summary>
    internal static CheckpointReading WithProblem(CheckpointReading reading, CheckpointException e) => reading with
    {
        Problem = e.Message,
        // A journal that did not answer in time says nothing about the bytes.
        IsUnavailable = e is CheckpointUnavailableException unavailable && reading.Listed.Status != ListedStatus.Unreadable
            && !FailureName.NamesDamage(unavailable.Reason),
        LastGoodRevision = (e as CheckpointUnreadableException)?.LastGoodRevision,
    };
}

/// <summary>What was read of the journal's files.</summary>
/// <param name="Stats">The segments.</param>
/// <param name="Findings">The first damaged places.</param>
/// <param name="ToDo">What to do about them.</param>
internal sealed record JournalReading(StatsDocument Stats, ImmutableArray<FindingJson> Findings, string ToDo);
