using CsCheck;

namespace RetainActors.Tests;

public sealed class CheckpointKeySpecs
{
    [Fact(DisplayName = "CheckpointKey should refuse an empty or ill-formed id by name")]
    public void Refuses()
    {
        // Not as InlineData: attributes are stored as UTF-8, which replaces lone surrogates.
        foreach (var id in new[] { "", "b\ud800", "\udc00s", "\ud800\ud800" })
        {
            Assert.Equal("bank", Assert.ThrowsAny<ArgumentException>(() => new CheckpointKey(id, "s")).ParamName);
            Assert.Equal("source", Assert.ThrowsAny<ArgumentException>(() => new CheckpointKey("b", id)).ParamName);
        }
    }

    [Fact(DisplayName = "CheckpointKey should count the size of an id in UTF-8 bytes")]
    public void Size()
    {
        _ = new CheckpointKey(new string('é', 512), new string('x', 1024));
        Assert.Throws<ArgumentException>(() => new CheckpointKey(new string('é', 513), "s"));
        Assert.Throws<ArgumentException>(() => new CheckpointKey("b", new string('x', 1025)));
    }

    [Theory(DisplayName = "CheckpointKey should keep safe ids readable in the persistence id and escape the rest")]
    [InlineData("bank-1", "docs.v2_a", "ck~bank-1~docs.v2_a")]
    [InlineData("a/b", "c d~é", "ck~a%2Fb~c%20d%7E%C3%A9")]
    public void Encoding(string bank, string source, string expected) => Assert.Equal(expected, new CheckpointKey(bank, source).PersistenceId);

    [Fact(DisplayName = "CheckpointKey should give long ids a persistence id that ends in their hash and fits a column of 255")]
    public void Long_ids()
    {
        var one = new CheckpointKey(new string('b', 1000), new string('s', 1000) + "1").PersistenceId;
        var other = new CheckpointKey(new string('b', 1000), new string('s', 1000) + "2").PersistenceId;

        Assert.NotEqual(one, other);
        Assert.True(one.Length <= 200, one);
        Assert.StartsWith($"ck~{new string('b', 32)}~{new string('s', 64)}~", one);
    }

    [Fact(DisplayName = "CheckpointKey should give different keys different persistence ids, however their parts are cut")]
    public void Injective()
    {
        var id = Gen.OneOf(
            Gen.Char["ab~%/:_.- é"].Array[1, 6].Select(chars => new string(chars)),
            Gen.Int[190, 210].Select(length => new string('x', length)),
            Gen.Int[60, 70].Select(length => new string('/', length)));
        Gen.Select(id, id, id, id).Sample((a, b, c, d) =>
            (a == c && b == d) == (new CheckpointKey(a, b).PersistenceId == new CheckpointKey(c, d).PersistenceId));
    }
}
