using Akka.Hosting;
using Microsoft.Extensions.Hosting;
using RetainActors.Checkpoints;
using RetainActors.Runs;

namespace RetainActors.Hosting.Tests;

/// <summary>What the readmes show of a service, compiled and run.</summary>
internal static class ReadmeSample
{
    public static IHost Build(HostApplicationBuilder application, StateTable table)
    {
        // README: in a service
        application.Services.AddRetainClients().AddAkka("ingestion", akka => akka
            .WithRetainFilePersistence(options => options.Root = "./retain-data", journal => journal.WithHealthCheck().WithConnectivityCheck())
            .WithRetainCheckpoints()
            .WithRetainRuns(_ => table));
        // end
        return application.Build();
    }

    // README: a hosted service
    /// <summary>Retains what somebody puts into the queue.</summary>
    public sealed class Ingester(IRunClient runs, ICheckpointClient checkpoints)
    {
        public async Task<RunOutcome> IngestAsync(string source, string text, CancellationToken cancellationToken)
        {
            var key = new CheckpointKey("bank", source);
            if (await checkpoints.LoadAsync(key, cancellationToken: cancellationToken) is { Context.Status: CheckpointStatus.Parked }) return RunOutcome.Refused;
            return (await runs.RunAsync(key, text, cancellationToken: cancellationToken)).Outcome;
        }
    }
    // end
}
