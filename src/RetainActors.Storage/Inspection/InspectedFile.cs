namespace RetainActors.Storage;

/// <summary>A file in the folder of a log that is no part of it.</summary>
/// <param name="File">Its full path.</param>
/// <param name="SizeBytes">Its size.</param>
public sealed record InspectedFile(string File, long SizeBytes);
