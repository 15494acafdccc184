using Akka.Configuration;

namespace RetainActors.Persistence.Tests;

public sealed class FileJournalSettingsSpecs
{
    [Theory(DisplayName = "FileJournalSettings should have these defaults")]
    [InlineData(FilePersistence.JournalPath, JournalFileSystem.Posix, "/data")]
    [InlineData(FilePersistence.MemoryJournalPath, JournalFileSystem.Memory, "/retain")]
    public void Has_defaults(string pluginId, JournalFileSystem fileSystem, string root)
    {
        var section = pluginId == FilePersistence.JournalPath ? "root = /data" : "";

        var settings = FileJournalSettings.From(
            FilePersistence.WithDefaults(pluginId, ConfigurationFactory.ParseString(section)));

        Assert.Equal(
            new FileJournalSettings
            {
                Root = root,
                ReadOnly = false,
                FileSystem = fileSystem,
                SegmentSizeBytes = 64 * 1024 * 1024,
                MaxUnitSizeBytes = 16 * 1024 * 1024,
                MaxQueuedBytes = 64 * 1024 * 1024,
                CompactionEnabled = true,
                CompactionLiveShare = 0.5,
                TotalSizeWarningBytes = 0,
                ScrubInterval = TimeSpan.FromHours(24),
                SpareSegments = pluginId == FilePersistence.JournalPath ? 2 : 0,
                OpenRetryMinBackoff = TimeSpan.FromMilliseconds(200),
                OpenRetryMaxBackoff = TimeSpan.FromSeconds(10),
                Serializer = "",
            },
            settings);
        Assert.Equal(Path.Combine(root, "journal"), settings.LogDirectory);
    }

    [Theory(DisplayName = "The keys that Akka reads should have these defaults")]
    [InlineData(FilePersistence.JournalPath)]
    [InlineData(FilePersistence.MemoryJournalPath)]
    public void Has_defaults_for_akka(string pluginId)
    {
        var section = FilePersistence.DefaultConfig.GetConfig(pluginId);

        Assert.Equal("RetainActors.Persistence.FileJournal, RetainActors.Persistence", section.GetString("class"));
        Assert.Equal("akka.persistence.dispatchers.default-plugin-dispatcher", section.GetString("plugin-dispatcher"));
        Assert.Equal(10, section.GetInt("circuit-breaker.max-failures"));
        Assert.Equal(TimeSpan.FromSeconds(60), section.GetTimeSpan("circuit-breaker.call-timeout"));
        Assert.Equal(TimeSpan.FromSeconds(30), section.GetTimeSpan("circuit-breaker.reset-timeout"));
        Assert.Equal("fail", section.GetString("replay-filter.mode"));
        Assert.Equal(100, section.GetInt("replay-filter.window-size"));
        Assert.Equal(10, section.GetInt("replay-filter.max-old-writers"));
        Assert.False(section.GetBoolean("replay-filter.debug", true));
        Assert.Equal(TimeSpan.FromSeconds(30), section.GetTimeSpan("recovery-event-timeout"));
    }

    [Fact(DisplayName = "Both sections of the reference configuration should have the same keys")]
    public void Has_the_same_keys()
    {
        Assert.Equal(Keys(FilePersistence.JournalPath), Keys(FilePersistence.MemoryJournalPath));

        static IEnumerable<string> Keys(string pluginId) =>
            FilePersistence.DefaultConfig.GetConfig(pluginId).AsEnumerable().Select(pair => pair.Key).Order();
    }

    [Fact(DisplayName = "FileJournalSettings should take a relative root from the working directory")]
    public void Makes_root_absolute() =>
        Assert.Equal(Path.Combine(Environment.CurrentDirectory, "data"), From("root = ./data").Root);

    [Theory(DisplayName = "FileJournalSettings should refuse a bad value and name its key")]
    [InlineData("root", "root = \"\"")]
    [InlineData("root", "root = \" \"")]
    [InlineData("read-only", "read-only = maybe")]
    [InlineData("file-system", "file-system = floppy")]
    [InlineData("segment-size", "segment-size = 1 KiB")]
    [InlineData("segment-size", "segment-size = large")]
    [InlineData("max-unit-size", "max-unit-size = 1")]
    [InlineData("max-unit-size", "max-unit-size = 2 GiB")]
    [InlineData("max-queued-bytes", "max-queued-bytes = 1 MiB")]
    [InlineData("segment-size", "segment-size = 2 GiB")]
    [InlineData("compaction.enabled", "compaction.enabled = sometimes")]
    [InlineData("compaction.live-share", "compaction.live-share = 0")]
    [InlineData("compaction.live-share", "compaction.live-share = -0.1")]
    [InlineData("compaction.live-share", "compaction.live-share = 1.01")]
    [InlineData("compaction.live-share", "compaction.live-share = NaN")]
    [InlineData("compaction.live-share", "compaction.live-share = half")]
    [InlineData("total-size-warning", "total-size-warning = -1")]
    [InlineData("total-size-warning", "total-size-warning = huge")]
    [InlineData("scrub-interval", "scrub-interval = 0s")]
    [InlineData("spare-segments", "spare-segments = -1")]
    [InlineData("spare-segments", "spare-segments = 17")]
    [InlineData("scrub-interval", "scrub-interval = 31d")]
    [InlineData("scrub-interval", "scrub-interval = sometimes")]
    [InlineData("open-retry.min-backoff", "open-retry.min-backoff = 0s")]
    [InlineData("open-retry.min-backoff", "open-retry.min-backoff = soon")]
    [InlineData("open-retry.max-backoff", "open-retry.max-backoff = 1ms")]
    public void Refuses(string key, string line)
    {
        var refusal = Assert.Throws<ConfigurationException>(() => From("root = /data\n" + line));

        Assert.Contains($"'{key}'", refusal.Message, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "FileJournalSettings should hand compaction and the size warning to the log")]
    [InlineData("on", 0.25)]
    [InlineData("off", 0)]
    public void Sets_up_compaction(string enabled, double liveShare)
    {
        var log = From($$"""
            root = /data
            compaction { enabled = {{enabled}}, live-share = 0.25 }
            total-size-warning = 3 GiB
            """).ToLogSettings();

        Assert.Equal((liveShare, 3L << 30), (log.CompactionLiveShare, log.TotalSizeWarningBytes));
    }

    [Fact(DisplayName = "FileJournalSettings should let the scrub be turned off")]
    public void Turns_off_the_scrub() => Assert.Null(From("root = /data\nscrub-interval = off").ScrubInterval);

    [Fact(DisplayName = "FileJournalSettings should refuse a section without the reference configuration below it")]
    public void Refuses_missing_key()
    {
        var refusal = Assert.Throws<ConfigurationException>(
            () => FileJournalSettings.From(ConfigurationFactory.ParseString("root = /data")));

        Assert.Contains("'max-unit-size' is missing", refusal.Message, StringComparison.Ordinal);
    }

    private static FileJournalSettings From(string section) => FileJournalSettings.From(
        FilePersistence.WithDefaults(FilePersistence.JournalPath, ConfigurationFactory.ParseString(section)));
}
