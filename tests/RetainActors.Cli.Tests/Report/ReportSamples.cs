using RetainActors.Checkpoints;
using RetainActors.Cli.Output;
using RetainActors.Cli.Report;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Cli.Tests.Report;

/// <summary>Readings of checkpoints that never change, and the reports made from them.</summary>
internal static class ReportSamples
{
    public const string Hostile = "<script>alert(1)</script>\"'&\n\u202Etxt\0\\ud800";

    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>One checkpoint for each trouble, and a completed one that was resumed.</summary>
    public static ReportModel OneOfEach(int? owner = 4711)
    {
        return OneOfEach(Builder(owner));
    }

    /// <summary>The same in the database of a cluster.</summary>
    public static ReportModel OfCluster()
    {
        var config = RetainConfig.Load("/srv/retain data", null, readOnly: true) with { Root = "the database retain on db:5432", IsDatabase = true, File = "/etc/retain/node.conf" };
        return OneOfEach(new ReportBuilder(new ReportOptions(config, null, null, 100, TimeSpan.FromMinutes(15)), journal: null, Now));
    }

    private static ReportModel OneOfEach(ReportBuilder builder)
    {
        builder.Add(Unreadable(new CheckpointKey("demo", "lost.md")));
        builder.Add(Full(Parked(new CheckpointKey("demo", "nested.md")), Now.AddHours(-3)));
        builder.Add(Full(Failed(new CheckpointKey(Hostile, Hostile)), Now.AddDays(-9)));
        builder.Add(Full(Retrying(new CheckpointKey("demo", "flaky.md")), Now.AddMinutes(-1)));
        builder.Add(Full(InFork(new CheckpointKey("demo", "silent.md")), Now.AddHours(-1)));
        builder.Add(Full(Completed(new CheckpointKey("other", "done.md")), Now.AddMinutes(-2)));
        builder.Add(Brief(Completed(new CheckpointKey("other", "slow.md")), Now.AddDays(-2)) with { Loaded = null, Problem = "DeadlineExceeded: no answer within 10 s", IsUnavailable = true });
        builder.UnnamedIds = ["ck~a~b~0123"];
        return builder.Finish();
    }

    /// <summary>Ids, states and errors as long as they may be, without a place to break them.</summary>
    public static ReportModel LongNames()
    {
        var builder = Builder();
        var name = new string('x', CheckpointKey.MaxIdBytes);
        var key = new CheckpointKey(name, name);
        builder.Add(Full(
            Parked(key) with { NextState = name, CompletedState = name, Errors = [name + name], StepLog = [Step(name, 0, 100), Step("parallel:" + name, 100, 50, name + name)] }, Now));
        builder.Add(Full(Completed(new CheckpointKey("b", name)) with { DocumentId = name + name, Entities = [name, name] }, Now));
        return builder.Finish();
    }

    public static ReportBuilder Builder(int? owner = 4711, long findings = 1, int full = 100) => new(
        new ReportOptions(RetainConfig.Load("/srv/retain data", null, readOnly: true), null, null, full, TimeSpan.FromMinutes(15)),
        new JournalReading(
            new StatsDocument(
                1, 6, 60, 66, 3_000_000, 1_000_000, 1_500_000, findings, false, owner,
                [
                    new StatsSegment("00000000000000000003.1.segment", 3, 1, 1, 2_000_000, 40, 600_000, 1_300_000, true),
                    new StatsSegment("00000000000000000004.0.segment", 4, 4, 0, 1_000_000, 20, 400_000, 200_000, false),
                ],
                [new StatsFile("00000000000000000001.torn", 512)]),
            findings == 0 ? [] : [new FindingJson("SegmentCorrupt", "/srv/retain data/journal/00000000000000000003.1.segment", 120, "record 1 of 'ck~demo~lost.md'", "ck~demo~lost.md", 1)],
            findings == 0 ? "" : "Restore /srv/retain data from a backup."),
        Now);

