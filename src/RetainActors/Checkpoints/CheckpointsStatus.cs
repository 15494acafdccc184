namespace RetainActors.Checkpoints;

/// <summary>How the requests of one client are served.</summary>
/// <param name="Unanswered">Requests that are not answered yet.</param>
/// <param name="OldestKey">The key of the oldest of them.</param>
/// <param name="OldestAge">Its age, to a quarter of a second.</param>
/// <param name="FailuresInRow">Answers since the last success that say that the journal failed or did not answer.</param>
/// <param name="LastFailure">The last of those; null when there is none.</param>
/// <param name="LastFailureAge">Its age.</param>
internal sealed record CheckpointsStatus(
    int Unanswered, CheckpointKey? OldestKey, TimeSpan OldestAge, int FailuresInRow, string? LastFailure, TimeSpan LastFailureAge);
