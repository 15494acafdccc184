namespace RetainActors.Storage;

/// <summary>What a repair copied.</summary>
/// <param name="Source">The damaged log; its findings are what was left out.</param>
/// <param name="Events">Events copied, with their ids, numbers and payloads.</param>
/// <param name="Deletions">Deletions copied, with the highest number that each keeps.</param>
/// <param name="Output">The new log as it was read again afterwards.</param>
public sealed record LogRepairReport(LogInspection Source, long Events, long Deletions, LogInspection Output);
