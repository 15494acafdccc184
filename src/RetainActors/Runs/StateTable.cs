using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace RetainActors.Runs;

/// <summary>
/// The states of a run and their declared edges. Validated when it is built, immutable afterwards, shared by any number
/// of runs.
/// </summary>
public sealed class StateTable
{
    private readonly ImmutableSortedDictionary<string, StateDefinition> _states;

    internal StateTable(string initialState, ImmutableSortedDictionary<string, StateDefinition> states)
    {
        InitialState = initialState;
        _states = states;
        Fingerprint = FingerprintOf(initialState, states.Values);
    }

    /// <summary>The state that a fresh run enters.</summary>
    public string InitialState { get; }

    /// <summary>The names of all states and branches, sorted ordinally.</summary>
    public IEnumerable<string> States => _states.Keys;

    /// <summary>SHA-256 over names and edges, lower-case hex: equal tables have equal fingerprints, whatever their handlers.</summary>
    public string Fingerprint { get; }

    /// <summary>
    /// The table of the seed: INIT checks that the text is not blank, READ and COMPLETE only mark their place. A user's
    /// table replaces what lies between.
    /// </summary>
    public static StateTable Default { get; } = new StateTableBuilder("INIT")
        .Add("INIT", DefaultStates.Init, next: ["READ"])
        .Add("READ", DefaultStates.Read, next: ["COMPLETE"])
        .Add("COMPLETE", DefaultStates.Complete)
        .Build();

    /// <summary>The definition of a state; false when the table has no such state.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out StateDefinition? definition) => _states.TryGetValue(name, out definition);

    /// <summary>Whether a fork runs this state as a branch; it is never entered by itself.</summary>
    internal bool IsBranch(string name) => _states.Values.Any(state => state.Branches.Contains(name));

    private static string FingerprintOf(string initialState, IEnumerable<StateDefinition> states)
    {
        var text = new StringBuilder();
        Append(text, [initialState]);
        foreach (var state in states)
        {
            Append(text, [state.Name]);
            Append(text, [.. state.Next.Order(StringComparer.Ordinal)]);
            Append(text, state.Branches);
            Append(text, state.Join is null ? [] : [state.Join]);
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>With counts and lengths: names may hold any character.</summary>
    private static void Append(StringBuilder text, ImmutableArray<string> names)
    {
        text.Append(names.Length).Append(';');
        foreach (var name in names) text.Append(name.Length).Append(':').Append(name);
    }
}
