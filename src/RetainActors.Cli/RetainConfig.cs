using Akka.Actor;
using Akka.Configuration;
using RetainActors.Cli.Configuration;
using RetainActors.Cli.Node;
using RetainActors.Cluster;
using RetainActors.Persistence;
using RetainActors.Runs;

namespace RetainActors.Cli;

/// <summary>The configuration of the actor system: the options, over the user's file, over the tool's own profile.</summary>
/// <param name="Config">All of it, with an absolute root.</param>
/// <param name="Root">The absolute path of the root, or what the database of a cluster is called.</param>
/// <param name="JournalId">The plugin id of the journal.</param>
/// <param name="File">The user's file; null without one.</param>
/// <param name="Layers">What it was made of, the first of which wins.</param>
internal sealed record RetainConfig(Config Config, string Root, string JournalId, string? File, IReadOnlyList<ConfigLayer> Layers)
{
    /// <summary>Whether <see cref="Root"/> names a database and no directory.</summary>
    public bool IsDatabase { get; init; }

    private const string RootKey = FilePersistence.JournalPath + ".root";
    private const string OfTheTool = "retain";
    private const string Profile = "RetainActors.Cli.file.conf";

    /// <summary>
    /// Standard output belongs to the command's own answer, so Akka's log never goes there; the tool ends by its own signals.
    /// </summary>
    internal const string Fixed = """
        akka.stdout-loglevel = OFF
        akka.loggers = ["RetainActors.Cli.StandardErrorLogger, retain"]
        akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
        """;

    private const string FixedHere = Fixed + """

        # The command has stopped its runs by then; where it has not, the root has failed and nothing is worth the wait.
        akka.coordinated-shutdown.run-by-actor-system-terminate = off
        """;

    /// <summary>The tool names every failure itself; Akka's log is for those who ask for it in their file.</summary>
    internal const string Quiet = "akka.loglevel = OFF";

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
        var file = configFile is null ? null : FromFile(configFile);
        if (file is not null && NodeConfig.IsOfNode(file)) return OfCluster(file, root, configFile!, readOnly && !keepsRetention);
        ConfigLayer[] layers =
        [
            new(OfTheTool, ConfigurationFactory.ParseString(FixedHere)),
            .. readOnly ? [new ConfigLayer(OfTheTool, ConfigurationFactory.ParseString(ReadOnly))] : Array.Empty<ConfigLayer>(),
            .. readOnly && !keepsRetention ? [new ConfigLayer(OfTheTool, ConfigurationFactory.ParseString(NoRetention))] : Array.Empty<ConfigLayer>(),
            .. root is not null ? [new ConfigLayer("--root", RootSetting(root))] : Array.Empty<ConfigLayer>(),
            .. file is not null ? [new ConfigLayer(configFile!, file)] : Array.Empty<ConfigLayer>(),
            new(OfTheTool, ConfigurationFactory.ParseString(Quiet)),
            new("hocon/file.conf", ConfigurationFactory.FromResource(Profile, typeof(RetainConfig).Assembly)),
            new("RetainActors.Persistence/reference.conf", FilePersistence.DefaultConfig),
            new("RetainActors/reference.conf", RetainCheckpoints.DefaultConfig),
        ];
        return Complete(layers, configFile);
    }

    /// <summary>The tool's own profile, with its comments.</summary>
    public static string ReadProfile()
    {
        using var reader = new StreamReader(typeof(RetainConfig).Assembly.GetManifestResourceStream(Profile)!);
        return reader.ReadToEnd();
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

    /// <summary>What the nodes of a cluster stored, for a look beside them.</summary>
    private static RetainConfig OfCluster(Config file, string? root, string path, bool readOnly)
    {
        if (!readOnly || root is not null)
            throw CommandFailure.Usage(
                "ClusterConfig",
                $"{path} is the file of a node, whose checkpoints are in PostgreSQL: retain node, list, show, history, diff, report and export take it, without --root. Give the others a root.");
        try
        {
            var config = ConfigurationFactory.ParseString(NoRetention).WithFallback(NodeConfig.ForReader(file));
            var database = RetainCluster.DatabaseOf(config);
            return new RetainConfig(config, database, config.GetString("akka.persistence.journal.plugin"), path, [new ConfigLayer(path, file)]) { IsDatabase = true };
        }
        catch (ConfigurationException e)
        {
            throw Unreadable(path, e.Message);
        }
    }

    private static RetainConfig Complete(ConfigLayer[] layers, string? configFile)
    {
        try
        {
            var config = layers.Skip(1).Aggregate(layers[0].Config, (above, layer) => above.WithFallback(layer.Config));
            var root = config.GetString(RootKey);
            if (string.IsNullOrWhiteSpace(root)) throw new ConfigurationException($"'{RootKey}' names no directory.");
            // Absolute, so that the journal and the bank mean the same directory.
            var full = Path.GetFullPath(root);
            return new RetainConfig(RootSetting(full).WithFallback(config), full, config.GetString("akka.persistence.journal.plugin"), configFile, layers);
        }
        catch (Exception e) when (configFile is not null)
        {
            throw Unreadable(configFile, e.Message);
        }
    }

    /// <exception cref="CommandFailure">It is not there, or no HOCON.</exception>
    public static Config FromFile(string path)
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

    public static CommandFailure Unreadable(string path, string problem) => CommandFailure.Usage(
        "ConfigUnreadable", $"The configuration {path} cannot be used: {problem.TrimEnd('.')}. Give --config a HOCON file; retain config prints one to start from.");

    private static Config RootSetting(string root) => ConfigurationFactory.ParseString($"{RootKey} = {HoconWriter.Quoted(root)}");
}
