namespace RetainActors.Hosting;

/// <summary>How much of a key the measurements of instruments carry. Every value is a series of its own; spans carry bank and source always.</summary>
public enum MetricKeyTags
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The bank.</summary>
    Bank,

    /// <summary>Bank and source.</summary>
    Source,
}
