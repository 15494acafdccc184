namespace RetainActors.Testing.Conformance;

/// <summary>One thing that checkpoints must do, whatever journal stores them.</summary>
public sealed class Clause
{
    private readonly Func<ClauseRun, Task> _body;

    internal Clause(string id, string text, Func<ClauseRun, Task> body, HarnessFeatures needs = HarnessFeatures.None)
    {
        (Id, Text, Needs, _body) = (id, text, needs, body);
    }

    /// <summary>Stable id, such as <c>SAVE-1</c>.</summary>
    public string Id { get; }

    /// <summary>What must hold, in one sentence.</summary>
    public string Text { get; }

    /// <summary>What a backend must be able to do for the clause to mean something there.</summary>
    public HarnessFeatures Needs { get; }

    /// <summary>
    /// Shows the clause on a backend, with keys of its own, so that clauses may share one. Not at the same time as others on a
    /// harness that is restarted.
    /// </summary>
    /// <param name="harness">The backend.</param>
    /// <param name="restartBetweenSteps">Restarts the actor system before every step that follows another.</param>
    /// <exception cref="ConformanceException">The backend does not do what the clause says.</exception>
    public async Task RunAsync(IHarness harness, bool restartBetweenSteps = false)
    {
        ArgumentNullException.ThrowIfNull(harness);
        var run = new ClauseRun(this, harness, restartBetweenSteps);
        try
        {
            await _body(run);
        }
        catch (Exception e) when (e is not ConformanceException)
        {
            throw new ConformanceException(this, $"no failure was expected, but {e.GetType().Name}: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Id}: {Text}";
}

/// <summary>A clause of the contract that means nothing here, by design.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Reason">Why.</param>
public sealed record VoidClause(string Id, string Reason);

/// <summary>A backend does not do what a clause says.</summary>
public sealed class ConformanceException(Clause clause, string detail, Exception? cause = null) : Exception($"{clause}: {detail}", cause)
{
    /// <summary>Id of the clause.</summary>
    public string ClauseId { get; } = clause.Id;
}
