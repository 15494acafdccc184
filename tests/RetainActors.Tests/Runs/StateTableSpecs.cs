using RetainActors.Runs;
using static RetainActors.Tests.Runs.Handlers;

namespace RetainActors.Tests.Runs;

public sealed class StateTableSpecs
{
    public static TheoryData<string, string> Refusals { get; } = new()
    {
        { "the initial state 'INIT' is not in the table", "no states" },
        { "the initial state 'INIT' is a branch", "initial branch" },
        { "state 'INIT' goes to 'GONE', which is not in the table", "unknown next" },
        { "state 'INIT' goes to 'GONE', which is not in the table", "unknown join" },
        { "state 'INIT' goes to 'X', which is a branch", "next branch" },
        { "state 'INIT' goes to 'X', which is a branch", "join branch" },
        { "fork 'INIT' has no branches", "no branches" },
        { "fork 'INIT' has the branch 'GONE', which is not in the table", "unknown branch" },
        { "fork 'INIT' names the branch 'X' twice", "doubled branch" },
        { "branch 'INNER' of fork 'INIT' is a fork itself; nested forks are not supported", "nested fork" },
        { "branch 'X' of fork 'INIT' declares successors; a branch is a single state", "branch chain" },
        { "a state has no name", "blank name" },
        { "holds a lone surrogate", "lone surrogate" },
        { "the name of state 'parallel:X' begins like that of a branch in the step log", "branch prefix" },
        { "state 'INIT' has no handler", "no handler" },
        { "the policy of state 'INIT' cannot be followed: MaxTries is 0; at least 1", "no tries" },
        { "cannot be followed: MinBackoff is 00:00:00; greater than zero", "no backoff" },
        { "cannot be followed: MaxBackoff is 00:00:00.5000000; at least MinBackoff, 00:00:01", "small backoff" },
        { "cannot be followed: Jitter is 1.5; 0 to 1", "jitter" },
        { "cannot be followed: Retries is null", "no predicate" },
        { "cannot be followed: Timeout is 00:00:00; greater than zero", "no time" },
        { "cannot be followed: ParkAfter is 0; at least 1", "park at once" },
        { "its version holds a lone surrogate", "version" },
    };

    [Theory(DisplayName = "StateTableBuilder should refuse a wrong table and name what is wrong")]
    [MemberData(nameof(Refusals))]
    public void Refused(string problem, string table)
    {
        var refusal = Assert.Throws<ArgumentException>(() => WrongTable(table).Build());

        Assert.Contains(problem, refusal.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "StateTable should list its states sorted, and a later state of a name should replace the earlier one")]
    public void Sorted_and_replaced()
    {
        var builder = new StateTableBuilder("b").Add("b", GoesTo("a"), next: ["a"]).Add("a", Completes).Add("B", Completes);
        var table = builder.Add("b", Completes).Build();

        Assert.Equal(["B", "a", "b"], table.States);
        Assert.True(table.TryGet("b", out var state));
        Assert.Empty(state.Next);
        Assert.False(table.TryGet("c", out _));
    }

    [Fact(DisplayName = "StateTable should not change when its builder goes on")]
    public void Immutable()
    {
        var builder = new StateTableBuilder("A").Add("A", Completes);
        var table = builder.Build();
        builder.Add("B", Completes);

        Assert.Equal(["A"], table.States);
        Assert.Equal(["A", "B"], builder.Build().States);
    }

    [Fact(DisplayName = "StateTable should have a fingerprint of its names and edges, whatever its handlers and their order")]
    public void Fingerprint()
    {
        var table = new StateTableBuilder("A").Add("A", GoesTo("B"), next: ["B", "C"]).Add("B", Completes).Add("C", Completes).Build();
        var same = new StateTableBuilder("A").Add("C", Forks).Add("B", Forks).Add("A", Completes, next: ["C", "B"]).Build();

        Assert.Equal(table.Fingerprint, same.Fingerprint);
        Assert.Matches("^[0-9a-f]{64}$", table.Fingerprint.Hash);
    }

