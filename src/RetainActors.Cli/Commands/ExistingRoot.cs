using RetainActors.Cli.Node;

namespace RetainActors.Cli.Commands;

/// <summary>Roots that a command looks into or changes, but never makes.</summary>
internal static class ExistingRoot
{
    /// <summary>The directory of the journal below a root.</summary>
    public static string JournalOf(RetainConfig config) => Path.Combine(config.Root, "journal");

    public static bool HasJournal(RetainConfig config) => Directory.Exists(JournalOf(config));

    /// <summary>Starts the system over the journal that is there.</summary>
    /// <exception cref="CommandFailure">There is no journal, or it cannot be opened.</exception>
    public static Task<RetainSystem> OpenAsync(RetainConfig config, CancellationToken cancellationToken)
    {
        if (config.IsDatabase) NodeConfig.RequireFence(config.Config);
        else if (!HasJournal(config)) throw NoJournal(config);
        return RetainSystem.StartAsync(config, _ => { }, cancellationToken);
    }

    /// <summary>For commands that look at the files of the journal themselves.</summary>
    /// <exception cref="CommandFailure">The checkpoints are in a database.</exception>
    public static void RequireFiles(RetainConfig config)
    {
        if (config.IsDatabase) throw CommandFailure.Usage("NoJournalFiles", $"{config.Root} holds no journal files. Look with retain list, show, history and report.");
    }

    public static CommandFailure NoJournal(RetainConfig config) => new(
        "NotFound", $"There is no journal in {config.Root}. Give --root the directory that retain run used.", ExitCode.NotFound);
}
