using Akka.Persistence;
using Akka.TestKit;
using RetainActors.Storage;

namespace RetainActors.Persistence.Tests;

/// <summary>What a running journal says of damage in its sealed segments, and of its size.</summary>
public abstract class FileJournalDamageSpecs : QueryTestBase
{
    private readonly TestProbe _reports;

    private FileJournalDamageSpecs(string keys)
        : base(TestJournal.File($"segment-size = 4 KiB, compaction.enabled = off\n{keys}"))
    {
        _reports = CreateTestProbe();
        Sys.EventStream.Subscribe(_reports, typeof(JournalDamaged));
        Sys.EventStream.Subscribe(_reports, typeof(JournalFailed));
    }

    public sealed class WithoutScrub() : FileJournalDamageSpecs("scrub-interval = off, total-size-warning = 20 KiB")
    {
        [Theory(DisplayName = "FileJournal should name damage that a replay or a query meets once, be degraded, and serve everything else")]
        [InlineData(false)]
        [InlineData(true)]
        public async Task Reading(bool byQuery)
        {
            var file = await FillAsync();
            Damage(file);
            // Nobody has met it yet.
            Assert.Equal(PersistenceHealthStatus.Healthy, (await HealthAsync()).Status);
            await _reports.ExpectNoMsgAsync(TimeSpan.Zero);

            for (var i = 0; i < 2; i++)
                if (byQuery) await Assert.ThrowsAsync<SegmentCorruptException>(() => AllOfAsync(Queries.CurrentEventsByPersistenceId(Pid, 0, long.MaxValue)));
                else Assert.IsType<SegmentCorruptException>(Assert.IsType<ReplayMessagesFailure>((await ReplayAsync()).End).Cause);

            await ExpectDamageAsync(file);
            Assert.Equal([2, 3, 4, 5], (await ReplayAsync(from: 2)).Events.Select(e => e.SequenceNr));
            await StoreAsync((6, "on"));
        }

        [Fact(DisplayName = "FileJournal should be degraded while its files are larger than total-size-warning")]
        public async Task Size_warning()
        {
            await FillAsync();
            Assert.Equal(PersistenceHealthStatus.Healthy, (await HealthAsync()).Status);

            await StoreAsync([.. Enumerable.Range(6, 20).Select(number => ((long)number, (object)Payload(number)))]);

            var health = await HealthAsync();
            Assert.Equal((PersistenceHealthStatus.Degraded, "TotalSizeWarning"), (health.Status, (string)health.Data!["reason"]));
            Assert.True((long)health.Data["total-bytes"] > 20 * 1024);
            Assert.Contains("'total-size-warning'", health.Description, StringComparison.Ordinal);
            await _reports.ExpectNoMsgAsync(TimeSpan.Zero);
        }
    }

    public sealed class WithScrub() : FileJournalDamageSpecs("scrub-interval = 20ms")
    {
        [Fact(DisplayName = "FileJournal should find damage that nobody reads by its scrub, and name it once")]
        public async Task Scrub()
        {
            var file = await FillAsync();
            await _reports.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(200));

            Damage(file);

            await ExpectDamageAsync(file);
            // Meanwhile it is scrubbed again and again.
            await _reports.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(200));
        }
    }

    private static string Payload(long number) => new((char)('a' + (number % 26)), 900);

    private static void Damage(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        stream.Position = 200;
        var before = stream.ReadByte();
        stream.Position = 200;
        stream.WriteByte((byte)(before ^ 1));
    }

    /// <summary>Five events in two segments; returns the sealed one.</summary>
    private async Task<string> FillAsync()
    {
        for (var number = 1; number <= 5; number++) await StoreAsync((number, Payload(number)));
        return Directory.GetFiles(Path.Combine(Root, "journal"), "*1.0.segment").Single();
    }

    private async Task ExpectDamageAsync(string file)
    {
        var damage = await _reports.ExpectMsgAsync<JournalDamaged>();
        Assert.Equal((FilePersistence.JournalPath, Root, file, 120L), (damage.PluginId, damage.Root, damage.File, damage.Offset));
        Assert.NotEmpty(damage.Expectation);
        Assert.Contains($"retain log repair --root {Root} ", damage.Advice, StringComparison.Ordinal);

        var health = await HealthAsync();
        Assert.Equal(PersistenceHealthStatus.Degraded, health.Status);
        Assert.Equal(
            ("SegmentCorrupt", file, 120L, 1),
            ((string)health.Data!["reason"], (string)health.Data["file"], (long)health.Data["offset"], (int)health.Data["places"]));
        Assert.Contains(file, health.Description, StringComparison.Ordinal);
        await _reports.ExpectNoMsgAsync(TimeSpan.Zero);
    }
}
