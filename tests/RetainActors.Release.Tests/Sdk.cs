using System.Diagnostics;
using System.Reflection;

namespace RetainActors.Release.Tests;

/// <summary>The SDK that these tests were built with, and what it was told.</summary>
internal static class Sdk
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    /// <summary>The configuration that everything beside the tests was built in.</summary>
    public static string Configuration { get; } = typeof(Sdk).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    /// <summary>The folder of all packages that were restored for this repository.</summary>
    public static string PackageRoot { get; } =
        typeof(Sdk).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(metadata => metadata.Key == "PackageRoot").Value!;

    /// <summary>Runs <c>dotnet</c> to its end and gives what it printed; another exit code than 0 fails.</summary>
    /// <param name="folder">Where it runs.</param>
    /// <param name="packages">Where it unpacks packages; null for the folder of this machine.</param>
    /// <param name="arguments">What it is told.</param>
    public static async Task<string> RunAsync(string folder, string? packages, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
            // Nothing stays behind that would serve a later build.
            Environment = { ["MSBUILDDISABLENODEREUSE"] = "1", ["UseSharedCompilation"] = "false", ["DOTNET_CLI_UI_LANGUAGE"] = "en" },
        };
        // What the build of these tests was told is not meant for others.
        foreach (var inherited in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.Ordinal) && name != "MSBUILDDISABLENODEREUSE").ToList())
            start.Environment.Remove(inherited);
        if (packages is not null) start.Environment["NUGET_PACKAGES"] = packages;
        using var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(Deadline);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(timeout.Token), process.StandardError.ReadToEndAsync(timeout.Token));
        try
        {
            await process.WaitForExitAsync(timeout.Token);
            Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{await output}{await error}");
            return await output;
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
