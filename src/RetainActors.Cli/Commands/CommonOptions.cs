using System.CommandLine;

namespace RetainActors.Cli.Commands;

/// <summary>Options and checks that several commands share.</summary>
internal static class CommonOptions
{
    private static readonly TimeSpan DefaultStuckAfter = TimeSpan.FromHours(1);

    public static Argument<string> BankId() => Id("BANK", "The bank.");

    public static Argument<string> SourceId() => Id("SOURCE", "The id of the source, as retain run prints it.");

    public static Argument<string> Id(string name, string description)
    {
        var argument = new Argument<string>(name) { Description = description };
        argument.Validators.Add(result =>
        {
            if (IdProblem(argument.Name, result.GetValueOrDefault<string>()) is { } problem) result.AddError(problem);
        });
        return argument;
    }

    public static Option<string> Bank()
    {
        var option = new Option<string>("--bank") { HelpName = "BANK", Description = "The bank that the sources belong to.", Required = true };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && IdProblem(option.Name, result.Tokens[0].Value) is { } problem) result.AddError(problem);
        });
        return option;
    }

    public static Option<string?> Root() => new("--root")
    {
        HelpName = "DIR", Description = "Directory of the journal and the banks. [default: ./retain-data]",
    };

    public static Option<string?> Config() => new("--config")
    {
        HelpName = "FILE", Description = "HOCON that lies over the tool's own profile; --root lies over both.",
    };

    public static Option<bool> Json() => new("--json") { Description = "Write JSON to standard output, and nothing else." };

    public static void Range(Option<int> option, int smallest, int largest) => option.Validators.Add(result =>
    {
        if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var value) && (value < smallest || value > largest))
            result.AddError($"{option.Name} {value} is out of range; give {smallest} to {largest}.");
    });

    /// <summary>How long a run may save nothing.</summary>
    public static Option<string?> StuckAfter() => Age("--stuck-after", "A run that saved nothing for so long is stuck, such as 15m. [default: 1h]");

    public static TimeSpan StuckAfterIn(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) is { } age ? Commands.Age.Parse(age)!.Value : DefaultStuckAfter;

    /// <summary>A length of time; see <see cref="Commands.Age"/>.</summary>
    public static Option<string?> Age(string name, string description)
    {
        var option = new Option<string?>(name) { HelpName = "AGE", Description = description };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } text && Commands.Age.Parse(text) is null)
                result.AddError($"{name} {text} is no age; give a number with s, m, h or d, such as 7d.");
        });
        return option;
    }

    /// <summary>The problem of an id; null when it can be one.</summary>
    public static string? IdProblem(string what, string? id)
    {
        try
        {
            _ = new CheckpointKey(id ?? "", "x");
            return null;
        }
        catch (ArgumentException e)
        {
            return $"{what} is no id: {e.Message.Split(" (Parameter", 2)[0]}";
        }
    }
}
