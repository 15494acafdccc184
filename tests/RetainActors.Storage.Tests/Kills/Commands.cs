using System.Diagnostics;
using System.Globalization;

namespace RetainActors.Storage.Tests.Kills;

/// <summary>Programs that must succeed.</summary>
internal static class Commands
{
    /// <summary>Runs one and returns what it printed.</summary>
    internal static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        var printed = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? printed : throw new InvalidOperationException(string.Create(
            CultureInfo.InvariantCulture, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {error.Result}"));
    }
}
