using System.Diagnostics;

namespace RetainActors.Cli.Tests.Report;

/// <summary>A browser without a window, with a profile of its own.</summary>
internal static class Chromium
{
    private const string Name = "chromium";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    public static void Require() => Requires.Tool(Name);

    /// <summary>Opens a file; returns the document as it is once everything has loaded, and what the browser and its console said.</summary>
    public static async Task<(string Document, string Log)> OpenAsync(string file)
    {
        using var profile = new TempDirectory();
        var start = new ProcessStartInfo(Name)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = System.Text.Encoding.UTF8,
        };
        foreach (var argument in new[]
        {
            "--headless=new", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
            $"--user-data-dir={profile.Path}", "--window-size=1400,1000", "--virtual-time-budget=20000", "--enable-logging=stderr", "--log-level=0", "--dump-dom",
        })
            start.ArgumentList.Add(argument);
        // The sandbox refuses root.
        if (Environment.IsPrivilegedProcess) start.ArgumentList.Add("--no-sandbox");
        start.ArgumentList.Add(new Uri(file).AbsoluteUri);

        using var process = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(Deadline);
        try
        {
            var (document, log) = (process.StandardOutput.ReadToEndAsync(timeout.Token), process.StandardError.ReadToEndAsync(timeout.Token));
            await process.WaitForExitAsync(timeout.Token);
            Assert.Equal(0, process.ExitCode);
            return (await document, await log);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