    public static CheckpointReading Full(RetainContext context, DateTimeOffset savedAt, params BranchResult[] branches)
    {
        var loaded = new Loaded(context.Key, 7, 2, context, Timestamp.From(savedAt), [.. branches]);
        var previous = loaded with { Revision = 6, Context = context with { StepLog = [.. context.StepLog.SkipLast(1)], Errors = [], Status = CheckpointStatus.Running } };
        return new CheckpointReading(
            Listed(loaded), loaded,
            History: new HistoryPage(
                context.Key,
                [
                    new RevisionInfo(7, RevisionKind.Save, 2, loaded.SavedAt, context.Status, context.CompletedState, context.NextState, Bytes: 900),
                    new RevisionInfo(6, RevisionKind.Branch, 2, loaded.SavedAt, CheckpointStatus.Running, Branch: "EXTRACT_LINKS", Bytes: 300),
                    new RevisionInfo(5, RevisionKind.Rewind, 2, loaded.SavedAt, CheckpointStatus.Running, RewoundTo: 2, Bytes: 200),
                ],
                Before: 5),
            Previous: previous);
    }

    /// <summary>The same as only the list and the body tell it.</summary>
    public static CheckpointReading Brief(RetainContext context, DateTimeOffset savedAt) => Full(context, savedAt) with { History = null, Previous = null };

    public static RetainContext Completed(CheckpointKey key) => new(key)
    {
        Attempt = 2, Status = CheckpointStatus.Completed, CompletedState = "COMPLETE", CompletedAt = At(300),
        StepLog = [Step("INIT", 0, 100), Step("READ", 100, 1000), Step("parallel:FACTS", 1100, 2000), Step("PUBLISH", 60_000, 500, attempt: 2), Step("COMPLETE", 60_500, 1, attempt: 2)],
    };

    public static RetainContext Failed(CheckpointKey key) => new(key)
    {
        Status = CheckpointStatus.Failed, CompletedState = "INIT", NextState = Hostile, Errors = [$"READ: {Hostile}"],
        StepLog = [Step("INIT", 0, 100), Step("READ", 100, 50, Hostile)],
    };

    public static RetainContext Parked(CheckpointKey key) => new(key)
    {
        Attempt = 3, Status = CheckpointStatus.Parked, CompletedState = "INIT", NextState = "READ", Errors = ["READ: too deep"],
        StepLog = [Step("INIT", 0, 100), Step("READ", 100, 50, "too deep"), Step("READ", 9000, 40, "too deep", 2), Step("READ", 19_000, 60, "too deep", 3)],
    };

    public static RetainContext Retrying(CheckpointKey key) => new(key)
    {
        Status = CheckpointStatus.Running, CompletedState = "INIT", NextState = "READ",
        StepLog = [Step("INIT", 0, 100), Step("READ", 100, 50, "HttpRequestException: 503"), Step("READ", 2000, 50, "HttpRequestException: 503")],
    };

    public static RetainContext InFork(CheckpointKey key) => new(key)
    {
        Status = CheckpointStatus.Running, CompletedState = "READ", NextState = "PUBLISH", StepLog = [Step("INIT", 0, 100), Step("READ", 100, 1000)],
    };

    public static StepLogEntry Step(string state, double atMs, double? durationMs, string? error = null, int attempt = 1) =>
        new(state, At(atMs), durationMs is { } duration ? At(atMs + duration) : null, durationMs, error, attempt);

    private static CheckpointReading Unreadable(CheckpointKey key) => new(
        new ListedCheckpoint(key, ListedStatus.Unreadable, null, null, 9, 1, null, "SegmentCorrupt: offset 120"), null, "SegmentCorrupt: offset 120", LastGoodRevision: 4,
        History: new HistoryPage(
            key,
            [
                new RevisionInfo(9, RevisionKind.Unreadable, 1, null, Problem: "the record is damaged"),
                new RevisionInfo(4, RevisionKind.Save, 1, At(0), CheckpointStatus.Running, "INIT", "READ", Bytes: 100),
            ],
            Before: null));

    private static ListedCheckpoint Listed(Loaded loaded) => new(
        loaded.Key, Enum.Parse<ListedStatus>(loaded.Context.Status.ToString()), loaded.Context.CompletedState, loaded.Context.NextState, loaded.Revision, loaded.Epoch,
        loaded.SavedAt, null);

    private static Timestamp At(double milliseconds) => Timestamp.From(Now.AddDays(-10).AddMilliseconds(milliseconds));
}
