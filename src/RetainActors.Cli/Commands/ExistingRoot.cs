namespace RetainActors.Cli.Commands;

/// <summary>Roots that a command looks into or changes, but never makes.</summary>
internal static class ExistingRoot
{
    /// <summary>The directory of the journal below a root.</summary>
    public static string JournalOf(RetainConfig config) => Path.Combine(config.Root, "journal");

    public static bool HasJournal(RetainConfig config) => Directory.Exists(JournalOf(config));

    /// <summary>Starts the system over the journal that is there.</summary>
    /// <exception cref="CommandFailure">There is no journal, or it cannot be opened.</exception>
    public static Task<RetainSystem> OpenAsync(RetainConfig config, CancellationToken cancellationToken) =>
        HasJournal(config) ? RetainSystem.StartAsync(config, _ => { }, cancellationToken) : throw NoJournal(config);

    public static CommandFailure NoJournal(RetainConfig config) => new(
        "NotFound", $"There is no journal in {config.Root}. Give --root the directory that retain run used.", ExitCode.NotFound);
}
