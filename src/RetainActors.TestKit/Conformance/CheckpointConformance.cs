using Akka.Configuration;

namespace RetainActors.Testing.Conformance;

/// <summary>
/// What checkpoints must do on every journal, clause by clause. Run each clause as a case of your framework, once as it is
/// and once with restarts between its steps; a clause that does not hold throws a <see cref="ConformanceException"/>.
/// </summary>
public static class CheckpointConformance
{
    /// <summary>All clauses.</summary>
    public static IReadOnlyList<Clause> Clauses { get; } =
    [
        .. SaveClauses.All, .. BranchClauses.All, .. ReadClauses.All, .. ListClauses.All, .. DeleteClauses.All, .. RetentionClauses.All, .. DeltaClauses.All,
        .. WriterClauses.All, .. KeyClauses.All,
    ];

    /// <summary>The clauses of the contract that mean nothing here, each with the reason.</summary>
    public static IReadOnlyList<VoidClause> Void { get; } =
    [
        .. VoidClauses(
            "a key is a pair; there are no namespaces", "SAVE-7", "SAVE-8", "SAVE-9", "BRANCH-9", "LOAD-9", "LIST-3", "LIST-16", "DELETE-3", "COPY-4", "PRUNE-3"),
        .. VoidClauses("a checkpoint has no step number and no metadata of its user; it is found by bank, status and age", "LIST-6", "LIST-9"),
        .. VoidClauses("fields have no versions of their own, and states leave no seen marks", "SAVE-4", "SAVE-5", "SAVE-17", "DELTA-4"),
        .. VoidClauses("a checkpoint is deleted as a whole; runs own no revisions", [.. Enumerable.Range(1, 7).Select(number => $"DELETE-RUN-{number}")]),
        .. VoidClauses("a copy is one full revision, not a history", "COPY-6", "P-3"),
        .. VoidClauses("prune takes one key", "PRUNE-7"),
        .. VoidClauses("stored records are not encrypted", "S-2", "S-3"),
    ];

    /// <summary>The retention of the banks that the clauses use; to be merged into the configuration of the system under test.</summary>
    public static Config Config { get; } = ConfigurationFactory.ParseString(
        $$"""
        retain.checkpoint.retention.banks = [
          { bank = "{{ClauseRun.Bank}}", keep-revisions = off }
          { bank = "{{RetentionClauses.KeepsOne}}", keep-revisions = 1 }
          { bank = "{{RetentionClauses.Deletes}}", on-success = delete }
          { bank = "{{RetentionClauses.Expires}}", on-success = expire, expire-after = 1 ms }
        ]
        """);

    /// <summary>The clauses that mean something on a backend.</summary>
    public static IEnumerable<Clause> ClausesFor(HarnessFeatures features) => Clauses.Where(clause => features.HasFlag(clause.Needs));

    /// <summary>The clause of an id.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static Clause Find(string id) =>
        Clauses.FirstOrDefault(clause => clause.Id == id) ?? throw new ArgumentException($"There is no clause {id}.", nameof(id));

    private static IEnumerable<VoidClause> VoidClauses(string reason, params string[] ids) => ids.Select(id => new VoidClause(id, reason));
}
