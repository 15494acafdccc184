namespace RetainActors.Storage;

/// <summary>Something an operator should know that is no damage, such as the end of a log after a crash.</summary>
/// <param name="File">The full path of the file.</param>
/// <param name="Offset">Where in it.</param>
/// <param name="Text">What it is.</param>
public sealed record LogNote(string File, long Offset, string Text);
