using System.Text.RegularExpressions;
using RetainActors.Testing.Conformance;

namespace RetainActors.Testing.Tests;

/// <summary>The table of clauses in docs/guarantees.md names what there is.</summary>
public sealed partial class GuaranteesSpecs
{
    private static readonly string Table = File.ReadAllText(Repository.File("docs", "guarantees.md")).Split("## Clause by clause")[1];

    private static readonly string[][] Rows = [.. Row().Matches(Table).Select(row => (string[])[row.Groups[1].Value, row.Groups[2].Value])];

    [Fact(DisplayName = "Every clause of the conformance suite should be in the table of the guarantees, and no other")]
    public void Clauses() => Assert.Equal(
        CheckpointConformance.Clauses.Select(clause => clause.Id).Order(StringComparer.Ordinal), IdsOf("the conformance suite").Order(StringComparer.Ordinal));

    [Fact(DisplayName = "Every void clause should be in the table of the guarantees with its reason")]
    public void Void()
    {
        foreach (var clause in CheckpointConformance.Void) Assert.Contains(clause.Id, IdsOf($"void: {clause.Reason}"));
        var voids = Rows.Where(row => row[1].StartsWith("void: ", StringComparison.Ordinal));
        Assert.Equal(CheckpointConformance.Void.Count, voids.Sum(row => row[0].Split(' ').Length));
    }

    [Fact(DisplayName = "Every test that the table of the guarantees names should exist")]
    public void Tests()
    {
        var sources = Directory.EnumerateFiles(Repository.File("tests"), "*Specs.cs", SearchOption.AllDirectories).Select(File.ReadAllText).ToList();
        var names = Rows.SelectMany(row => Name().Matches(row[1])).Select(match => match.Groups[1].Value).ToList();
        Assert.True(names.Count > 25);
        Assert.All(names, name => Assert.Contains(sources, source => source.Contains($"DisplayName = \"{name}\"", StringComparison.Ordinal)));
    }

    [Fact(DisplayName = "The ids of clauses should be different, and a backend without features should be spared what it cannot do")]
    public void Ids()
    {
        var ids = CheckpointConformance.Clauses.Select(clause => clause.Id).Concat(CheckpointConformance.Void.Select(clause => clause.Id)).ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
        var spared = CheckpointConformance.Clauses.Except(CheckpointConformance.ClausesFor(HarnessFeatures.None));
        Assert.Equal(["C-1", "LIST-13", "LIST-5", "LIST-7", "LIST-8", "S-4", "W-8", "W-9"], spared.Select(clause => clause.Id).Order());
        Assert.Throws<ArgumentException>(() => CheckpointConformance.Find("NONE-1"));
    }

    private static IEnumerable<string> IdsOf(string test) => Rows.Where(row => row[1] == test).SelectMany(row => row[0].Split(' '));

    [GeneratedRegex(@"^\| ([A-Z][A-Z0-9 -]+) \| (.+) \| [^|]+ \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\*([^*]+)\*")]
    private static partial Regex Name();
}
