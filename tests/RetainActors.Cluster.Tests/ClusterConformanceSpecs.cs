using RetainActors.Testing.Conformance;

namespace RetainActors.Cluster.Tests;

/// <summary>The conformance suite on a cluster: what a checkpoint does on one root it does over nodes.</summary>
[Collection(PostgresTests.Name)]
public sealed class ClusterConformanceSpecs(ClusterConformanceSpecs.ClusterFixture cluster, PostgresFixture postgres)
    : IClassFixture<ClusterConformanceSpecs.ClusterFixture>
{
    public static TheoryData<string> Clauses => [.. CheckpointConformance.ClausesFor(ClusterHarness.BackendFeatures).Select(clause => clause.Id)];

    [SkippableTheory(DisplayName = "Three nodes should conform, asked on one that holds no key")]
    [MemberData(nameof(Clauses))]
    public Task Conforms(string id) => RunAsync(id, restarting: false);

    [Trait("Category", "Soak")]
    [SkippableTheory(DisplayName = "Three nodes should conform, with a node that holds keys restarted between the steps")]
    [MemberData(nameof(Clauses))]
    public Task Conforms_over_restarts(string id) => RunAsync(id, restarting: true);

    private async Task RunAsync(string id, bool restarting) =>
        await CheckpointConformance.Find(id).RunAsync(await cluster.HarnessAsync(postgres), restarting);

    /// <summary>One cluster for all clauses; they use keys of their own.</summary>
    public sealed class ClusterFixture : IAsyncLifetime
    {
        private ClusterHarness? _harness;

        public Task InitializeAsync() => Task.CompletedTask;

        public async Task DisposeAsync()
        {
            if (_harness is not null) await _harness.DisposeAsync();
        }

        internal async Task<IHarness> HarnessAsync(PostgresFixture postgres) => _harness ??= await ClusterHarness.StartAsync(postgres.NewDatabase());
    }
}
