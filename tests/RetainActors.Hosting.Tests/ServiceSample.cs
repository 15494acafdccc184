using Akka.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RetainActors.Runs;

namespace RetainActors.Hosting.Tests;

/// <summary>The whole service that the readme shows, compiled and started.</summary>
internal static class ServiceSample
{
    public static WebApplication Build(string[] args, StateTable table)
    {
        // README: a whole service
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddHealthChecks();
        builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics.AddRetainActorsInstrumentation())
            .WithTracing(tracing => tracing.AddRetainActorsInstrumentation());
        builder.Services.AddRetainClients().AddAkka("ingestion", akka => akka
            .WithActorSystemLivenessCheck()
            .WithRetainFilePersistence(
                options => builder.Configuration.GetSection("Retain").Bind(options),
                journal => journal.WithHealthCheck().WithConnectivityCheck())
            .WithRetainCheckpoints(checkpoints: checkpoints => checkpoints.WithHealthCheck())
            .WithRetainRuns(_ => table, runs => runs.WithHealthCheck()));

        var service = builder.Build();
        service.MapPost("/{bank}/{source}", async (string bank, string source, HttpRequest request, IRunClient runs, CancellationToken stop) =>
        {
            using var text = new StreamReader(request.Body);
            var result = await runs.RunAsync(new CheckpointKey(bank, source), await text.ReadToEndAsync(stop), cancellationToken: stop);
            return new { outcome = result.Outcome.ToString(), error = result.Error?.Detail };
        });
        service.MapHealthChecks("/healthz", new() { ResponseWriter = WriteAsync });
        service.MapHealthChecks("/healthz/live", new() { Predicate = check => check.Tags.Contains("liveness"), ResponseWriter = WriteAsync });
        service.MapHealthChecks("/healthz/ready", new() { Predicate = check => check.Tags.Contains("readiness"), ResponseWriter = WriteAsync });

        static Task WriteAsync(HttpContext http, HealthReport report) => http.Response.WriteAsJsonAsync(new
        {
            status = report.Status.ToString(),
            checks = report.Entries.Select(check => new { name = check.Key, status = check.Value.Status.ToString(), check.Value.Description, check.Value.Data }),
        });
        // end
        return service;
    }
}
