using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RetainActors.Persistence;
using RetainActors.Runs;

namespace RetainActors.Hosting.Tests;

public sealed class ReadmeSpecs
{
    [Fact(DisplayName = "The service that the readmes show should run a source and be healthy")]
    public async Task Runs()
    {
        var application = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        application.Logging.ClearProviders();
        application.Services.AddHealthChecks();
        application.Services.AddSingleton<ReadmeSample.Ingester>();
        using var host = ReadmeSample.Build(
            application,
            new StateTableBuilder("READ").Add("READ", (_, context, _) => Task.FromResult(new StateResult(context, Transition.Completed))).Build());
        using var directory = new TempDirectory();
        var before = Environment.CurrentDirectory;
        try
        {
            // Relative roots start here.
            Environment.CurrentDirectory = directory.Path;
            await host.StartAsync();
            var ingester = host.Services.GetRequiredService<ReadmeSample.Ingester>();
            Assert.Equal(RunOutcome.Completed, await ingester.IngestAsync("a.md", "text", CancellationToken.None));
            Assert.Equal(RunOutcome.UpToDate, await ingester.IngestAsync("a.md", "text", CancellationToken.None));
            var report = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
            Assert.All([FilePersistence.JournalPath, FilePersistence.JournalPath + ".connectivity"], name => Assert.NotEqual(HealthStatus.Unhealthy, report.Entries[name].Status));
            await host.StopAsync();
            Assert.True(File.Exists(directory.File("retain-data", "journal", "CLEAN")));
        }
        finally
        {
            Environment.CurrentDirectory = before;
        }
    }

    [Theory(DisplayName = "The readmes should show exactly the code that is compiled here")]
    [InlineData("in a service", "ReadmeSample.cs", "README.md")]
    [InlineData("in a service", "ReadmeSample.cs", "src", "RetainActors.Hosting", "README.md")]
    [InlineData("a hosted service", "ReadmeSample.cs", "src", "RetainActors.Hosting", "README.md")]
    [InlineData("a whole service", "ServiceSample.cs", "src", "RetainActors.Hosting", "README.md")]
    public void Same_text(string mark, string file, params string[] readme)
    {
        var source = File.ReadAllText(Repository.File("tests", "RetainActors.Hosting.Tests", file));
        var lines = Marked(mark, source);
        var indent = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        var sample = string.Join('\n', lines.Select(line => line.Length == 0 ? line : line[indent..]));
        Assert.Contains(sample, File.ReadAllText(Repository.File(readme)), StringComparison.Ordinal);
    }

    private static string[] Marked(string mark, string source) => source.Split('\n')
        .SkipWhile(line => line.Trim() != $"// README: {mark}").Skip(1).TakeWhile(line => line.Trim() != "// end").ToArray();
}
