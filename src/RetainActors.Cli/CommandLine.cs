using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using RetainActors.Cli.Commands;

namespace RetainActors.Cli;

/// <summary>The command <c>retain</c>.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, CancellationToken cancellationToken = default)
    {
        var parsed = Create().Parse(arguments);
        var isWrong = parsed.Action is ParseErrorAction;
        // The message says what is wrong; the help below it would hide that.
        if (parsed.Action is ParseErrorAction errors) errors.ShowHelp = arguments.Count == 0;
        var streams = new InvocationConfiguration
        {
            Output = isWrong ? error : output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null, // signals are StopSignal's
        };
        var exitCode = await parsed.InvokeAsync(streams, cancellationToken);
        if (isWrong && arguments.Count > 0) error.WriteLine($"Run {NameOf(parsed.CommandResult)} --help to see what it takes, and an example.");
        return exitCode;
    }

    /// <summary>All commands.</summary>
    public static RootCommand Create() => new(
        """
        Resumable retain runs over folders of Markdown, and a look at their checkpoints.

        Example: retain run docs --bank demo
        """)
    {
        RunCommand.Create(),
        NodeCommand.Create(),
        ShowCommand.Create(),
        HistoryCommand.Create(),
        DiffCommand.Create(),
        RewindCommand.Create(),
        CopyCommand.Create(),
        PruneCommand.Create(),
        ListCommand.Create(),
        ReportCommand.Create(),
        ImportCommand.Create(),
        ExportCommand.Create(),
        UnparkCommand.Create(),
        HealthCommand.Create(),
        ConfigCommand.Create(),
        LogCommand.Create(),
        CompletionCommand.Create(),
    };

    private static string NameOf(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{NameOf(parent)} {command.Command.Name}" : "retain";
}
