using System.Collections.Immutable;
using RetainActors.Json;

namespace RetainActors.Runs;

/// <summary>Collects states and builds a validated <see cref="StateTable"/>. A later state of the same name replaces an earlier one.</summary>
/// <param name="initialState">The state that a fresh run enters.</param>
public sealed class StateTableBuilder(string initialState)
{
    private readonly ImmutableSortedDictionary<string, StateDefinition>.Builder _states =
        ImmutableSortedDictionary.CreateBuilder<string, StateDefinition>(StringComparer.Ordinal);

    private readonly ImmutableDictionary<string, string>.Builder _aliases = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
    private string? _version;

    /// <summary>
    /// Names a version for what the table itself does not show, such as prompts or a model: checkpoints of another version are met by
    /// the policy for changed tables.
    /// </summary>
    public StateTableBuilder Version(string version)
    {
        Require(WellFormedText.LoneSurrogateIn(version) is null, "its version holds a lone surrogate");
        _version = version;
        return this;
    }

    /// <summary>
    /// Says that a state or branch had another name before: checkpoints that go on there, or stand in that fork, are taken on under
    /// the new name. Aliases do not lead to aliases.
    /// </summary>
    public StateTableBuilder Alias(string formerName, string name)
    {
        Require(!_aliases.ContainsKey(formerName), $"'{formerName}' is an alias twice");
        _aliases[formerName] = name;
        return this;
    }

    /// <summary>Adds a state, or a branch, with the states it may go to. A state without successors completes the run or its branch.</summary>
    public StateTableBuilder Add(string name, StateHandler handler, IEnumerable<string>? next = null, StatePolicy? policy = null) =>
        Put(new StateDefinition(name, handler, [.. next ?? []], [], Join: null) { Policy = policy ?? StatePolicy.Default });

    /// <summary>
    /// Adds a state that ends in a parallel block: its branches, each a single state of the table without successors, run
    /// at once from the same context; when all are done their changes are merged in the given order and the join is entered.
    /// </summary>
    public StateTableBuilder AddFork(string name, StateHandler handler, IEnumerable<string> branches, string join, StatePolicy? policy = null) =>
        Put(new StateDefinition(name, handler, [], [.. branches], join) { Policy = policy ?? StatePolicy.Default });

    /// <summary>Validates and builds the table.</summary>
    /// <exception cref="ArgumentException">Names what is wrong: an unknown target, an empty or doubled branch, a nested fork.</exception>
    public StateTable Build()
    {
        Require(_states.ContainsKey(initialState), $"the initial state '{initialState}' is not in the table");
        var branches = _states.Values.SelectMany(state => state.Branches).ToHashSet(StringComparer.Ordinal);
        Require(!branches.Contains(initialState), $"the initial state '{initialState}' is a branch");
        foreach (var state in _states.Values)
        {
            foreach (var target in state.Join is null ? state.Next : state.Next.Add(state.Join))
            {
                Require(_states.ContainsKey(target), $"state '{state.Name}' goes to '{target}', which is not in the table");
                Require(!branches.Contains(target), $"state '{state.Name}' goes to '{target}', which is a branch");
            }

            if (state.IsFork) RequireBranches(state);
        }

        foreach (var (former, name) in _aliases)
        {
            Require(_states.ContainsKey(name), $"the alias '{former}' leads to '{name}', which is not in the table");
            Require(!_states.ContainsKey(former), $"the alias '{former}' is a state of the table");
        }

        return new StateTable(initialState, _version, _states.ToImmutable(), _aliases.ToImmutable());
    }

    private void RequireBranches(StateDefinition fork)
    {
        Require(fork.Branches.Length > 0, $"fork '{fork.Name}' has no branches");
        foreach (var branch in fork.Branches)
        {
            Require(_states.TryGetValue(branch, out var definition), $"fork '{fork.Name}' has the branch '{branch}', which is not in the table");
            Require(!definition!.IsFork, $"branch '{branch}' of fork '{fork.Name}' is a fork itself; nested forks are not supported");
            Require(definition.Next.IsEmpty, $"branch '{branch}' of fork '{fork.Name}' declares successors; a branch is a single state");
            Require(fork.Branches.Count(name => name == branch) == 1, $"fork '{fork.Name}' names the branch '{branch}' twice");
        }
    }

    private StateTableBuilder Put(StateDefinition definition)
    {
        Require(!string.IsNullOrWhiteSpace(definition.Name), "a state has no name");
        Require(WellFormedText.LoneSurrogateIn(definition.Name) is null, $"the name of state '{definition.Name}' holds a lone surrogate");
        Require(
            !definition.Name.StartsWith(StepLogEntry.BranchPrefix, StringComparison.Ordinal),
            $"the name of state '{definition.Name}' begins like that of a branch in the step log");
        Require(definition.Handler is not null, $"state '{definition.Name}' has no handler");
        Require(definition.Policy.Problem is null, $"the policy of state '{definition.Name}' cannot be followed: {definition.Policy.Problem}");
        _states[definition.Name] = definition;
        return this;
    }

    private static void Require(bool condition, string problem)
    {
        if (!condition) throw new ArgumentException($"The state table is invalid: {problem}.");
    }
}
