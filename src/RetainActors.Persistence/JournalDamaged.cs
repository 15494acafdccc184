using RetainActors.Storage;

namespace RetainActors.Persistence;

/// <summary>
/// Published on the event stream when a journal that serves its events finds damage in its files: once per place while the
/// journal runs. The events in it cannot be replayed, all others can, and the health check says Degraded from then on. Damage
/// that keeps the log from being opened at all is a <see cref="JournalFailed"/>.
/// </summary>
/// <param name="PluginId">The configuration path of the journal.</param>
/// <param name="Root">The directory of the data.</param>
/// <param name="File">The full path of the damaged file.</param>
/// <param name="Offset">Where in it the damage starts, in bytes.</param>
/// <param name="Expectation">What was expected there.</param>
/// <param name="Advice">What to do, in sentences for people.</param>
public sealed record JournalDamaged(
    string PluginId, string Root, string File, long Offset, string Expectation, string Advice)
{
    internal static JournalDamaged From(string pluginId, string root, SegmentCorruptException damage) => new(
        pluginId, root, damage.File, damage.Offset, damage.Expectation,
        $"Run retain log verify --root {root} to see all of the damage. Restore the root from a backup; without one, stop this "
        + $"process and run retain log repair --root {root} --output NEW.");
}
