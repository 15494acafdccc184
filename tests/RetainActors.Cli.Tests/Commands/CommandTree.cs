using System.CommandLine;
using System.CommandLine.Help;

namespace RetainActors.Cli.Tests.Commands;

/// <summary>Every command of the tool, and what its documentation must say.</summary>
internal static class CommandTree
{
    private const string ExampleMark = "Example: ";

    /// <summary>What nearly every command takes, told once.</summary>
    public static string[] CommonOptions { get; } = ["--root", "--config", "--json"];

    /// <summary>Every command, the root first, with its full name.</summary>
    public static IReadOnlyList<(string Path, Command Command)> All { get; } = [.. Walk("retain", CommandLine.Create())];

    public static string ExampleOf(Command command) => Parts(command).Example;

    /// <summary>The reference of all commands but the root.</summary>
    public static string Reference() => string.Join('\n', All.Skip(1).Select(entry => Section(entry.Path, entry.Command)));

    private static IEnumerable<(string, Command)> Walk(string path, Command command) =>
        command.Subcommands.SelectMany(child => Walk($"{path} {child.Name}", child)).Prepend((path, command));

    private static string Section(string path, Command command)
    {
        var rows = command.Arguments.Select(argument => (argument.Name, Description: argument.Description!))
            .Concat(command.Options.Where(option => option is not HelpOption && !CommonOptions.Contains(option.Name))
                .Select(option => (Name: NameOf(option), Description: option.Description + EndOf(option))))
            .Select(row => $"| `{row.Name}` | {row.Description} |\n").ToList();
        var common = CommonOptions.Where(name => command.Options.Any(option => option.Name == name)).Select(name => $"`{name}`").ToList();
        var (text, example) = Parts(command);
        return $"### {path}\n\n{text}\n\n```sh\n{example}\n```\n"
            + (rows.Count == 0 ? "" : $"\n| Takes | Meaning |\n|---|---|\n{string.Concat(rows)}")
            + (common.Count == 0 ? "" : $"\n{(rows.Count == 0 ? "Takes" : "And")} {string.Join(", ", common)}.\n");
    }

    private static string EndOf(Option option) =>
        option.Required ? " Required."
        : option is { HasDefaultValue: true } && option.ValueType != typeof(bool) && option.GetDefaultValue() is { } value ? $" [default: {value}]"
        : "";

    private static string NameOf(Option option) =>
        string.Join(", ", option.Aliases.Prepend(option.Name)) + (option.HelpName is { } value ? $" {value}" : "");

    private static (string Text, string Example) Parts(Command command)
    {
        var (text, example) = command.Description!.Split("\n\n" + ExampleMark) is [var before, var after]
            ? (before, after)
            : throw new InvalidOperationException($"The description of {command.Name} does not end in one example.");
        return (text, example.Trim());
    }
}
