using System.CommandLine;
using Akka.Configuration;
using RetainActors.Cli.Configuration;
using RetainActors.Cli.Output;

namespace RetainActors.Cli.Commands;

/// <summary><c>retain config</c>: the profile to start from, or what a run would use. Opens nothing.</summary>
internal static class ConfigCommand
{
    private const string Persistence = "akka.persistence.";

    public static Command Create()
    {
        var effective = new Option<bool>("--effective") { Description = "Print the settings that a run would use, each with the file that it comes from." };
        var all = new Option<bool>("--all") { Description = "With --effective: Akka's own settings too." };
        var (root, config, json) = (CommonOptions.Root(), CommonOptions.Config(), CommonOptions.Json());
        var command = new Command(
            "config",
            """
            Print the tool's configuration with its comments, to start a file for --config from; or with --effective the settings that a run
            would use, merged from all files, with passwords and other secrets masked. Opens nothing.

            Example: retain config --effective --config my.conf
            """)
        {
            effective, all, root, json, config,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(effective)) return;
            foreach (var option in new Option[] { all, root, json, config }.Where(option => result.GetResult(option) is { Implicit: false }))
                result.AddError($"{option.Name} needs --effective; without it the tool's own profile is printed.");
        });
        command.SetAction((parsed, _) => CommandRunner.RunAsync(parsed, parsed.GetValue(json), () =>
        {
            var output = parsed.InvocationConfiguration.Output;
            if (!parsed.GetValue(effective))
            {
                output.Write(RetainConfig.ReadProfile());
                return Task.FromResult(ExitCode.Ok);
            }

            var settings = RetainConfig.Load(parsed.GetValue(root), parsed.GetValue(config), readOnly: false);
            var document = ConfigDocument.Of(settings, parsed.GetValue(all) ? EffectiveConfig.Of([.. settings.Layers, .. OfAkka()]) : Ours(settings));
            if (parsed.GetValue(json)) output.WriteJson(document, OutputJson.Lines.ConfigDocument);
            else document.WriteText(output);
            return Task.FromResult(ExitCode.Ok);
        }));
        return command;
    }

    private static IEnumerable<ConfigLayer> OfAkka() =>
    [
        new("Akka.Persistence", Akka.Persistence.Persistence.DefaultConfig()),
        new("Akka", ConfigurationFactory.Default()),
    ];

    /// <summary>Everything of ours, and of persistence the plugins in use.</summary>
    private static IReadOnlyList<EffectiveSetting> Ours(RetainConfig settings)
    {
        string[] plugins =
        [
            settings.JournalId,
            settings.Config.GetString(Persistence + "snapshot-store.plugin"),
            settings.Config.GetString("retain.checkpoint.query-plugin-id"),
        ];
        return [.. EffectiveConfig.Of(settings.Layers).Where(setting => IsOurs(setting.Key))];

        bool IsOurs(string key) =>
            key.StartsWith("retain.", StringComparison.Ordinal)
            || key is Persistence + "journal.plugin" or Persistence + "snapshot-store.plugin"
            || plugins.Any(plugin => !string.IsNullOrEmpty(plugin) && key.StartsWith(plugin + '.', StringComparison.Ordinal));
    }
}
