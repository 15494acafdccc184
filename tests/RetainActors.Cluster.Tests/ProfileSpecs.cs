using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RetainActors.Cluster.Postgres;

namespace RetainActors.Cluster.Tests;

/// <summary>Both ways to set a node up, and what is refused before it starts.</summary>
[Collection(PostgresTests.Name)]
public sealed class ProfileSpecs(PostgresFixture postgres)
{
    private static readonly CheckpointKey Key = new("bank", "source");

    [SkippableFact(DisplayName = "hocon/cluster-postgres.conf should make a node of a HOCON user's system, by the head of the file alone")]
    public async Task Hocon_file()
    {
        var own = ConfigurationFactory.ParseString(
            $$"""
            retain.cluster.connection-string = {{Hocon.Quote(postgres.NewDatabase().ConnectionString)}}
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
            akka.loglevel = OFF
            """);
        var system = ActorSystem.Create("retain", own.WithFallback(ConfigurationFactory.ParseString(File.ReadAllText(Repository.File("hocon", "cluster-postgres.conf")))));
        try
        {
            var cluster = Akka.Cluster.Cluster.Get(system);
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            await cluster.JoinAsync(cluster.SelfAddress, deadline.Token);
            Assert.Equal(1, await RetainCheckpoints.Get(system).Client.SaveAsync(new RetainContext(Key)));
        }
        finally
        {
            await system.Terminate();
        }
    }

    [SkippableFact(DisplayName = "WithRetainCluster should make a node of a hosted system, and the user's own settings stand above it")]
    public async Task Hosting()
    {
        var database = postgres.NewDatabase();
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddAkka("retain", (akka, _) => akka
            .AddHocon("akka.loglevel = OFF\nretain.checkpoint.client.resend-interval = 1 s", HoconAddMode.Prepend)
            .WithRetainCluster(new RetainClusterOptions
            {
                ConnectionString = database.ConnectionString, Hostname = "127.0.0.1", Port = 0, Roles = ["keys", "a \"b\""], Role = "keys", NumberOfShards = 7,
            }));
        using var host = builder.Build();
        await host.StartAsync();
        var system = host.Services.GetRequiredService<ActorSystem>();
        var cluster = Akka.Cluster.Cluster.Get(system);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await cluster.JoinAsync(cluster.SelfAddress, deadline.Token);
        Assert.Equal(1, await RetainCheckpoints.Get(system).Client.SaveAsync(new RetainContext(Key)));
        Assert.Equal(["a \"b\"", "keys"], cluster.SelfRoles.Order(StringComparer.Ordinal));
        Assert.Equal(new ClusterSettings(true, 7, "keys", TimeSpan.FromSeconds(10)), ClusterSettings.From(system.Settings.Config));
        Assert.Equal(TimeSpan.FromSeconds(1), system.Settings.Config.GetTimeSpan("retain.checkpoint.client.resend-interval"));
        Assert.True(system.Settings.Config.GetBoolean("retain.checkpoint.client.retry-failures"));
        await host.StopAsync();
    }

    [Theory(DisplayName = "An option that is missing or out of range should be refused by name")]
    [InlineData(null, "h", 1, "ConnectionString")]
    [InlineData("c", " ", 1, "Hostname")]
    [InlineData("c", "h", 65536, "Port")]
    public void Wrong_option(string? connectionString, string? hostname, int port, string option) => Assert.Equal(
        option,
        Assert.Throws<ArgumentException>(() => new RetainClusterOptions { ConnectionString = connectionString, Hostname = hostname, Port = port }.ToConfig()).ParamName);

    [Theory(DisplayName = "A number of shards out of range should be refused by its key")]
    [InlineData(0)]
    [InlineData(100_001)]
    public void Wrong_setting(int shards) => Assert.Contains(
        "retain.cluster.number-of-shards",
        Assert.Throws<ConfigurationException>(() => ClusterSettings.From(
            ConfigurationFactory.ParseString($"retain.cluster.number-of-shards = {shards}").WithFallback(RetainCluster.DefaultConfig))).Message,
        StringComparison.Ordinal);

    [Fact(DisplayName = "The bound on held transactions should join the options of a connection string, give way to its own, and what is none be refused by its key")]
    public void Bound()
    {
        Assert.Equal("-c a=b -c idle_in_transaction_session_timeout=1500", OptionsOf("Host=h;Options=-c a=b"));
        Assert.Equal("-c idle_in_transaction_session_timeout=3s", OptionsOf("Host=h;Options=-c idle_in_transaction_session_timeout=3s"));
        var refused = Assert.Throws<ConfigurationException>(() => OptionsOf("Hast=h"));
        Assert.Contains("retain.cluster.connection-string", refused.Message, StringComparison.Ordinal);

        static string? OptionsOf(string connectionString) =>
            new Npgsql.NpgsqlConnectionStringBuilder(SessionOptions.Bounded(connectionString, TimeSpan.FromSeconds(1.5))).Options;
    }

    [Fact(DisplayName = "Every default of reference.conf should be what the documents say")]
    public void Defaults() => Assert.Equal(new ClusterSettings(true, 100, null, TimeSpan.FromSeconds(10)), ClusterSettings.From(RetainCluster.DefaultConfig));
}
