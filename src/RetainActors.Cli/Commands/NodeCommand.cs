using System.CommandLine;
using Akka.Configuration;
using RetainActors.Cli.MarkdownPipeline;
using RetainActors.Cli.Node;
using RetainActors.Cli.Output;
using RetainActors.Storage;

namespace RetainActors.Cli.Commands;

/// <summary><c>retain node --config FILE</c>.</summary>
internal static class NodeCommand
{
    public static Command Create()
    {
        var config = new Option<string>("--config") { HelpName = "FILE", Description = "HOCON of this node, over the profile of the cluster.", Required = true };
        var json = CommonOptions.Json();
        var command = new Command(
            "node",
            """
            Run a node of a cluster whose checkpoints are in PostgreSQL: it joins by the seed nodes of its file and retains the sources of
            retain.node.folder together with the others. Sources of a node that dies go on where it was, on the others. It stays until it is
            stopped by Ctrl-C or SIGTERM: then each of its states is saved, the sources move, and it leaves.

            Example: retain node --config node.conf
            """)
        {
            config, json,
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(parsed, parsed.GetValue(json), async () =>
        {
            var streams = parsed.InvocationConfiguration;
            var file = parsed.GetRequiredValue(config);
            var (all, settings) = Load(file);
            var bankDirectory = new BankFiles(PosixFileSystem.Instance, settings.Root, settings.Bank).Directory;
            IRunReport report = parsed.GetValue(json) ? new JsonRunReport(streams.Output, settings.Bank) : new TextRunReport(streams.Output, settings.Bank, bankDirectory);
            using var stop = new StopSignal(cancellationToken);
            try
            {
                await new NodeSession(all, settings, e => RetainConfig.Unreadable(file, e.Message), report, streams.Error).ExecuteAsync(stop.Token);
            }
            catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
            {
                // Stopped before it was up.
            }

            streams.Error.WriteLine("left: what was acknowledged is kept, and the sources go on at the other nodes.");
            return ExitCode.Ok;
        }));
        return command;
    }

    private static (Config All, NodeSettings Settings) Load(string file)
    {
        try
        {
            var all = NodeConfig.ForNode(RetainConfig.FromFile(file));
            return (all, NodeSettings.From(all));
        }
        catch (ConfigurationException e)
        {
            throw RetainConfig.Unreadable(file, e.Message);
        }
    }
}
