namespace RetainActors.Storage;

/// <summary>A segment that was read.</summary>
/// <param name="File">Its full path.</param>
/// <param name="Number">Its number.</param>
/// <param name="FirstNumber">The first number it stands for, when compaction took others into it; otherwise its own.</param>
/// <param name="Generation">How often compaction has rewritten it.</param>
/// <param name="SizeBytes">How much of the file was read.</param>
/// <param name="Records">Whole records in it.</param>
/// <param name="RecordBytes">Their size.</param>
/// <param name="LiveBytes">The size of those that are not deleted, and of the last deletion of each id.</param>
/// <param name="IsSealed">Whether nothing is ever appended to it again.</param>
public sealed record InspectedSegment(
    string File, long Number, long FirstNumber, uint Generation, long SizeBytes, long Records, long RecordBytes, long LiveBytes,
    bool IsSealed);

/// <summary>What an inspection read.</summary>
/// <param name="Directory">The folder of the log.</param>
/// <param name="Segments">The segments that count, in order; one whose header is damaged is left out.</param>
/// <param name="OtherFiles">Ends put aside by recoveries, unfinished files, and segments that compaction has replaced.</param>
/// <param name="Ids">Ids with at least one record.</param>
/// <param name="Records">Whole records.</param>
/// <param name="HighestPosition">The highest position of a record; 0 without any.</param>
/// <param name="Findings">How much damage was found.</param>
/// <param name="Notes">What is no damage but worth knowing.</param>
/// <param name="IsClean">Whether the last owner closed the log in good order.</param>
/// <param name="OwnerProcessId">The running process that owns the log; null when there is none.</param>
public sealed record LogInspection(
    string Directory, IReadOnlyList<InspectedSegment> Segments, IReadOnlyList<InspectedFile> OtherFiles, int Ids, long Records,
    long HighestPosition, long Findings, IReadOnlyList<LogNote> Notes, bool IsClean, int? OwnerProcessId);

/// <summary>A file in the folder of a log that is no part of it.</summary>
/// <param name="File">Its full path.</param>
/// <param name="SizeBytes">Its size.</param>
public sealed record InspectedFile(string File, long SizeBytes);
