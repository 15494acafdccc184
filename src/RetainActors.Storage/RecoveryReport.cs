namespace RetainActors.Storage;

/// <summary>What opening a log found and did.</summary>
/// <param name="Segments">Segments found.</param>
/// <param name="Records">Records known from indexes or read, deletions included.</param>
/// <param name="WasClean">Whether the last owner closed the log in good order.</param>
/// <param name="RewrittenBytes">Bytes not known durable that were written again and synced.</param>
/// <param name="TrimmedBytes">Bytes of an unfinished batch cut from the end; no append of it was ever acknowledged.</param>
/// <param name="TornFile">The file that holds a copy of the trimmed bytes, if any.</param>
public sealed record RecoveryReport(
    int Segments, long Records, bool WasClean, long RewrittenBytes, long TrimmedBytes, string? TornFile);
