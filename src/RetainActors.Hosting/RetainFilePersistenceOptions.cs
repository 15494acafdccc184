using Akka.Persistence.Hosting;

namespace RetainActors.Hosting;

/// <summary>A file journal and a file snapshot store that share a root. Bindable from appsettings.</summary>
public sealed class RetainFilePersistenceOptions
{
    /// <summary>Directory of both, unless they name one of their own; null leaves it to HOCON.</summary>
    public string? Root { get; set; }

    /// <summary>Which of the two are set up; both by default. One that is not is left to HOCON.</summary>
    public PersistenceMode Mode { get; set; }

    /// <summary>The journal.</summary>
    public RetainFileJournalOptions Journal { get; } = new();

    /// <summary>The snapshot store.</summary>
    public RetainFileSnapshotOptions Snapshots { get; } = new();
}
