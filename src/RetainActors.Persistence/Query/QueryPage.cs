namespace RetainActors.Persistence.Query;

/// <summary>Some elements of a query, in order, and what follows them.</summary>
internal readonly record struct QueryPage<T>(IReadOnlyList<T> Elements, QueryProgress Progress);

/// <summary>What follows a page.</summary>
internal enum QueryProgress
{
    /// <summary>There may be more at once.</summary>
    More,

    /// <summary>Nothing more until something is appended.</summary>
    Drained,

    /// <summary>Nothing more, ever.</summary>
    Finished,
}
