using RetainActors.Testing.Conformance;

namespace RetainActors.Testing.Tests;

/// <summary>The conformance suite on one backend: every clause as it is, and with restarts between its steps.</summary>
public abstract class ConformanceSpecs(Backend backend)
{
    protected static TheoryData<string> ClausesFor(HarnessFeatures features) => [.. CheckpointConformance.ClausesFor(features).Select(clause => clause.Id)];

    protected Task RunAsync(string id, bool restarting) => CheckpointConformance.Find(id).RunAsync(backend.Harness, restarting);
}

/// <summary>The journal of this house in memory; the file system outlives the actor system.</summary>
public sealed class MemoryConformanceSpecs(MemoryBackend backend) : ConformanceSpecs(backend), IClassFixture<MemoryBackend>
{
    public static TheoryData<string> Clauses => ClausesFor(MemoryBackend.Features);

    [Theory(DisplayName = "The memory journal should conform")]
    [MemberData(nameof(Clauses))]
    public Task Conforms(string id) => RunAsync(id, restarting: false);

    [Theory(DisplayName = "The memory journal should conform with restarts between the steps")]
    [MemberData(nameof(Clauses))]
    public Task Conforms_over_restarts(string id) => RunAsync(id, restarting: true);
}

/// <summary>The file journal, in a directory of its own.</summary>
public sealed class FileConformanceSpecs(FileBackend backend) : ConformanceSpecs(backend), IClassFixture<FileBackend>
{
    public static TheoryData<string> Clauses => ClausesFor(FileBackend.Features);

    [Theory(DisplayName = "The file journal should conform")]
    [MemberData(nameof(Clauses))]
    public Task Conforms(string id) => RunAsync(id, restarting: false);

    [Theory(DisplayName = "The file journal should conform with restarts between the steps")]
    [MemberData(nameof(Clauses))]
    public Task Conforms_over_restarts(string id) => RunAsync(id, restarting: true);
}

/// <summary>Akka.Persistence.Sql on a SQLite file; two actor systems may use it at once.</summary>
public sealed class SqlConformanceSpecs(SqlBackend backend) : ConformanceSpecs(backend), IClassFixture<SqlBackend>
{
    public static TheoryData<string> Clauses => ClausesFor(SqlBackend.Features);

    [Theory(DisplayName = "Akka.Persistence.Sql on SQLite should conform")]
    [MemberData(nameof(Clauses))]
    public Task Conforms(string id) => RunAsync(id, restarting: false);

    [Theory(DisplayName = "Akka.Persistence.Sql on SQLite should conform with restarts between the steps")]
    [MemberData(nameof(Clauses))]
    public Task Conforms_over_restarts(string id) => RunAsync(id, restarting: true);
}

/// <summary>The same on PostgreSQL.</summary>
public sealed class PostgresConformanceSpecs(PostgresBackend backend) : ConformanceSpecs(backend), IClassFixture<PostgresBackend>
{
    /// <summary>A restart of the actor system takes its time here: of so many clauses one is restarted with each change, all in the soak.</summary>
    private const int OneOf = 16;

    public static TheoryData<string> Clauses => ClausesFor(PostgresBackend.Features);

    public static TheoryData<string> Some =>
        [.. CheckpointConformance.ClausesFor(PostgresBackend.Features).Where((_, index) => index % OneOf == 0).Select(clause => clause.Id)];

    [SkippableTheory(DisplayName = "Akka.Persistence.Sql on PostgreSQL should conform")]
    [MemberData(nameof(Clauses))]
    public Task Conforms(string id) => RunAsync(id, restarting: false);

    [SkippableTheory(DisplayName = "Akka.Persistence.Sql on PostgreSQL should conform with restarts between the steps of some clauses")]
    [MemberData(nameof(Some))]
    public Task Conforms_over_some_restarts(string id) => RunAsync(id, restarting: true);

    [Trait("Category", "Soak")]
    [SkippableTheory(DisplayName = "Akka.Persistence.Sql on PostgreSQL should conform with restarts between the steps")]
    [MemberData(nameof(Clauses))]
    public Task Conforms_over_restarts(string id) => RunAsync(id, restarting: true);
}
