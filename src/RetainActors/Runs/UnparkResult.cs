namespace RetainActors.Runs;

/// <summary>How an unpark ended.</summary>
/// <param name="Key">The key.</param>
/// <param name="Revision">The revision that stores it; 0 when it was refused.</param>
/// <param name="NextState">The state that the next start enters; null when it was refused.</param>
/// <param name="Error">
/// Why it was refused: <c>NotFound</c>, <c>NotParked</c>, or what the checkpoint said; nothing was written then, unless it is
/// <c>SaveUnknown</c>. Null when the run is unparked.
/// </param>
public sealed record UnparkResult(CheckpointKey Key, long Revision, string? NextState, RunError? Error);
