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
}