    [Fact(DisplayName = "StateTable should have another fingerprint for every other initial state, name, edge, branch, branch order and join")]
    public void Fingerprints_differ()
    {
        StateTable[] tables =
        [
            Forking("F", ["X", "Y"], "J"),
            Forking("J", ["X", "Y"], "J"),
            Forking("F", ["Y", "X"], "J"),
            Forking("F", ["X"], "J"),
            Forking("F", ["X", "Y"], "F"),
            Plain("A", ["B"]),
            Plain("A", ["B,C"]),
            Plain("A", ["B", "C"]),
            Plain("A", ["B\nC"]),
            Plain("A", []),
        ];

        Assert.Equal(tables.Length, tables.Select(table => table.Fingerprint).Distinct().Count());

        static StateTable Forking(string initial, string[] branches, string join) => new StateTableBuilder(initial)
            .AddFork("F", Forks, branches, join).Add("X", Completes).Add("Y", Completes).Add("J", Completes).Build();

        static StateTable Plain(string initial, string[] next) => new StateTableBuilder(initial)
            .Add("A", Completes, next).Add("B", Completes).Add("C", Completes).Add("B,C", Completes).Add("B\nC", Completes).Build();
    }

    private static StateTableBuilder WrongTable(string which)
    {
        var builder = new StateTableBuilder("INIT");
        return which switch
        {
            "no states" => builder,
            "initial branch" => builder.Add("INIT", Completes).AddFork("F", Forks, ["INIT"], "F"),
            "unknown next" => builder.Add("INIT", Completes, next: ["GONE"]),
            "unknown join" => builder.AddFork("INIT", Forks, ["X"], "GONE").Add("X", Completes),
            "next branch" => builder.Add("INIT", Completes, next: ["X"]).AddFork("F", Forks, ["X"], "INIT").Add("X", Completes),
            "join branch" => builder.AddFork("INIT", Forks, ["X"], "X").Add("X", Completes),
            "no branches" => builder.AddFork("INIT", Forks, [], "J").Add("J", Completes),
            "unknown branch" => builder.AddFork("INIT", Forks, ["GONE"], "J").Add("J", Completes),
            "doubled branch" => builder.AddFork("INIT", Forks, ["X", "X"], "J").Add("J", Completes).Add("X", Completes),
            "nested fork" => builder.AddFork("INIT", Forks, ["INNER"], "J").AddFork("INNER", Forks, ["X"], "J").Add("X", Completes).Add("J", Completes),
            "branch chain" => builder.AddFork("INIT", Forks, ["X"], "J").Add("X", Completes, next: ["J"]).Add("J", Completes),
            "blank name" => builder.Add(" ", Completes),
            "lone surrogate" => builder.Add("\ud800", Completes),
            "no tries" => Policy(new RetryPolicy { MaxTries = 0 }),
            "no backoff" => Policy(new RetryPolicy { MinBackoff = TimeSpan.Zero }),
            "small backoff" => Policy(new RetryPolicy { MaxBackoff = TimeSpan.FromSeconds(0.5) }),
            "jitter" => Policy(new RetryPolicy { Jitter = 1.5 }),
            "no predicate" => Policy(new RetryPolicy { Retries = null! }),
            "no time" => builder.Add("INIT", Completes, policy: new StatePolicy { Timeout = TimeSpan.Zero }),
            "park at once" => builder.Add("INIT", Completes, policy: new StatePolicy { ParkAfter = 0 }),
            "version" => builder.Version("\ud800"),
            "branch prefix" => builder.Add("parallel:X", Completes),
            _ => builder.Add("INIT", null!),
        };

        StateTableBuilder Policy(RetryPolicy retry) => builder.Add("INIT", Completes, policy: new StatePolicy { Retry = retry });
    }
}
