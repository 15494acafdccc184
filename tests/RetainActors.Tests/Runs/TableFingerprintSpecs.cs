using System.Text;
using RetainActors.Json;
using RetainActors.Runs;
using static RetainActors.Tests.Runs.Handlers;

namespace RetainActors.Tests.Runs;

public sealed class TableFingerprintSpecs
{
    private static readonly StateTable Before = new StateTableBuilder("A").Version("1")
        .Add("A", Completes, next: ["F", "B"]).Add("B", Completes)
        .AddFork("F", Forks, ["X", "Y"], "J").Add("X", Completes).Add("Y", Completes).Add("J", Completes)
        .Build();

    [Fact(DisplayName = "The same states and edges under other handlers and policies should be no difference")]
    public void Same() => Assert.Null(Difference(new StateTableBuilder("A").Version("1")
        .Add("A", GoesTo("B"), next: ["B", "F"], policy: new StatePolicy { ParkAfter = 1 }).Add("B", Forks)
        .AddFork("F", Completes, ["X", "Y"], "J").Add("X", Forks).Add("Y", Forks).Add("J", Forks)));

    [Fact(DisplayName = "A difference should name the version, the initial state, and every state that was added, removed or changed")]
    public void Different() => Assert.Equal(
        "version was '1', is '2'; initial state was 'A', is 'N'; added 'M', 'N'; removed 'B', 'X'; changed 'A', 'F'",
        Difference(new StateTableBuilder("N").Version("2")
            .Add("N", Completes, next: ["A"]).Add("M", Completes)
            .Add("A", Completes, next: ["F"])
            .AddFork("F", Forks, ["Y"], "J").Add("Y", Completes).Add("J", Completes)));

    [Fact(DisplayName = "A version that is gone, and another order of branches, should be differences")]
    public void Version_and_order() => Assert.Equal(
        "version was '1', is none; changed 'F'",
        Difference(new StateTableBuilder("A")
            .Add("A", Completes, next: ["F", "B"]).Add("B", Completes)
            .AddFork("F", Forks, ["Y", "X"], "J").Add("X", Completes).Add("Y", Completes).Add("J", Completes)));

    [Fact(DisplayName = "States and branches that only have other names, declared as aliases, should be no difference")]
    public void Renamed()
    {
        var table = new StateTableBuilder("A2").Version("1")
            .Add("A2", Completes, next: ["FORK", "B"]).Add("B", Completes)
            .AddFork("FORK", Forks, ["X2", "Y"], "J2").Add("X2", Completes).Add("Y", Completes).Add("J2", Completes);

        Assert.NotNull(Difference(table));
        Assert.Null(Difference(table.Alias("A", "A2").Alias("F", "FORK").Alias("X", "X2").Alias("J", "J2")));
    }

    [Fact(DisplayName = "A fingerprint should be stored by these names and read back")]
    public void Stored()
    {
        var context = new RetainContext(new CheckpointKey("bank", "source.md")) { Table = Before.Fingerprint };

        var json = ContextJson.Encode(context);

        Assert.Contains(
            """
            "table":{"version":"1","initialState":"A","states":{"A":["B","F"],"B":[],"F":["parallel:X","parallel:Y","J"],"J":[],"X":[],"Y":[]}}
            """,
            Encoding.UTF8.GetString(json), StringComparison.Ordinal);
        Assert.Equal(Before.Fingerprint, ContextJson.Decode(json, out _)!.Table);
        Assert.DoesNotContain("table", Encoding.UTF8.GetString(ContextJson.Encode(context with { Table = null })), StringComparison.Ordinal);
    }

    [Theory(DisplayName = "An alias that leads nowhere, or hides a state, or is there twice, should be refused by name")]
    [InlineData("OLD", "GONE", "the alias 'OLD' leads to 'GONE', which is not in the table")]
    [InlineData("B", "A", "the alias 'B' is a state of the table")]
    [InlineData("TWICE", "A", "'TWICE' is an alias twice")]
    public void Wrong_alias(string former, string name, string problem) => Assert.Contains(
        problem,
        Assert.Throws<ArgumentException>(
            () => new StateTableBuilder("A").Add("A", Completes).Add("B", Completes).Alias("TWICE", "B").Alias(former, name).Build()).Message,
        StringComparison.Ordinal);

    private static string? Difference(StateTableBuilder now)
    {
        var table = now.Build();
        return Before.Fingerprint.DifferenceTo(table.Fingerprint, table.NameOf);
    }
}
