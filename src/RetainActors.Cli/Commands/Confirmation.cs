using System.CommandLine;

namespace RetainActors.Cli.Commands;

/// <summary>Asks before something is changed that cannot simply be taken back.</summary>
internal static class Confirmation
{
    public static Option<bool> Yes() => new("--yes", "-y") { Description = "Do it without asking." };

    public static Option<bool> DryRun() => new("--dry-run") { Description = "Say what would be done, and do nothing." };

    /// <exception cref="CommandFailure">The answer was no, or nobody is there to answer.</exception>
    public static void Require(bool yes, string question, TextWriter error)
    {
        if (yes) return;
        if (Console.IsInputRedirected)
            throw CommandFailure.Usage("NotConfirmed", $"{question} Nobody can be asked here: give --yes to do it, or --dry-run to see more.");
        error.Write(PlainText.OneLine($"{question} [y/N]") + " ");
        if (Console.ReadLine()?.Trim() is not ("y" or "Y" or "yes"))
            throw CommandFailure.Usage("NotConfirmed", "Not confirmed; nothing was changed.");
    }
}
