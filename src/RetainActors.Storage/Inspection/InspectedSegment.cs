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
