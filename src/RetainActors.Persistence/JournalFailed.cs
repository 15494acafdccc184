using RetainActors.Storage;

namespace RetainActors.Persistence;

/// <summary>
/// Published on the event stream when a journal can no longer store events: once per failure, again only after it worked in
/// between or when the reason changes. Subscribe to it to alert somebody or to end the process.
/// </summary>
/// <param name="PluginId">The configuration path of the journal.</param>
/// <param name="Cause">What happened; <see cref="StorageException.Reason"/> is its kind.</param>
public sealed record JournalFailed(string PluginId, StorageException Cause);
