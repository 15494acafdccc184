using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Akka.Actor;
using RetainActors.Json;

namespace RetainActors.Tests;

/// <summary>Persistence ids and file names of very many ids.</summary>
public sealed partial class AstrocyteFileNameSpecs
{
    private const int Seed = 20_261;
    private static readonly int Cases = int.Parse(Environment.GetEnvironmentVariable("RETAIN_NAME_CASES") ?? "50000", CultureInfo.InvariantCulture);

    [Fact(DisplayName = "Random ids should get persistence ids and file names of their own, below the directory, and safe ids exactly the seed's names")]
    public void Injective()
    {
        var root = Path.GetFullPath("/exported");
        var names = new AstrocyteFileNames();
        var (ids, paths, safePaths, seedNames) = (new HashSet<string>(), new HashSet<string>(StringComparer.OrdinalIgnoreCase), new HashSet<string>(StringComparer.OrdinalIgnoreCase), 0);
        foreach (var key in RandomKeys(Cases))
        {
            Assert.True(ids.Add(key.PersistenceId), $"{key} has the persistence id of another key");
            Assert.Matches(PersistenceId(), key.PersistenceId);
            Assert.True(ActorPath.IsValidPathElement(key.PersistenceId), $"no actor can be named {key.PersistenceId}");

            var (path, isSeedPath) = names.Next(key);
            Assert.True(paths.Add(path), $"{key} has the path {path} of another key");
            Assert.Matches(SafePath(), path);
            Assert.StartsWith(root + Path.DirectorySeparatorChar, Path.GetFullPath(path, root), StringComparison.Ordinal);
            Assert.True(AstrocyteFileName.IsPathOf(path, key));

            var plain = $"{key.Bank}/{key.Source}.json";
            var isFirstSafe = SafeId().IsMatch(key.Bank) && SafeId().IsMatch(key.Source) && safePaths.Add(plain);
            Assert.Equal(isFirstSafe, isSeedPath);
            if (!isSeedPath) continue;
            Assert.Equal(plain, path);
            Assert.Equal(path, SeedRule(key));
            seedNames++;
        }

        // Every kind of id came about.
        Assert.InRange(seedNames, Cases / 10, Cases * 9 / 10);
    }

    [Fact(DisplayName = "The rule of the seed alone, the negative control, should give many of these ids the names of others")]
    public void Negative_control()
    {
        var keys = RandomKeys(20_000).ToList();
        Assert.True(keys.Select(SeedRule).ToHashSet(StringComparer.OrdinalIgnoreCase).Count <= keys.Count - 200);
        Assert.Contains(keys, key => SeedRule(key).StartsWith("../", StringComparison.Ordinal));
    }

    [Theory(DisplayName = "A file should be taken where the seed puts it, or an export, and nowhere else")]
    [InlineData("b/s.json", "b", "s", true)]
    [InlineData("b/a_b.json", "b", "a/b", true)]
    [InlineData("b/_.json", "b", "🚀", true)]
    [InlineData("s.json", ".", "s", true)]
    [InlineData("b/S.json", "b", "s", false)]
    [InlineData("c/s.json", "b", "s", false)]
    [InlineData("b/s.json.tmp", "b", "s", false)]
    [InlineData("x/b/s.json", "b", "s", false)]
    public void Places(string path, string bank, string source, bool fits) =>
        Assert.Equal(fits, AstrocyteFileName.IsPathOf(path, new CheckpointKey(bank, source)));

    [Fact(DisplayName = "Keys that the seed gives one file should be told apart, each time in the same way")]
    public void Collisions()
    {
        CheckpointKey[] keys = [new("B", "s"), new("b", "S"), new("b", "a/b"), new("b", "a_b"), new("..", "s"), new("b", new string('x', 129))];
        var (one, other) = (new AstrocyteFileNames(), new AstrocyteFileNames());

        var paths = keys.Select(one.Next).ToList();

        Assert.Equal(paths, keys.Select(other.Next));
        Assert.Equal([true, false, false, true, false, false], paths.Select(path => path.IsSeedPath));
        Assert.StartsWith("b/S~", paths[1].Path, StringComparison.Ordinal);
        Assert.StartsWith("b/a_b~", paths[2].Path, StringComparison.Ordinal);
        Assert.StartsWith("..~", paths[4].Path, StringComparison.Ordinal);
    }

    /// <summary>Different keys, many of them alike: case pairs, separators, dots, other scripts, and long ones that differ at their end.</summary>
    private static IEnumerable<CheckpointKey> RandomKeys(int count)
    {
        var random = new Random(Seed);
        var seen = new HashSet<CheckpointKey>();
        while (seen.Count < count)
        {
            var key = new CheckpointKey(RandomId(random, 3), RandomId(random, 12));
            if (seen.Add(key)) yield return key;
        }
    }

    private static string RandomId(Random random, int length)
    {
        const string plain = "abcABC019._-";
        string[] odd = ["/", "\\", ":", " ", "~", "%", "\0", "\n", "é", "e\u0301", "京", "都", "🚀", "..", "../", "%2F", "~~"];
        var id = new StringBuilder();
        if (random.Next(50) == 0) id.Append(random.Next(2) == 0 ? new string('a', random.Next(120, 135)) : string.Concat(Enumerable.Repeat("京", random.Next(60, 70))));
        if (random.Next(200) == 0) return random.Next(2) == 0 ? "." : "..";
        for (var i = random.Next(1, length + 1); i > 0; i--)
            if (random.Next(12) == 0) id.Append(odd[random.Next(odd.Length)]);
            else id.Append(plain[random.Next(plain.Length)]);
        return id.ToString();
    }

    /// <summary>The seed's own rule, written again for these tests.</summary>
    private static string SeedRule(CheckpointKey key)
    {
        return $"{Segment(key.Bank)}/{Segment(key.Source)}.json";

        static string Segment(string id)
        {
            var safe = Unsafe().Replace(id, "_");
            return safe.Length <= 128 ? safe : safe[..128];
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,128}(?<!^\.{1,2})\z")]
    private static partial Regex SafeId();

    [GeneratedRegex(@"^ck~[A-Za-z0-9._%~-]{1,197}\z")]
    private static partial Regex PersistenceId();

    [GeneratedRegex(@"^[A-Za-z0-9._~-]{1,128}/[A-Za-z0-9._~-]{1,128}\.json\z")]
    private static partial Regex SafePath();

    [GeneratedRegex("[\uD800-\uDBFF][\uDC00-\uDFFF]|[^a-zA-Z0-9._-]")]
    private static partial Regex Unsafe();
}
