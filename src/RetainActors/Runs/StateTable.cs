using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace RetainActors.Runs;

/// <summary>
/// The states of a run and their declared edges. Validated when it is built, immutable afterwards, shared by any number
/// of runs.
/// </summary>
public sealed class StateTable
{
    private readonly ImmutableSortedDictionary<string, StateDefinition> _states;
    private readonly ImmutableDictionary<string, string> _aliases;

    internal StateTable(
        string initialState, string? version, ImmutableSortedDictionary<string, StateDefinition> states, ImmutableDictionary<string, string> aliases)
    {
        InitialState = initialState;
        _states = states;
        _aliases = aliases;
        Fingerprint = new TableFingerprint(
            version, initialState,
            states.ToImmutableSortedDictionary(state => state.Key, state => EdgesOf(state.Value).ToImmutableArray(), StringComparer.Ordinal));
    }

    /// <summary>The state that a fresh run enters.</summary>
    public string InitialState { get; }

    /// <summary>The names of all states and branches, sorted ordinally.</summary>
    public IEnumerable<string> States => _states.Keys;

    /// <summary>Version, names and edges, whatever the handlers and policies: what checkpoints keep of the table.</summary>
    public TableFingerprint Fingerprint { get; }

    /// <summary>
    /// The table of the seed: INIT checks that the text is not blank, READ and COMPLETE only mark their place. A user's
    /// table replaces what lies between.
    /// </summary>
    public static StateTable Default { get; } = new StateTableBuilder("INIT")
        .Add("INIT", DefaultStates.Init, next: ["READ"])
        .Add("READ", DefaultStates.Read, next: ["COMPLETE"])
        .Add("COMPLETE", DefaultStates.Complete)
        .Build();

    /// <summary>The definition of a state by its name or an alias; false when the table has no such state.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out StateDefinition? definition) => _states.TryGetValue(NameOf(name), out definition);

    /// <summary>The definition of a state that is known to be in the table.</summary>
    internal StateDefinition Definition(string name) => TryGet(name, out var definition)
        ? definition
        : throw new InvalidOperationException($"State '{name}' left the table after it was validated.");

    /// <summary>The name that a state has now, by that name or an alias; an unknown name as it is.</summary>
    internal string NameOf(string name) => _aliases.GetValueOrDefault(name, name);

    /// <summary>Whether a fork runs this state as a branch; it is never entered by itself.</summary>
    internal bool IsBranch(string name) => _states.Values.Any(state => state.Branches.Contains(NameOf(name)));

    private static IEnumerable<string> EdgesOf(StateDefinition state) => state.Join is { } join
        ? [.. state.Branches.Select(branch => StepLogEntry.BranchPrefix + branch), join]
        : state.Next.Order(StringComparer.Ordinal);
}
