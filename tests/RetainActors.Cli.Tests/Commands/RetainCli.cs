using System.Text.Json;

namespace RetainActors.Cli.Tests.Commands;

/// <summary>Runs the command line inside the test process.</summary>
internal static class RetainCli
{
    public static async Task<CliResult> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        var exitCode = await CommandLine.RunAsync(arguments, output, error);
        return new CliResult(exitCode, output.ToString(), error.ToString());
    }
}

/// <summary>What a command left.</summary>
internal sealed record CliResult(int ExitCode, string Output, string Error)
{
    public IReadOnlyList<JsonElement> Lines { get; } =
        Output.StartsWith('{') ? [.. Output.TrimEnd('\n').Split('\n').Select(line => JsonDocument.Parse(line).RootElement.Clone())] : [];

    /// <summary>The lines of sources, by source.</summary>
    public IReadOnlyDictionary<string, JsonElement> Sources =>
        Lines.Where(line => line.TryGetProperty("source", out _)).ToDictionary(line => line.GetProperty("source").GetString()!, StringComparer.Ordinal);

    public JsonElement Summary => Lines[^1].GetProperty("summary");

    /// <summary>The counts of the summary: completed, failed, up to date, resumed.</summary>
    public (int Completed, int Failed, int UpToDate, int Resumed) Counts => (
        Summary.GetProperty("completed").GetInt32(), Summary.GetProperty("failed").GetInt32(),
        Summary.GetProperty("upToDate").GetInt32(), Summary.GetProperty("resumed").GetInt32());
}
