using System.Collections.Immutable;
using RetainActors.Checkpoints;
using RetainActors.Cli.Commands;
using RetainActors.Storage;
using static RetainActors.Checkpoints.CatalogProtocol;

namespace RetainActors.Cli.Health;

/// <summary>
/// Looks at a root beside its owner and changes nothing. The log is opened as a reader opens it: headers, the indexes of full segments and every
/// record of the last one are read, and the headers of checkpoint records in all; the rest is <c>retain log verify</c>'s.
/// </summary>
internal static class RootInspection
{
    /// <exception cref="CommandFailure">There is no journal, or the configuration cannot be used.</exception>
    public static async Task<RootHealth> RunAsync(RetainConfig config, CancellationToken cancellationToken)
    {
        if (!ExistingRoot.HasJournal(config)) throw ExistingRoot.NoJournal(config);
        var health = new RootHealth(config.Root, LogOwner.Find(ExistingRoot.JournalOf(config), PosixFileSystem.Instance), null, null, null);
        try
        {
            health = health with { Space = Measure(config) };
            return health with { Checkpoints = await CountAsync(config, cancellationToken) };
        }
        catch (StorageException e)
        {
            return health with { Failure = new(e.Reason.ToString(), e.Message) };
        }
        catch (CommandFailure e) when (e.ExitCode != ExitCode.Usage)
        {
            return health with { Failure = new(e.Reason, e.Detail) };
        }
    }

    private static SpaceUse Measure(RetainConfig config)
    {
        var settings = config.JournalSettings();
        using var log = FileLog.Open(new FileLogSettings { Directory = settings.LogDirectory, ReadOnly = true }, PosixFileSystem.Instance);
        var statistics = log.GetStatistics();
        try
        {
            var spare = new DirectoryInfo(settings.LogDirectory).EnumerateFiles("*.spare").Sum(file => file.Length);
            return new SpaceUse(
                new DriveInfo(config.Root).AvailableFreeSpace, statistics.TotalBytes + spare,
                settings.TotalSizeWarningBytes > 0 ? settings.TotalSizeWarningBytes : null, statistics.Segments, statistics.Ids);
        }
        // A spare file may become a segment between its listing and the look at it.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RootUnavailableException(e.Message, e);
        }
    }

    private static async Task<CheckpointCensus> CountAsync(RetainConfig config, CancellationToken cancellationToken)
    {
        await using var retain = await ExistingRoot.OpenAsync(config, cancellationToken);
        var completed = 0;
        var open = new List<ListedCheckpoint>();
        ImmutableArray<string> unnamed = [];
        await foreach (var page in ListedCheckpoints.ReadAsync(RetainCheckpoints.Get(retain.System).Client, new ListCheckpoints(), cancellationToken))
        {
            unnamed = page.UnnamedIds;
            completed += page.Items.Count(item => item.Status == ListedStatus.Completed);
            open.AddRange(page.Items.Where(item => item.Status != ListedStatus.Completed));
        }

        return new CheckpointCensus(completed, [.. open.OrderBy(item => item.SavedAt?.Instant ?? DateTimeOffset.MinValue)], unnamed);
    }
}
