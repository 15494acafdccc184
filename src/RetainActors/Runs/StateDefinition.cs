using System.Collections.Immutable;

namespace RetainActors.Runs;

/// <summary>One state of a table with its declared edges.</summary>
/// <param name="Name">The name; checkpoints refer to it.</param>
/// <param name="Handler">What the state does.</param>
/// <param name="Next">The states it may go to.</param>
/// <param name="Branches">For a fork, the branches in merge order; otherwise empty.</param>
/// <param name="Join">For a fork, the state entered when every branch is done.</param>
public sealed record StateDefinition(
    string Name, StateHandler Handler, ImmutableArray<string> Next, ImmutableArray<string> Branches, string? Join)
{
    /// <summary>What happens when the state fails or takes long.</summary>
    public StatePolicy Policy { get; init; } = StatePolicy.Default;

    /// <summary>Whether the state opens a parallel block.</summary>
    public bool IsFork => Join is not null;
}
