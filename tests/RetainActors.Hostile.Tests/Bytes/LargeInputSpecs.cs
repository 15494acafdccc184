using System.Text;
using RetainActors.Json;

namespace RetainActors.Hostile.Tests.Bytes;

/// <summary>Inputs that are large in one way, which mutants of small ones never become: whoever reads them must not do so again and again.</summary>
public sealed class LargeInputSpecs
{
    private const string Head = "{\"schema_version\":1,\"bank_id\":\"b\",\"source_id\":\"s\",";

    private static readonly Dictionary<string, string> Changes = new()
    {
        ["unknown members"] = Json("{\"set\":{", 40_000, i => $"\"k{i}\":0", "},\"append\":{}}"),
        ["unknown lists"] = Json("{\"set\":{},\"append\":{", 40_000, i => $"\"k{i}\":[0]", "}}"),
        ["one list again and again"] = Json("{\"set\":{},\"append\":{", 40_000, _ => "\"k\":[0]", "}}"),
        ["removed members"] = Json("{\"set\":{\"k\":0},\"append\":{},\"remove\":[", 40_000, i => $"\"k{i}\"", "]}"),
        ["a known list again and again"] = Json("{\"set\":{},\"append\":{", 20_000, _ => "\"entities\":[\"e\"]", "}}"),
        ["a step log again and again"] = Json("{\"set\":{},\"append\":{", 4_000, _ => "\"stepLog\":[{\"state\":\"A\",\"startedAt\":\"2026-01-02T03:04:05Z\",\"attempt\":1}]", "}}"),
        ["depth"] = new string('[', 100_000),
    };

    private static readonly Dictionary<string, string> Files = new()
    {
        ["unknown members"] = Json(Head, 40_000, i => $"\"k{i}\":0", "}"),
        ["the same member"] = Json(Head, 40_000, _ => "\"k\":0", "}"),
        ["many below many"] = string.Concat(Enumerable.Repeat("{\"a\":", 900)) + Json("[", 40_000, _ => "0", "]") + new string('}', 900),
        ["names below names"] = Head + "\"x\":" + string.Concat(Enumerable.Repeat($"{{\"{new string('n', 2000)}\":", 50)) + "0" + new string('}', 51),
        ["depth"] = new string('[', 100_000),
        ["NaN"] = Json("[", 40_000, _ => "NaN", "]"),
    };

    public static TheoryData<string> NamesOfChanges { get; } = [.. Changes.Keys];

    public static TheoryData<string> NamesOfFiles { get; } = [.. Files.Keys];

    [Theory(DisplayName = "A change of a context that is large in one way should be read or refused in bounded time and memory")]
    [MemberData(nameof(NamesOfChanges))]
    public void Change(string name) =>
        Assert.Null(Check.Fault(new Reader(name, [], bytes => ContextJson.Changed(Seeds.Context, bytes, out _)), Encoding.UTF8.GetBytes(Changes[name])));

    [Theory(DisplayName = "A file of Astrocyte that is large in one way should be read or refused in bounded time and memory")]
    [MemberData(nameof(NamesOfFiles))]
    public void Astrocyte(string name) => Assert.Null(Check.Fault(Readers.Of("file of Astrocyte"), Encoding.UTF8.GetBytes(Files[name])));

    private static string Json(string start, int count, Func<int, string> item, string end) => start + string.Join(',', Enumerable.Range(0, count).Select(item)) + end;
}
