namespace RetainActors;

/// <summary>One edge of the supersedes relation, in the order the run recorded it.</summary>
public readonly record struct SupersedesEdge(string From, string To);
