using System.CommandLine;
using RetainActors.Cli.Output;

namespace RetainActors.Cli.Commands;

/// <summary>Runs the body of a command and turns what it throws into an exit code and one line; nobody sees a stack trace.</summary>
internal static class CommandRunner
{
    public static async Task<int> RunAsync(ParseResult parsed, bool json, Func<Task<int>> body)
    {
        var streams = parsed.InvocationConfiguration;
        CommandFailure failure;
        try
        {
            return await body();
        }
        catch (CommandFailure e)
        {
            failure = e;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Cancelled;
        }
        catch (Exception e)
        {
            failure = new CommandFailure("Unexpected", $"{e.GetType().Name}: {e.Message} This is a defect of the tool; nothing acknowledged is lost. Please report it.", ExitCode.Failed);
        }

        if (json) streams.Output.WriteJson(new ErrorDocument(OutputJson.SchemaVersion, ErrorJson.From(failure)!), OutputJson.Lines.ErrorDocument);
        Explain(streams.Error, failure);
        return failure.ExitCode;
    }

    public static void Explain(TextWriter error, CommandFailure failure) =>
        error.WriteLine(PlainText.OneLine($"error {failure.Reason}: {failure.Detail}"));
}
