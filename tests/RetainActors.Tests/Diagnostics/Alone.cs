namespace RetainActors.Tests.Diagnostics;

/// <summary>Tests of what a whole process tells: they run when no other does.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
