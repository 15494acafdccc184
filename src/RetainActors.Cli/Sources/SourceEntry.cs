namespace RetainActors.Cli.Sources;

/// <summary>A document below the folder.</summary>
/// <param name="Source">Its id: the path relative to the folder, with slashes.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Problem">Why it cannot be read, when that is known already.</param>
internal sealed record SourceEntry(string Source, string Path, SourceProblem? Problem = null);

/// <summary>Why a document is not retained: a stable reason and a sentence that says what to do.</summary>
internal sealed record SourceProblem(string Reason, string Detail);
