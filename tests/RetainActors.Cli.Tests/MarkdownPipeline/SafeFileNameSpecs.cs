using System.Text;
using CsCheck;
using RetainActors.Cli.MarkdownPipeline;

namespace RetainActors.Cli.Tests.MarkdownPipeline;

public sealed class SafeFileNameSpecs
{
    [Theory(DisplayName = "A plain name should stay readable")]
    [InlineData("demo", "demo")]
    [InlineData("akka.net", "akka.net")]
    [InlineData("concepts/actor-systems.md", "concepts~actor-systems.md")]
    [InlineData("a_b/0.md", "a_b~0.md")]
    public void Plain(string name, string expected) => Assert.Equal(expected, SafeFileName.Of(name));

    [Theory(DisplayName = "Every other name should get a readable prefix and a hash")]
    [InlineData("", "x~~")]
    [InlineData(".", "x~~")]
    [InlineData("..", "x~~")]
    [InlineData("a/../b", "a-b~~")]
    [InlineData("a//b", "a-b~~")]
    [InlineData("/etc/passwd", "etc-passwd~~")]
    [InlineData("README.md", "readme-md~~")]
    [InlineData("con", "con~~")]
    [InlineData("lpt1.md", "lpt1-md~~")]
    [InlineData("ends.", "ends~~")]
    [InlineData(".hidden", "hidden~~")]
    [InlineData("a~b", "a-b~~")]
    [InlineData("a\0b\n", "a-b~~")]
    [InlineData("行為者", "x~~")]
    [InlineData("C#", "c~~")]
    public void Hashed(string name, string prefix)
    {
        Assert.StartsWith(prefix, SafeFileName.Of(name), StringComparison.Ordinal);
        Assert.Equal(prefix.Length + 16, SafeFileName.Of(name).Length);
    }

    [Fact(DisplayName = "Different names should get different file names, also where case does not count, all of them safe")]
    public void Injective()
    {
        var ids = Gen.OneOf(
            Gen.String,
            Gen.String[Gen.Char["aAbB./~-_# äÄ"], 0, 6],
            Gen.Const("x").Select(x => new string('x', 300)));
        Gen.Select(ids, ids).Sample((one, other) =>
        {
            if (!IsWellFormed(one) || !IsWellFormed(other)) return;
            var (first, second) = (SafeFileName.Of(one), SafeFileName.Of(other));
            Assert.Equal(one == other, string.Equals(first, second, StringComparison.OrdinalIgnoreCase));
            Assert.True(first.Length is > 0 and <= SafeFileName.MaxLength);
            Assert.All(first, c => Assert.True(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' or '_' or '~'));
            Assert.True(char.IsAsciiLetterOrDigit(first[0]) && first[^1] != '.');
        });
    }

    [Fact(DisplayName = "Spellings of one entity should share a page, different entities never")]
    public void Entities()
    {
        Assert.Equal("split-brain-resolver.md", WikiPage.FileNameOf(EntityKey.Of("Split Brain  Resolver")));
        Assert.Equal(EntityKey.Of("Split-Brain_resolver"), EntityKey.Of("split brain resolver"));
        Assert.NotEqual(WikiPage.FileNameOf(EntityKey.Of("C#")), WikiPage.FileNameOf(EntityKey.Of("C")));
        Assert.NotEqual(WikiPage.FileNameOf(EntityKey.Of("C#")), WikiPage.FileNameOf(EntityKey.Of("C++")));
    }

    private static bool IsWellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) == text;
}
