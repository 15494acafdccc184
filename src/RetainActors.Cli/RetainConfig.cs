using Akka.Actor;
using Akka.Configuration;
using RetainActors.Persistence;
using RetainActors.Runs;

namespace RetainActors.Cli;

/// <summary>The configuration of the actor system: the options, over the user's file, over the tool's own profile.</summary>
internal sealed record RetainConfig(Config Config, string Root, string JournalId, string? File)
{
    private const string RootKey = FilePersistence.JournalPath + ".root";
    private const string Profile = "RetainActors.Cli.file.conf";

    /// <summary>Standard output belongs to the command's own answer, so Akka's log never goes there.</summary>
    private const string Fixed = """
        akka.stdout-loglevel = OFF
        akka.loggers = ["RetainActors.Cli.StandardErrorLogger, retain"]
        akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
        # The command has stopped its runs by then; where it has not, the root has failed and nothing is worth the wait.
        akka.coordinated-shutdown.run-by-actor-system-terminate = off
        """;

    /// <summary>The tool names every failure itself; Akka's log is for those who ask for it in their file.</summary>
    private const string Quiet = "akka.loglevel = OFF";

    /// <summary>Who only looks must not apply what time brought about: that would be a write.</summary>
    private const string NoRetention = "retain.checkpoint.retention { on-success = keep, banks = [] }";

    private const string ReadOnly = $"{FilePersistence.JournalPath}.read-only = on";

    /// <param name="root">Directory of the journal and the banks; null for that of the files.</param>
    /// <param name="configFile">The user's file.</param>
    /// <param name="readOnly">Change nothing.</param>
    /// <param name="keepsRetention">Keep the retention of the files all the same, to judge by it.</param>
    /// <exception cref="CommandFailure">The user's file cannot be read or lacks a root.</exception>
    public static RetainConfig Load(string? root, string? configFile, bool readOnly, bool keepsRetention = false)
    {
        var config = ConfigurationFactory.ParseString(Fixed);
        if (readOnly) config = config.WithFallback(ConfigurationFactory.ParseString(ReadOnly));
        if (readOnly && !keepsRetention) config = config.WithFallback(ConfigurationFactory.ParseString(NoRetention));
        if (root is not null) config = config.WithFallback(RootSetting(root));
        if (configFile is not null) config = config.WithFallback(FromFile(configFile));
        config = config
            .WithFallback(ConfigurationFactory.ParseString(Quiet))
            .WithFallback(ConfigurationFactory.FromResource(Profile, typeof(RetainConfig).Assembly))
            .WithFallback(FilePersistence.DefaultConfig)
            .WithFallback(RetainCheckpoints.DefaultConfig);
        return Complete(config, configFile);
    }

    /// <summary>What the actor system refused when it was started with this configuration.</summary>
    public CommandFailure Refused(Exception cause) => Unreadable(File ?? "of the tool", cause.Message);

    /// <summary>The settings of the file journal.</summary>
    /// <exception cref="CommandFailure">One of them is missing or out of range.</exception>
    public FileJournalSettings JournalSettings()
    {
        try
        {
            return FileJournalSettings.From(Config.GetConfig(FilePersistence.JournalPath));
        }
        catch (ConfigurationException e)
        {
            throw Refused(e);
        }
    }

    /// <summary>Starts runs of a state table.</summary>
    /// <exception cref="CommandFailure">This configuration sets what runs refuse.</exception>
    public IRunClient StartRuns(ActorSystem system, StateTable table)
    {
        try
        {
            return RetainRuns.Start(system, table);
        }
        catch (ConfigurationException e)
        {
            throw Refused(e);
        }
    }

    private static RetainConfig Complete(Config config, string? configFile)
    {
        try
        {
            var root = config.GetString(RootKey);
            if (string.IsNullOrWhiteSpace(root)) throw new ConfigurationException($"'{RootKey}' names no directory.");
            // Absolute, so that the journal and the bank mean the same directory.
            var full = Path.GetFullPath(root);
            return new RetainConfig(RootSetting(full).WithFallback(config), full, config.GetString("akka.persistence.journal.plugin"), configFile);
        }
        catch (Exception e) when (configFile is not null)
        {
            throw Unreadable(configFile, e.Message);
        }
    }

    private static Config FromFile(string path)
    {
        try
        {
            return ConfigurationFactory.ParseString(System.IO.File.ReadAllText(path));
        }
        catch (Exception e)
        {
            throw Unreadable(path, e.Message);
        }
    }

    private static CommandFailure Unreadable(string path, string problem) => CommandFailure.Usage(
        "ConfigUnreadable", $"The configuration {path} cannot be used: {problem.TrimEnd('.')}. Give --config a HOCON file; hocon/file.conf is one to start from.");

    private static Config RootSetting(string root) => ConfigurationFactory.ParseString($"{RootKey} = {Quoted(root)}");

    private static string Quoted(string text) =>
        '"' + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal) + '"';
}
