using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace RetainActors.Hosting.Tests;

/// <summary>A host with an actor system, as a service has it, and a directory for its data.</summary>
internal sealed class HostedSystem : IAsyncDisposable
{
    private readonly IHost _host;

    private HostedSystem(IHost host) => _host = host;

    public ActorSystem System => Service<ActorSystem>();

    public Akka.Configuration.Config Config => System.Settings.Config;

    public static async Task<HostedSystem> StartAsync(Action<AkkaConfigurationBuilder> configure)
    {
        var host = Build(configure);
        try
        {
            await host.StartAsync();
        }
        catch
        {
            host.Dispose();
            throw;
        }

        return new HostedSystem(host);
    }

    public static IHost Build(Action<AkkaConfigurationBuilder> configure)
    {
        var application = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        application.Logging.ClearProviders();
        application.Services.AddHealthChecks();
        application.Services.AddRetainClients();
        application.Services.AddAkka("hosted", (builder, _) =>
        {
            builder.AddHocon("akka { loglevel = OFF, stdout-loglevel = OFF, log-dead-letters = off }", HoconAddMode.Append);
            configure(builder);
        });
        return application.Build();
    }

    public T Service<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Has a persistent actor store an event in a journal.</summary>
    public Task KeepAsync(string journalId)
    {
        var kept = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        System.ActorOf(Props.Create(() => new Keeper(journalId, kept))).Tell("word");
        return kept.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    public async Task<HealthReportEntry> CheckAsync(string name)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var report = await Service<HealthCheckService>().CheckHealthAsync(check => check.Name == name, timeout.Token);
        return Assert.Contains(name, (IReadOnlyDictionary<string, HealthReportEntry>)report.Entries);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
