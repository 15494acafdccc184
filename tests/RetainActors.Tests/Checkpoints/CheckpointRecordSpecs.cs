using System.Text;
using System.Text.Json;
using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests.Checkpoints;

public sealed class CheckpointRecordSpecs
{
    private static readonly CheckpointKey Key = Contexts.Key;

    /// <summary>Records that schema version 1 wrote. They are never changed: every later version reads them.</summary>
    private static readonly byte[][] StoredByVersion1 = Stored("records-v1.txt");

    [Theory(DisplayName = "Records that an earlier version stored should replay to the same checkpoint for ever")]
    [InlineData("records-v1.txt")]
    [InlineData("records-v2.txt")]
    [InlineData("records-v3.txt")]
    public void Fixtures(string fixture)
    {
        var key = new DecidedKey(Key);
        foreach (var frame in Stored(fixture)) key.Replay(CheckpointRecord.Decode(frame));

        var loaded = key.Load();
        Assert.Equal((4, 1, "FORK"), (loaded.Revision, loaded.Epoch, loaded.Context.CompletedState));
        Assert.Equal("1.50", loaded.Context.StepLog[0].Notes.Single().Value.GetRawText());
        Assert.Equal("A", Assert.Single(loaded.Branches).Branch);
        Assert.Equal(new Saved(Key, 3), key.Do(new SaveStatus(Key, new Guid("00000000-0000-0000-0000-000000000003"))));
    }

    [Fact(DisplayName = "A record should be written exactly as the version stored it that introduced its schema")]
    public void Stable_bytes() =>
        Approval.Verify(string.Join('\n', History().Select(record => Convert.ToBase64String(record.Frame))), FixturePath("records-v3.txt"));

    [Theory(DisplayName = "A key that an earlier version wrote should go on under this one")]
    [InlineData("records-v1.txt", "Base")] // it stored none
    [InlineData("records-v2.txt", "Delta")]
    public void Upgrade(string fixture, string goesOnWith)
    {
        var key = new DecidedKey(Key);
        foreach (var frame in Stored(fixture)) key.Replay(CheckpointRecord.Decode(frame));

        Assert.Equal(new Saved(Key, 5), key.Do(new Save(key.Load().Context with { DocumentId = "new" }, Epoch: 1)));
        Assert.Equal((Enum.Parse<BodyEncoding>(goesOnWith), 3), (key.Records[0].Header.Encoding, key.Records[0].Header.SchemaVersion));
        Assert.Equal("A", Assert.Single(key.Load().Branches).Branch);
    }

    [Theory(DisplayName = "A damaged record should never look like a missing checkpoint, whichever byte is cut or changed")]
    [InlineData("records-v1.txt")]
    [InlineData("records-v3.txt")]
    public void Damage(string fixture)
    {
        var frame = Stored(fixture)[2];
        for (var i = 0; i < frame.Length; i++)
        {
            var changed = frame.ToArray();
            changed[i] = 0;
            Check(CheckpointRecord.Decode(frame[..i]));
            Check(CheckpointRecord.Decode(changed));
        }

        static void Check(ICheckpointEvent stored)
        {
            var key = new DecidedKey(Key);
            key.Replay(CheckpointRecord.Decode(StoredByVersion1[0]));
            key.Replay(stored);
            Assert.True(key.Do(new Load(Key)) is Loaded or Corrupt { LastGoodRevision: 1 } or TooNew);
        }
    }

    [Fact(DisplayName = "A damaged checkpoint should answer Corrupt with the last good revision, refuse saves and claims, and allow deletion")]
    public void Corrupt_state()
    {
        var key = new DecidedKey(Key);
        key.Replay(CheckpointRecord.Decode(StoredByVersion1[0]));
        key.Replay(new UnreadableRecord("bits fell off", null));

        Assert.Equal(new Corrupt(Key, "bits fell off", 1), key.Do(new Load(Key)));
        Assert.Equal(new SaveRefused(Key, RefuseReason.Unreadable, "bits fell off"), key.Do(new Save(Contexts.After())));
        Assert.Equal(new ClaimRefused(Key, RefuseReason.Unreadable, "bits fell off"), key.Do(new Claim(Key)));
        Assert.Equal(new Deleted(Key, 3, Existed: true), key.Do(new Delete(Key)));
        Assert.Equal(new NotFound(Key), key.Do(new Load(Key)));
    }

    [Theory(DisplayName = "A record of a newer version should be TooNew, never defaults")]
    [InlineData("""{"bank":"bank","source":"docs/source.md","kind":"save","schemaVersion":99,"epoch":0,"savedAt":"2026-01-01T00:00:00Z","encoding":"full"}""")]
    [InlineData("""{"bank":"bank","source":"docs/source.md","kind":"teleport","schemaVersion":99,"epoch":0,"savedAt":"2026-01-01T00:00:00Z"}""")]
    public void Newer(string header)
    {
        var key = new DecidedKey(Key);
        key.Replay(CheckpointRecord.Decode((byte[])[1, .. BitConverter.GetBytes(header.Length), .. Encoding.UTF8.GetBytes(header)]));
        Assert.Equal(new TooNew(Key, 99), key.Do(new Load(Key)));
    }

    [Fact(DisplayName = "A record of another key should be damage that names that key")]
    public void Other_key()
    {
        var other = new DecidedKey(new CheckpointKey("bank", "other"));
        other.Replay(CheckpointRecord.Decode(StoredByVersion1[0]));
        Assert.Contains("bank/docs/source.md", Assert.IsType<Corrupt>(other.Do(new Load(other.State.Key))).Detail);
    }

    private static string FixturePath(string name) => Repository.File("tests", "RetainActors.Tests", "Fixtures", name);

    private static byte[][] Stored(string fixture) => [.. File.ReadAllLines(FixturePath(fixture)).Select(Convert.FromBase64String)];

    private static List<CheckpointRecord> History()
    {
        var note = JsonMembers.Empty.With("ratio", JsonDocument.Parse("1.50").RootElement);
        var fork = Contexts.After("FORK") with
        {
            TextLength = 7,
            TextSha256 = "ab",
            Entities = ["ä", "学"],
            SupersedesEdges = [new SupersedesEdge("a", "b")],
            ReferenceDate = Timestamp.Parse("2024-05-06"),
            StepLog = [Contexts.Step("FORK") with { Notes = note }],
        };
        var delta = ContextDelta.Between(fork, fork with { Errors = ["e"], DocumentId = "d" });
        var key = new DecidedKey(Key);
        key.Do(new Save(Contexts.After("READ"), new Guid("00000000-0000-0000-0000-000000000001")));
        key.Do(new Claim(Key));
        key.Do(new Save(fork, new Guid("00000000-0000-0000-0000-000000000003"), Epoch: 1));
        key.Do(new SaveBranch(Key, 1, "FORK", 1, "A", delta, new Guid("00000000-0000-0000-0000-000000000004")));
        return key.Records;
    }
}
