using System.Collections.Immutable;
using System.Text.Json.Serialization;
using RetainActors.Storage;

namespace RetainActors.Cli.Output;

/// <summary>One damaged place.</summary>
internal sealed record FindingJson(string Kind, string File, long Offset, string Expectation, string? Id, long? SequenceNumber)
{
    public static FindingJson From(LogFinding finding) => new(
        finding.Kind.ToString(), finding.File, finding.Offset, finding.Expectation, finding.Id, finding.SequenceNumber);
}

/// <summary>Something worth knowing that is no damage.</summary>
internal sealed record NoteJson(string File, long Offset, string Text)
{
    public static NoteJson From(LogNote note) => new(note.File, note.Offset, note.Text);
}

/// <summary>A line of <c>retain log verify</c>.</summary>
internal sealed record FindingLine(int SchemaVersion, FindingJson Finding);

/// <summary>Its last line.</summary>
internal sealed record VerifySummaryLine(int SchemaVersion, VerifySummary Summary);

/// <summary>What was read, and how much damage was found.</summary>
internal sealed record VerifySummary(
    long Findings, int Segments, long Records, long SizeBytes, bool WasClosedInGoodOrder, int? OwnerProcessId, ImmutableArray<NoteJson> Notes);

/// <summary>The answer of <c>retain log stats</c>.</summary>
internal sealed record StatsDocument(
    int SchemaVersion, int Ids, long Records, long HighestPosition, long SizeBytes, long LiveBytes, long DeadBytes, long Findings,
    bool WasClosedInGoodOrder, int? OwnerProcessId, ImmutableArray<StatsSegment> Segments, ImmutableArray<StatsFile> OtherFiles);

/// <summary>One segment in <see cref="StatsDocument"/>.</summary>
internal sealed record StatsSegment(
    string File, long Number, long FirstNumber, uint Generation, long SizeBytes, long Records, long LiveBytes, long DeadBytes, bool IsSealed);

/// <summary>A file that is no part of the log.</summary>
internal sealed record StatsFile(string File, long SizeBytes);

/// <summary>A line of <c>retain log dump</c>.</summary>
internal sealed record RecordLine(
    int SchemaVersion, long Position, string Id, long SequenceNumber, string Kind, string Segment, long Offset, int PayloadBytes,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? HighestSequenceNumber,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] CheckpointHeaderJson? Checkpoint,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Payload);

/// <summary>The answer of <c>retain log compact --dry-run</c>.</summary>
internal sealed record CompactPlanDocument(
    int SchemaVersion, bool DryRun, double LiveShare, long SizeBytes, long ReclaimableBytes, long Findings, int? OwnerProcessId,
    ImmutableArray<CompactRun> Runs);

/// <summary>Neighbouring segments that would become one, and the bytes of their deleted records.</summary>
internal sealed record CompactRun(ImmutableArray<string> Files, long SizeBytes, long DeadBytes);

/// <summary>The answer of <c>retain log compact</c>.</summary>
internal sealed record CompactDocument(
    int SchemaVersion, bool DryRun, double LiveShare, long RewrittenSegments, long ReclaimedBytes, long SizeBytes, int Segments, long Findings);

/// <summary>A line of <c>retain log repair</c>.</summary>
internal sealed record LeftOutLine(int SchemaVersion, FindingJson LeftOut);

/// <summary>Its last line.</summary>
internal sealed record RepairSummaryLine(int SchemaVersion, RepairSummary Summary);

/// <summary>How much was left out, and how much is in the new root.</summary>
internal sealed record RepairSummary(long LeftOut, long Events, long Deletions, string Output, ImmutableArray<NoteJson> Notes);
