using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using RetainActors.Checkpoints;
using RetainActors.Cluster.Runs;
using RetainActors.Json;
using RetainActors.Persistence;
using RetainActors.Persistence.Snapshots;
using RetainActors.Runs;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Hostile.Tests.Bytes;

/// <summary>Valid inputs: what versions of the past wrote, and what this one writes.</summary>
internal static class Seeds
{
    private static readonly Guid Id = Guid.Parse("11111111-2222-3333-4444-555555555555");
    private static readonly Timestamp Time = Timestamp.Parse("2026-01-02T03:04:05+02:00");

    /// <summary>The key of the records in the fixtures.</summary>
    public static CheckpointKey Key { get; } = new("bank", "docs/source.md");

    public static RetainContext Context { get; } = new RetainContext(Key)
    {
        TextLength = 7, TextSha256 = "ab", DocumentId = "d\u2028", Entities = ["e", "ü"], WikisCreated = ["w"], Errors = ["x"], CompletedState = "READ", NextState = "FORK",
        SupersedesEdges = [new("a", "b")], Attempt = 3, StartedAt = Time, Status = CheckpointStatus.Failed,
        StepLog = [new StepLogEntry("READ", Time, Time, 12.5, "boom", 2) { Notes = Members("""{"n":[1,{"a":1.0}]}""") }, new StepLogEntry("FORK", Time, null, null)],
        Table = new TableFingerprint("1", "FORK", ImmutableSortedDictionary<string, ImmutableArray<string>>.Empty.Add("FORK", ["parallel:b", "NEXT"]).Add("NEXT", [])),
        UnknownMembers = Members("""{"of-later":[1.50,"t",null],"more":{"deep":[[[]]]}}"""),
    };

    private static ContextDelta Delta { get; } = ContextDelta.Between(new RetainContext(Key) { Entities = ["e"], DocumentId = "d" }, Context);

    public static IEnumerable<object> Messages =>
    [
        new Save(Context, Id, 0, 4), new SaveBranch(Key, 2, "FORK", 1, "b", Delta, Id), new Rewind(Key, 4, Id), new Copy(Key, new CheckpointKey("x", "y"), 3, Id, 2),
        new Load(Key, 9), new History(Key, 10, 3), new Prune(Key, true), new Claim(Key, Id), new SaveRefused(Key, RefuseReason.StaleEpoch, "d"), new Corrupt(Key, "d", 4),
        new Loaded(Key, 5, 2, Context, Time, [new BranchResult("FORK", 1, "b", Delta, 4)]), new CheckpointRequest(-3, new Delete(Key, Id)),
        new HistoryPage(Key, [new RevisionInfo(3, RevisionKind.Copy, 2, Time, CheckpointStatus.Parked, "A", "B", "b", 1, new CopyOrigin("x", "y", 2), 99, "p")], 3),
    ];

    public static IEnumerable<object> RunMessages =>
        [new RunRequest(Key), new RunEnded(new RunResult(Key, RunOutcome.Failed, 7, Context, ["READ"], "READ", new RunError("r", "d")))];

    /// <summary>Those of the fixtures first: a run from its beginning.</summary>
    public static IEnumerable<byte[]> Records()
    {
        foreach (var version in new[] { 3, 2, 1 })
            foreach (var line in File.ReadLines(Repository.File("tests", "RetainActors.Tests", "Fixtures", $"records-v{version}.txt")))
                yield return Convert.FromBase64String(line);
        var header = new RecordHeader { Bank = Key.Bank, Source = Key.Source, Kind = RecordKind.Save, SchemaVersion = ContextJson.SchemaVersion, Epoch = 1, SavedAt = Time };
        yield return CheckpointRecord.Of(header, ContextJson.Encode(Context)).Frame;
        yield return CheckpointRecord.Of(header with { Encoding = BodyEncoding.Delta }, CheckpointState.EncodeDelta(Delta)).Frame;
        yield return CheckpointRecord.Of(header with { Kind = RecordKind.Branch, Fork = "FORK", Branch = "b", Visit = 1 }, CheckpointState.EncodeDelta(Delta)).Frame;
        yield return CheckpointRecord.Of(header with { Kind = RecordKind.Delete, Existed = true, SaveId = Id, CopiedFrom = new CopyOrigin("x", "y", 2) }, []).Frame;
    }

    public static IEnumerable<byte[]> Headers()
    {
        foreach (var stored in Records().Select(CheckpointRecord.Decode).OfType<CheckpointRecord>())
        {
            var target = new byte[RecordHeaderCodec.MaxLength(stored.Header)];
            yield return target[..RecordHeaderCodec.Write(stored.Header, target)];
        }
    }

    public static IEnumerable<byte[]> Envelopes()
    {
        foreach (var envelope in new[]
        {
            new EventEnvelope(20261, "r1", "", Id.ToString(), 638_000_000_000_000_000, [], Array.Empty<byte>()),
            new EventEnvelope(1, "", null, null, 0, ["a", "ü"], Array.Empty<byte>()),
        })
            yield return [.. EventEnvelopeCodec.EncodeHead(envelope), 1, 2, 3];
    }

    public static IEnumerable<byte[]> Snapshots()
    {
        yield return SnapshotCodec.Encode(new SnapshotRecord("p-1", 7, 638_000_000_000_000_000, 17, "S", Encoding.UTF8.GetBytes("a payload")));
        yield return SnapshotCodec.Encode(new SnapshotRecord("ü", long.MaxValue, 0, -1, "", Array.Empty<byte>()));
    }

    public static IEnumerable<byte[]> AstrocyteFiles()
    {
        yield return AstrocyteCheckpointFile.Export(Context, out _)!;
        yield return """{"schema_version":1,"bank_id":"b","source_id":"s","duration":1.10,"step_log":[{"state":"A","started_at":"2025-03-01T08:00:00.000001","duration_ms":1e-07}]}"""u8.ToArray();
        yield return Encoding.UTF8.GetBytes(""" {"schema_version":1, "bank_id":"b", "source_id":"s", "x": NaN} """);
    }

    /// <summary>Members that keep their raw values.</summary>
    private static JsonMembers Members(string json) => JsonSerializer.Deserialize<JsonMembers>(json)!;
}
