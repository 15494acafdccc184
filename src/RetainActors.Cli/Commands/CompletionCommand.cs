using System.CommandLine;

namespace RetainActors.Cli.Commands;

/// <summary><c>retain completion SHELL</c>: a script that asks the tool itself what may follow, so that it never grows old.</summary>
internal static class CompletionCommand
{
    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "The shell to complete in: bash, zsh or pwsh." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "pwsh");
        var command = new Command(
            "completion",
            """
            Print a script that completes commands, options and their values in a shell; its first line says where to load it.

            Example: source <(retain completion bash)
            """)
        {
            shell,
        };
        command.SetAction((parsed, _) => CommandRunner.RunAsync(parsed, json: false, () =>
        {
            using var script = new StreamReader(
                typeof(CompletionCommand).Assembly.GetManifestResourceStream($"RetainActors.Cli.Completion.{parsed.GetRequiredValue(shell)}")!);
            parsed.InvocationConfiguration.Output.Write(script.ReadToEnd());
            return Task.FromResult(ExitCode.Ok);
        }));
        return command;
    }
}
