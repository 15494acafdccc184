using System.Text.Json;
using RetainActors.Checkpoints;
using RetainActors.Runs;

namespace RetainActors.Tests.Runs;

public sealed class BranchMergeSpecs
{
    private static readonly StateDefinition Fork = new("F", Handlers.Forks, [], ["X", "Y", "Z"], "J");

    private static readonly RetainContext Before = new(new CheckpointKey("bank", "source.md"))
    {
        DocumentId = "d0",
        Entities = ["a", "b"],
        WikisCreated = ["w"],
        UnknownMembers = JsonMembers.Empty.With("kept", Json("1.0")),
    };

    [Fact(DisplayName = "BranchMerge should join what branches append, in the order of their declaration")]
    public void Appends()
    {
        var merged = Merge(
            out _,
            ("Z", c => c with { Entities = c.Entities.Add("z") }),
            ("Y", c => c),
            ("X", c => c with { Entities = [.. c.Entities, "x1", "x2"], WikisUpdated = ["u"] }));

        Assert.Equal<string>(["a", "b", "x1", "x2", "z"], merged!.Entities);
        Assert.Equal<string>(["u"], merged.WikisUpdated);
        Assert.Equal(Before with { Entities = merged.Entities, WikisUpdated = ["u"] }, merged);
    }

    [Fact(DisplayName = "BranchMerge should join what branches append to a list that was empty")]
    public void Appends_to_nothing() =>
        Assert.Equal<SupersedesEdge>(
            [new("x", "1"), new("z", "2")],
            Merge(
                out _,
                ("X", c => c with { SupersedesEdges = [new("x", "1")] }),
                ("Y", c => c),
                ("Z", c => c with { SupersedesEdges = [new("z", "2")] }))!.SupersedesEdges);

    [Fact(DisplayName = "BranchMerge should take a value that branches agree on, and removals that they agree on")]
    public void Agreement()
    {
        var merged = Merge(
            out var conflict,
            ("X", c => c with { DocumentId = "d1", WikisCreated = [] }),
            ("Y", c => c with { DocumentId = "d1", WikisCreated = [] }),
            ("Z", c => c));

        Assert.Null(conflict);
        Assert.Equal("d1", merged!.DocumentId);
        Assert.Empty(merged.WikisCreated);
    }

    [Fact(DisplayName = "BranchMerge should keep what each branch alone changed, replaced and removed")]
    public void Single_changes()
    {
        var merged = Merge(
            out _,
            ("X", c => c with { DocumentId = null }),
            ("Y", c => c with { Entities = ["only"] }),
            ("Z", c => c with { UnknownMembers = c.UnknownMembers.With("added", Json("2.50")) }));

        Assert.Null(merged!.DocumentId);
        Assert.Equal<string>(["only"], merged.Entities);
        Assert.Equal(["1.0", "2.50"], merged.UnknownMembers.Select(member => member.Value.GetRawText()));
    }

    [Theory(DisplayName = "BranchMerge should refuse changes that exclude each other, and name the member and both branches")]
    [InlineData("two values", "documentId")]
    [InlineData("a value and a removal", "documentId")]
    [InlineData("two replacements", "entities")]
    [InlineData("a replacement and an append", "entities")]
    [InlineData("an append and a removal", "entities")]
    [InlineData("unknown members", "later")]
    public void Conflicts(string what, string member)
    {
        (Change first, Change second) = what switch
        {
            "two values" => ((Change)(c => c with { DocumentId = "d1" }), (Change)(c => c with { DocumentId = "d2" })),
            "a value and a removal" => (c => c with { DocumentId = "d1" }, c => c with { DocumentId = null }),
            "two replacements" => (c => c with { Entities = ["p"] }, c => c with { Entities = ["q"] }),
            "a replacement and an append" => (c => c with { Entities = ["b", "a"] }, c => c with { Entities = c.Entities.Add("z") }),
            "an append and a removal" => (c => c with { Entities = c.Entities.Add("x") }, c => c with { Entities = [] }),
            _ => (c => c with { UnknownMembers = c.UnknownMembers.With("later", Json("1")) },
                c => c with { UnknownMembers = c.UnknownMembers.With("later", Json("2")) }),
        };

        Assert.Null(Merge(out var conflict, ("Z", second), ("X", first), ("Y", c => c)));
        Assert.Equal($"branches X and Z both changed '{member}'", conflict);
        Assert.Null(Merge(out conflict, ("Z", first), ("X", second), ("Y", c => c)));
        Assert.Equal($"branches X and Z both changed '{member}'", conflict);
    }

    [Fact(DisplayName = "BranchMerge should leave out results of branches that the fork no longer declares")]
    public void Undeclared() =>
        Assert.Equal<string>(
            ["a", "b"], Merge(out _, ("X", c => c), ("OLD", c => c with { Entities = ["gone"] }), ("Y", c => c), ("Z", c => c))!.Entities);

    private static RetainContext? Merge(out string? conflict, params (string Branch, Change Change)[] branches) => BranchMerge.Merge(
        Before, Fork,
        [.. branches.Select(b => new BranchResult("F", 1, b.Branch, ContextDelta.Between(Before, b.Change(Before)), Revision: 1))],
        out conflict);

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private delegate RetainContext Change(RetainContext context);
}
