namespace RetainActors.Runs;

/// <summary>What a state decided: where the run goes from here. A closed set.</summary>
public abstract record Transition
{
    private Transition()
    {
    }

    /// <summary>Enter the named state, which the table declares as a successor of this one.</summary>
    public static Transition To(string state) => new Next(state);

    /// <summary>The run, or the branch, is complete.</summary>
    public static Transition Completed { get; } = new Complete();

    /// <summary>The run fails with a reason.</summary>
    public static Transition Fail(string reason) => new Failed(reason);

    /// <summary>Run the branches that the table declares for this fork, then its join.</summary>
    public static Transition Fork { get; } = new Parallel();

    /// <summary>Enter <paramref name="State"/>.</summary>
    public sealed record Next(string State) : Transition;

    /// <summary>The run, or the branch, is complete.</summary>
    public sealed record Complete : Transition;

    /// <summary>The run fails.</summary>
    public sealed record Failed(string Reason) : Transition;

    /// <summary>Run the declared branches, then the join.</summary>
    public sealed record Parallel : Transition;
}

/// <summary>What a state returns: the changed context and where to go.</summary>
public sealed record StateResult(RetainContext Context, Transition Transition);

/// <summary>
/// A state of a run. It gets its scope and the context and returns a changed copy with a transition. It must end when
/// the token is cancelled. An exception fails the run with its type and message; a state may be entered again after a
/// crash, so its outside effects must be repeatable.
/// </summary>
public delegate Task<StateResult> StateHandler(StateScope scope, RetainContext context, CancellationToken cancellationToken);
