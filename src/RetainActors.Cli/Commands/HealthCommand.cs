using System.CommandLine;
using RetainActors.Cli.Health;
using RetainActors.Cli.Output;

namespace RetainActors.Cli.Commands;

/// <summary><c>retain health</c>: looks beside a running owner and changes nothing.</summary>
internal static class HealthCommand
{
    private const int DefaultMinFreeMiB = 256;

    public static Command Create()
    {
        var minFree = new Option<int>("--min-free")
        {
            HelpName = "MIB", Description = "Degraded with less free space than this, in MiB.", DefaultValueFactory = _ => DefaultMinFreeMiB,
        };
        CommonOptions.Range(minFree, 0, int.MaxValue);
        var stuckAfter = CommonOptions.StuckAfter();
        var (root, config, json) = (CommonOptions.Root(), CommonOptions.Config(), CommonOptions.Json());
        var command = new Command(
            "health",
            """
            Check a root: whether it is safe to use, who owns it, how much room is left, whether damage shows, and which runs are unfinished,
            failed or parked. Exits 0 when healthy and 6 when degraded. Changes nothing; works while a run is on. It does not read everything:
            retain log verify does.

            Example: retain health --root retain-data --json
            """)
        {
            minFree, stuckAfter, root, json, config,
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(parsed, parsed.GetValue(json), async () =>
        {
            var settings = RetainConfig.Load(parsed.GetValue(root), parsed.GetValue(config), readOnly: true);
            ExistingRoot.RequireFiles(settings);
            var limits = new HealthLimits(
                (long)parsed.GetValue(minFree) << 20,
                CommonOptions.StuckAfterIn(parsed, stuckAfter));
            using var stop = new StopSignal(cancellationToken);
            var health = await RootInspection.RunAsync(settings, stop.Token);
            var now = DateTimeOffset.UtcNow;
            var problems = HealthJudgement.Of(health, limits, now);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) output.WriteJson(HealthDocument.Of(health, problems, now), OutputJson.Lines.HealthDocument);
            else HealthText.Write(output, health, problems, now);
            return problems.Count == 0 ? ExitCode.Ok : ExitCode.Degraded;
        }));
        return command;
    }
}
