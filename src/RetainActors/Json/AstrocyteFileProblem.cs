namespace RetainActors.Json;

/// <summary>What is wrong with one file.</summary>
/// <param name="Reason">The kind of problem.</param>
/// <param name="Detail">A sentence without the file's name: what, and where in the file.</param>
public sealed record AstrocyteFileProblem(AstrocyteFileReason Reason, string Detail);
