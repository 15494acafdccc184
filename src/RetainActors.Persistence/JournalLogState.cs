namespace RetainActors.Persistence;

internal enum JournalLogState
{
    /// <summary>The first attempt to open has not ended.</summary>
    Opening,

    /// <summary>Opening failed; it may be tried again.</summary>
    Closed,

    /// <summary>Opened; it may have failed since.</summary>
    Open,
}
