namespace RetainActors.Json;

/// <summary>Why a checkpoint file of Astrocyte is not imported, or a checkpoint not exported. The names are a contract.</summary>
public enum AstrocyteFileReason
{
    /// <summary>It is no checkpoint file: not where the seed puts one, a link, or JSON of something else.</summary>
    Foreign,

    /// <summary>The file cannot be read or written.</summary>
    Unavailable,

    /// <summary>It is larger than a checkpoint may be.</summary>
    TooLarge,

    /// <summary>Its bytes are no UTF-8.</summary>
    NotUtf8,

    /// <summary>It is no JSON: empty, cut off or overwritten.</summary>
    Damaged,

    /// <summary>It holds <c>NaN</c> or <c>Infinity</c>, which Python writes and JSON does not have.</summary>
    NotANumber,

    /// <summary>It holds half a surrogate pair, which no text can.</summary>
    LoneSurrogate,

    /// <summary>It is JSON, but not of a checkpoint: the detail names the member.</summary>
    WrongShape,

    /// <summary>Its <c>schema_version</c> is newer than 1.</summary>
    TooNew,

    /// <summary>Its name does not belong to the ids inside it.</summary>
    OtherKey,

    /// <summary>Several files hold the same key; none of them is taken.</summary>
    Colliding,

    /// <summary>There is another checkpoint of the key, or another file of the name, already.</summary>
    Exists,

    /// <summary>The checkpoint was not saved; the detail says why.</summary>
    NotSaved,

    /// <summary>The stored checkpoint is damaged, or newer than this version.</summary>
    Unreadable,

    /// <summary>The checkpoint was deleted while it was being exported.</summary>
    Deleted,
}
