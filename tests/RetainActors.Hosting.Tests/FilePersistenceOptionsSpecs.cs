using Akka.Configuration;
using Akka.Hosting;
using Akka.Persistence.Hosting;
using Microsoft.Extensions.Configuration;
using RetainActors.Persistence;

namespace RetainActors.Hosting.Tests;

public sealed class FilePersistenceOptionsSpecs : IDisposable
{
    private const string NoSnapshots = "akka.persistence.no-snapshot-store";

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "Without options every key of journal and snapshot store should have the default of the reference configuration")]
    public async Task Defaults()
    {
        await using var hosted = await StartAsync();

        foreach (var pluginId in new[] { FilePersistence.JournalPath, FilePersistence.SnapshotStorePath })
        {
            var defaults = FilePersistence.DefaultConfig.GetConfig(pluginId);
            var keys = KeysOf(defaults).ToList();
            Assert.True(keys.Count > 5);
            Assert.All(keys, key => Assert.Equal(
                key == "root" ? _directory.Path : defaults.GetString(key), hosted.Config.GetConfig(pluginId).GetString(key)));
        }

        Assert.Equal(FilePersistence.JournalPath, hosted.Config.GetString("akka.persistence.journal.plugin"));
        Assert.Equal(FilePersistence.SnapshotStorePath, hosted.Config.GetString("akka.persistence.snapshot-store.plugin"));
    }

    [Theory(DisplayName = "Options that are not set should leave every key to HOCON, whenever it was added")]
    [InlineData(HoconAddMode.Prepend, true)]
    [InlineData(HoconAddMode.Append, true)]
    [InlineData(HoconAddMode.Prepend, false)]
    [InlineData(HoconAddMode.Append, false)]
    public async Task Leaves_hocon(HoconAddMode mode, bool before)
    {
        var hocon = ConfigurationFactory.ParseString($$"""
            akka.persistence.journal.retain-file { root = "{{_directory.Path}}", segment-size = 5 MiB, serializer = hyperion, circuit-breaker.max-failures = 3, replay-filter.mode = warn }
            akka.persistence.snapshot-store.retain-file { root = "{{_directory.Path}}", serializer = other, snapshot-is-optional = on }
            """);
        await using var hosted = await HostedSystem.StartAsync(builder =>
        {
            if (before) builder.AddHocon(hocon, mode);
            builder.WithRetainFilePersistence(_ => { });
            if (!before) builder.AddHocon(hocon, mode);
        });

        var journal = hosted.Config.GetConfig(FilePersistence.JournalPath);
        Assert.Equal(
            (5L << 20, "hyperion", 3, "warn"),
            (journal.GetByteSize("segment-size")!.Value, journal.GetString("serializer"), journal.GetInt("circuit-breaker.max-failures"), journal.GetString("replay-filter.mode")));
        Assert.Equal(TimeSpan.FromSeconds(60), journal.GetTimeSpan("circuit-breaker.call-timeout"));
        var snapshots = hosted.Config.GetConfig(FilePersistence.SnapshotStorePath);
        Assert.Equal(("other", true), (snapshots.GetString("serializer"), snapshots.GetBoolean("snapshot-is-optional")));
    }

    [Fact(DisplayName = "Every option that is set should reach its key, also over HOCON that was added before")]
    public async Task Sets_keys()
    {
        await using var hosted = await HostedSystem.StartAsync(builder => builder
            .AddHocon("akka.persistence.journal.retain-file.segment-size = 5 MiB", HoconAddMode.Prepend)
            .WithRetainFilePersistence(options =>
            {
                options.Root = "./never used";
                var journal = options.Journal;
                (journal.Root, journal.ReadOnly, journal.FileSystem) = ("/a \"quoted\" \\ root: ümlaut", true, JournalFileSystem.Memory);
                (journal.SegmentSizeBytes, journal.MaxUnitSizeBytes, journal.MaxQueuedBytes) = (8 << 20, 1 << 20, 2 << 20);
                (journal.CompactionEnabled, journal.CompactionLiveShare, journal.TotalSizeWarningBytes) = (false, 0.25, 3L << 30);
                (journal.ScrubInterval, journal.OpenRetryMinBackoff, journal.OpenRetryMaxBackoff) =
                    (Timeout.InfiniteTimeSpan, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
                (journal.CallTimeout, journal.Serializer) = (TimeSpan.FromMilliseconds(1500.5), "mine");
                var snapshots = options.Snapshots;
                (snapshots.Root, snapshots.FileSystem, snapshots.MaxSnapshotSizeBytes) = ("/s", JournalFileSystem.Memory, 1 << 20);
                (snapshots.SnapshotIsOptional, snapshots.CallTimeout, snapshots.Serializer) = (true, TimeSpan.FromSeconds(9), "other");
            }));

        var journal = hosted.Config.GetConfig(FilePersistence.JournalPath);
        var settings = FileJournalSettings.From(journal);
        Assert.Equal(("/a \"quoted\" \\ root: ümlaut", true, JournalFileSystem.Memory), (settings.Root, settings.ReadOnly, settings.FileSystem));
        Assert.Equal((8L << 20, 1 << 20, 2L << 20), (settings.SegmentSizeBytes, settings.MaxUnitSizeBytes, settings.MaxQueuedBytes));
        Assert.Equal((false, 0.25, 3L << 30), (settings.CompactionEnabled, settings.CompactionLiveShare, settings.TotalSizeWarningBytes));
        Assert.Equal(
            (null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), "mine"),
            (settings.ScrubInterval, settings.OpenRetryMinBackoff, settings.OpenRetryMaxBackoff, settings.Serializer));
        Assert.Equal(TimeSpan.FromMilliseconds(1500.5), journal.GetTimeSpan("circuit-breaker.call-timeout"));
        var snapshots = hosted.Config.GetConfig(FilePersistence.SnapshotStorePath);
        Assert.Equal(
            ("/s", "memory", 1L << 20, true, TimeSpan.FromSeconds(9), "other"),
            (snapshots.GetString("root"), snapshots.GetString("file-system"), snapshots.GetByteSize("max-snapshot-size")!.Value,
                snapshots.GetBoolean("snapshot-is-optional"), snapshots.GetTimeSpan("circuit-breaker.call-timeout"), snapshots.GetString("serializer")));
    }

    [Fact(DisplayName = "A journal alone should leave snapshots to HOCON, and without HOCON to none")]
    public async Task Journal_only()
    {
        await using var alone = await StartAsync(options => options.Mode = PersistenceMode.Journal);
        await using var beside = await HostedSystem.StartAsync(builder => builder
            .WithRetainFilePersistence(options => (options.Root, options.Mode) = (_directory.File("b"), PersistenceMode.Journal))
            .AddHocon("""akka.persistence.snapshot-store.plugin = "akka.persistence.snapshot-store.inmem" """, HoconAddMode.Prepend));

        Assert.Equal(NoSnapshots, alone.Config.GetString("akka.persistence.snapshot-store.plugin"));
        Assert.Equal("akka.persistence.snapshot-store.inmem", beside.Config.GetString("akka.persistence.snapshot-store.plugin"));
    }

    [Fact(DisplayName = "A second journal should have its own root, and the same defaults under its own id")]
    public async Task Second_journal()
    {
        await using var hosted = await HostedSystem.StartAsync(builder => builder
            .WithRetainFilePersistence(options => options.Root = _directory.File("one"))
            .WithRetainFilePersistence(options =>
            {
                (options.Root, options.Mode) = (_directory.File("two"), PersistenceMode.Journal);
                (options.Journal.Identifier, options.Journal.IsDefaultPlugin) = ("audit", false);
            }));

        Assert.Equal(FilePersistence.JournalPath, hosted.Config.GetString("akka.persistence.journal.plugin"));
        var audit = hosted.Config.GetConfig("akka.persistence.journal.audit");
        Assert.Equal((_directory.File("two"), "fail"), (audit.GetString("root"), audit.GetString("replay-filter.mode")));
        Assert.Equal(TimeSpan.FromSeconds(60), audit.GetTimeSpan("circuit-breaker.call-timeout"));
        Assert.Equal(KeysOf(FilePersistence.DefaultConfig.GetConfig(FilePersistence.JournalPath)).Order(), KeysOf(audit).Order());
        await hosted.KeepAsync(FilePersistence.JournalPath);
        await hosted.KeepAsync("akka.persistence.journal.audit");
        Assert.All(["one", "two"], root => Assert.Single(Directory.GetFiles(_directory.File(root, "journal"), "*.segment")));
    }

    [Theory(DisplayName = "A wrong option should fail the start of the host and name plugin and key")]
    [InlineData("root", "akka.persistence.journal.retain-file")]
    [InlineData("segment-size", "akka.persistence.journal.retain-file")]
    [InlineData("circuit-breaker.call-timeout", "akka.persistence.journal.retain-file")]
    [InlineData("max-snapshot-size", "akka.persistence.snapshot-store.retain-file")]
    public async Task Refuses(string key, string pluginId)
    {
        var refusal = await Assert.ThrowsAsync<ConfigurationException>(() => HostedSystem.StartAsync(builder => builder.WithRetainFilePersistence(options =>
        {
            options.Root = key == "root" ? null : _directory.Path;
            if (key == "segment-size") options.Journal.SegmentSizeBytes = 1;
            if (key == "circuit-breaker.call-timeout") options.Journal.CallTimeout = TimeSpan.Zero;
            if (key == "max-snapshot-size") options.Snapshots.MaxSnapshotSizeBytes = 1;
        })));

        Assert.StartsWith($"{pluginId}: '{key}'", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_directory.Path));
    }

    [Fact(DisplayName = "The options should bind from appsettings")]
    public void Binds()
    {
        var options = new RetainFilePersistenceOptions();

        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Root"] = "/data", ["Mode"] = "Journal", ["Journal:Identifier"] = "audit", ["Journal:IsDefaultPlugin"] = "false",
            ["Journal:SegmentSizeBytes"] = "1048576", ["Journal:ScrubInterval"] = "01:00:00", ["Journal:FileSystem"] = "Memory",
            ["Snapshots:SnapshotIsOptional"] = "true",
        }).Build().Bind(options);

        Assert.Equal(("/data", PersistenceMode.Journal), (options.Root, options.Mode));
        Assert.Equal(
            ("akka.persistence.journal.audit", false, 1L << 20, TimeSpan.FromHours(1), JournalFileSystem.Memory),
            (options.Journal.PluginId, options.Journal.IsDefaultPlugin, options.Journal.SegmentSizeBytes, options.Journal.ScrubInterval, options.Journal.FileSystem));
        Assert.True(options.Snapshots.SnapshotIsOptional);
        Assert.Null(options.Journal.Root);
    }

    private static IEnumerable<string> KeysOf(Config section, string above = "") => section.AsEnumerable().SelectMany(pair =>
        pair.Value.IsObject() ? KeysOf(section.GetConfig(pair.Key), $"{above}{pair.Key}.") : [above + pair.Key]);

    private Task<HostedSystem> StartAsync(Action<RetainFilePersistenceOptions>? configure = null) =>
        HostedSystem.StartAsync(builder => builder.WithRetainFilePersistence(options =>
        {
            options.Root = _directory.Path;
            configure?.Invoke(options);
        }));
}
