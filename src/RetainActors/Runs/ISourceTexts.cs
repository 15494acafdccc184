namespace RetainActors.Runs;

/// <summary>
/// Gives back the texts of sources, which checkpoints do not store. Whoever resumes runs that a dead process left asks it; it is
/// called from several threads at once.
/// </summary>
public interface ISourceTexts
{
    /// <summary>The text of a source; null when it is gone. What is thrown fails the resume of this key by name and of no other.</summary>
    Task<string?> FindAsync(CheckpointKey key, CancellationToken cancellationToken);
}
