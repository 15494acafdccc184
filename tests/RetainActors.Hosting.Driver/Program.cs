using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RetainActors.Checkpoints;
using RetainActors.Hosting;
using RetainActors.Hosting.Driver;

// A service as a process of its own, to be killed or stopped under load: ROOT LIFE [WAY...]. See Load for what it prints. WAY is what a
// control does, "ack-first", "leak" or "wall-clock", or "no-tally" for checkpoints only.
var (root, life) = (args[0], int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture));
Load.Say("opening");
// Nobody is left to end it when who started it is gone.
_ = Task.Run(() =>
{
    Console.In.ReadToEnd();
    Environment.Exit(3);
});
var application = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
application.Logging.ClearProviders();
application.Services.AddRetainClients().AddAkka("driver", akka => akka
    .AddHocon(
        """
        akka { loglevel = OFF, stdout-loglevel = OFF, log-dead-letters = off }
        retain.checkpoint { retention.keep-revisions = 3, passivate-after = 20 ms }
        """,
        HoconAddMode.Prepend)
    .WithRetainFilePersistence(options =>
    {
        options.Root = root;
        // Small, so that segments change and are compacted all the time.
        options.Journal.SegmentSizeBytes = 16 * 1024;
    })
    .WithRetainCheckpoints()
    .WithActors((system, _) => system.ActorOf(Akka.Actor.Props.Create<Tally>(), Tally.Name)));
using var host = application.Build();
var stopping = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
await host.StartAsync();
var load = new Load(
    host.Services.GetRequiredService<ICheckpointClient>(), host.Services.GetRequiredService<Akka.Actor.ActorSystem>(), life,
    args[2..]);
await load.RunAsync(stopping);
await host.WaitForShutdownAsync();
Load.Say("stopped");
