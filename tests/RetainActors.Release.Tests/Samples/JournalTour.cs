using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Akka.Persistence;
using Akka.Persistence.Query;
using Akka.Streams;
using Akka.Streams.Dsl;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using RetainActors.Hosting;
using RetainActors.Persistence.Query;
using RetainActors.Release.Tests.Snippets;

namespace RetainActors.Release.Tests.Samples;

// docs/tour-journal.md: an actor
/// <summary>An account as a persistent actor: nothing in it is of RetainActors.</summary>
public sealed class Account : ReceivePersistentActor
{
    private long _balance;

    public Account(string id)
    {
        PersistenceId = $"account-{id}";
        Recover<long>(amount => _balance += amount);
        Recover<SnapshotOffer>(offer => _balance = (long)offer.Snapshot);
        Command<long>(amount => Persist(amount, stored =>
        {
            _balance += stored;
            if (LastSequenceNr % 100 == 0) SaveSnapshot(_balance);
            Sender.Tell(_balance);
        }));
        Command<string>(_ => Sender.Tell(_balance));
    }

    public override string PersistenceId { get; }
}
// end

/// <summary>What docs/tour-journal.md shows, run.</summary>
public sealed class JournalTour : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "The account of docs/tour-journal.md should be there after a restart, with the HOCON that the page shows, from events and from a snapshot")]
    public async Task Restarted()
    {
        var hocon = CodeBlock.Of("docs/tour-journal.md").First(block => block.Language == "hocon").Text;
        await new InFolder(_directory.Path).RunAsync(async () =>
        {
            foreach (var expected in new[] { 120L, 240L })
            {
                // docs/tour-journal.md: a system
                var system = ActorSystem.Create("bank", ConfigurationFactory.ParseString(hocon));
                var account = system.ActorOf(Props.Create(() => new Account("7")));
                for (var deposit = 0; deposit < 120; deposit++) await account.Ask<long>(1L, TimeSpan.FromSeconds(30));
                // end
                Assert.Equal(expected, await account.Ask<long>("balance", TimeSpan.FromSeconds(30)));
                if (expected == 240) Assert.Equal(240, await CountAsync(system));
                await system.Terminate();
            }
        });

        Assert.NotEmpty(Directory.GetFiles(_directory.File("data", "journal"), "*.segment"));
        Assert.NotEmpty(Directory.GetFiles(_directory.File("data", "snapshots"), "*", SearchOption.AllDirectories));
    }

    [Fact(DisplayName = "The host of docs/tour-journal.md should serve the account and be healthy")]
    public async Task Hosted()
    {
        await new InFolder(_directory.Path).RunAsync(async () =>
        {
            var builder = Host.CreateEmptyApplicationBuilder(null);
            // docs/tour-journal.md: a host
            builder.Services.AddHealthChecks();
            builder.Services.AddAkka("bank", akka => akka.WithRetainFilePersistence(
                options => options.Root = "./data",
                journal => journal.WithHealthCheck().WithConnectivityCheck()));
            // end
            using var host = builder.Build();
            await host.StartAsync();
            var account = host.Services.GetRequiredService<ActorSystem>().ActorOf(Props.Create(() => new Account("7")));
            Assert.Equal(5, await account.Ask<long>(5L, TimeSpan.FromSeconds(30)));
            var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
            Assert.NotEqual(HealthStatus.Unhealthy, health.Status);
            await host.StopAsync();
        });
    }

    private static async Task<int> CountAsync(ActorSystem system)
    {
        // docs/tour-journal.md: a query
        var journal = PersistenceQuery.Get(system).ReadJournalFor<FileReadJournal>(FileReadJournal.Identifier);
        var events = await journal.CurrentEventsByPersistenceId("account-7", 0, long.MaxValue).RunWith(Sink.Seq<EventEnvelope>(), system.Materializer());
        // end
        return events.Count;
    }
}
