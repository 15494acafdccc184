using System.Text;
using Akka.Actor;
using Akka.Configuration;
using RetainActors.Checkpoints;
using RetainActors.Persistence;
using RetainActors.Storage;

namespace RetainActors.Hostile.Tests.Types;

/// <summary>
/// Bytes in a journal on the disk that name types. Events of a checkpoint are read by our serializer or by none. Events of other actors are the business of
/// Akka's serializers, by which this journal stores them: there the control is at home.
/// </summary>
public sealed class DiskSpecs
{
    [Fact(DisplayName = "Events of a checkpoint in the file journal should make no type that their bytes name, and be answered by name")]
    public async Task Events()
    {
        using var temp = new TempDirectory();
        var cases = Payloads.Serializers.SelectMany(serializer => Payloads.Manifests.SelectMany(manifest => new[] { Payloads.All[0], Payloads.All[5] }
                .Select(payload => (serializer, manifest, payload))))
            .Concat(Payloads.All.Select(payload => (serializer: 1, manifest: "", payload))).ToList();
        await StoreAsync(temp, cases.Select((one, i) => ($"ck~b~{i}", Envelope(one.serializer, one.manifest, Encoding.UTF8.GetBytes(one.payload)))));

        var before = Made.Count;
        await using var service = new Service(temp);
        var client = RetainCheckpoints.Get(service.System).Client;
        var failures = await Task.WhenAll(cases.Select((_, i) => Record.ExceptionAsync(() => client.LoadAsync(new CheckpointKey("b", $"{i}")))));
        for (var i = 0; i < cases.Count; i++)
            Assert.True(failures[i] is CheckpointUnreadableException or CheckpointUnavailableException { Reason: not "TimedOut" }, $"{cases[i]}: {failures[i]}");

        await Record.ExceptionAsync(() => client.ListAsync());
        Assert.Equal(before, Made.Count);
    }

    [Fact(DisplayName = "Members of a checkpoint that name types should stay raw JSON")]
    public async Task Members()
    {
        using var temp = new TempDirectory();
        var key = new CheckpointKey("b", "s");
        var header = new RecordHeader { Bank = "b", Source = "s", Kind = Checkpoints.RecordKind.Save, SchemaVersion = 3, Epoch = 0, SavedAt = Timestamp.Parse("2026-01-02T03:04:05Z") };
        var members = string.Join(',', Payloads.All.Select((payload, i) => $"\"m{i}\":{payload}"));
        var body = $$"""{"bank":"b","source":"s","textLength":0,"status":"running","attempt":1,"$type":"x",{{members}}}""";
        await StoreAsync(temp, [("ck~b~s", Envelope(20261, "r1", CheckpointRecord.Of(header, Encoding.UTF8.GetBytes(body)).Frame))]);

        var before = Made.Count;
        await using var service = new Service(temp);
        var loaded = await RetainCheckpoints.Get(service.System).Client.LoadAsync(key);
        Assert.True(loaded!.Context.UnknownMembers.TryGet("m0", out var kept));
        Assert.Equal(Payloads.Gadget, kept.GetRawText());
        Assert.Equal(before, Made.Count);
    }

    [Fact(DisplayName = "The same event of any other actor makes the type by Akka's Newtonsoft serializer, so that the check above would notice")]
    public async Task Control()
    {
        using var temp = new TempDirectory();
        await using var service = new Service(temp);
        var serializer = new EventSerializer((ExtendedActorSystem)service.System, "");
        var bytes = Envelope(1, "", Encoding.UTF8.GetBytes(Payloads.Gadget));
        var before = Made.Count;

        Assert.IsType<Gadget>(serializer.FromRecord(new LogRecord("of-a-user", 1, 1, bytes)).Payload);
        Assert.NotEqual(before, Made.Count);
        before = Made.Count;
        Assert.Contains("serializer 1", Assert.Throws<EventUnreadableException>(() => serializer.FromRecord(new LogRecord("ck~b~s", 1, 1, bytes))).Message);
        Assert.Equal(before, Made.Count);
    }

    private static byte[] Envelope(int serializer, string manifest, byte[] payload) =>
        [.. EventEnvelopeCodec.EncodeHead(new EventEnvelope(serializer, manifest, "", "w", 0, [], payload)), .. payload];

    private static async Task StoreAsync(TempDirectory temp, IEnumerable<(string Id, byte[] Event)> events)
    {
        using var log = FileLog.Open(new FileLogSettings { Directory = temp.File("journal") }, PosixFileSystem.Instance);
        await log.AppendAsync([.. events.Select(one => new LogEntry(one.Id, 1, one.Event))]);
    }

    /// <summary>An actor system with the profile of a file.</summary>
    private sealed class Service(TempDirectory temp) : IAsyncDisposable
    {
        public ActorSystem System { get; } = ActorSystem.Create("disk", ConfigurationFactory.ParseString(
            $$"""
            akka.loglevel = OFF
            akka.persistence.journal.retain-file.root = "{{temp.Path}}"
            # Every event is to be read.
            akka.persistence.journal.retain-file.circuit-breaker.max-failures = 1000000
            """).WithFallback(ConfigurationFactory.ParseString(File.ReadAllText(Repository.File("hocon", "file.conf")))));

        public async ValueTask DisposeAsync() => await System.Terminate();
    }
}
