using System.CommandLine;
using RetainActors.Storage;

namespace RetainActors.Cli.Commands;

/// <summary><c>retain log</c>: what operators do with the files of the journal.</summary>
internal static class LogCommand
{
    public static Command Create() => new(
        "log",
        """
        Look at the journal's files, also while a run is on; compact them; copy what is intact out of damaged ones.

        Example: retain log verify --root retain-data
        """)
    {
        LogVerifyCommand.Create(),
        LogStatsCommand.Create(),
        LogDumpCommand.Create(),
        LogCompactCommand.Create(),
        LogRepairCommand.Create(),
    };

    /// <summary>The journal below the root that the options mean.</summary>
    public static string DirectoryOf(string? root, string? config) => DirectoryOf(RetainConfig.Load(root, config, readOnly: true));

    /// <summary>The journal below a root.</summary>
    /// <exception cref="CommandFailure">There is none.</exception>
    public static string DirectoryOf(RetainConfig settings)
    {
        ExistingRoot.RequireFiles(settings);
        var directory = ExistingRoot.JournalOf(settings);
        return HoldsLog(directory) ? directory : throw ExistingRoot.NoJournal(settings);
    }

    /// <summary>Whether a log was ever in the directory, or whether that cannot be seen; another program's files are none.</summary>
    private static bool HoldsLog(string directory)
    {
        try
        {
            return Directory.Exists(directory) && Directory.EnumerateFiles(directory)
                .Any(path => Path.GetFileName(path) is "CLEAN" || path.EndsWith(".segment", StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Reading it names the cause.
            return true;
        }
    }

    /// <summary>Names what keeps the log as a whole from being read.</summary>
    public static LogInspection Run(LogInspector inspector, CancellationToken cancellationToken)
    {
        try
        {
            return inspector.Run(cancellationToken);
        }
        catch (StorageException e)
        {
            throw CommandFailure.From(e);
        }
    }
}
