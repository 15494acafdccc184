using System.Text;
using System.Text.Json;
using RetainActors.Json;

namespace RetainActors.Tests.Json;

public sealed class ContextJsonSpecs
{
    private static readonly RetainContext Sample = new(new CheckpointKey("bank", "sources/ä.md"))
    {
        TextLength = 42,
        TextSha256 = "ab12",
        ReferenceDate = Timestamp.Parse("2024-05-06"),
        DocumentId = "doc-1",
        Entities = ["Akka", "行為者"],
        SupersedesEdges = [new SupersedesEdge("a", "b")],
        CompletedState = "READ",
        NextState = "EXTRACT",
        Attempt = 2,
        StepLog =
        [
            new StepLogEntry("READ", Timestamp.Parse("2026-11-20T00:25:14.999999"), Timestamp.Parse("2026-03-06T18:17:10.12+05:30"), 1.5)
            {
                Notes = JsonMembers.Empty.With("ratio", JsonDocument.Parse("1.00").RootElement),
            },
        ],
        StartedAt = Timestamp.Parse("2026-11-20T00:25:14Z"),
        UnknownMembers = JsonMembers.Empty.With("later", JsonDocument.Parse("""{"deep":[1.10,null]}""").RootElement),
    };

    [Fact(DisplayName = "ContextJson should give back what it encoded, raw numbers and unknown members included")]
    public void Round_trip()
    {
        var decoded = ContextJson.Decode(ContextJson.Encode(Sample), out var problem);

        Assert.Null(problem);
        Assert.Equal(Sample, decoded);
        Assert.Equal("1.00", Sample.StepLog[0].Notes.Single().Value.GetRawText());
        Assert.Contains("行為者", Encoding.UTF8.GetString(ContextJson.Encode(Sample)));
    }

    [Theory(DisplayName = "ContextJson should name what is wrong with bytes that are no context")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"bank":"b"}""")]
    [InlineData("""{"bank":"","source":"s"}""")]
    [InlineData("""{"bank":"b","source":"s","bank":"c"}""")]
    [InlineData("""{"bank":"b","source":"s","startedAt":"yesterday"}""")]
    [InlineData("""{"bank":"b","source":"s","documentId":"\ud800"}""")]
    [InlineData("""{"bank":"b","source":"s"} trailing""")]
    [InlineData("""{"bank":"b","source":"s","supersedesEdges":[["a"]]}""")]
    public void Bad_bytes(string json)
    {
        Assert.Null(ContextJson.Decode(Encoding.UTF8.GetBytes(json), out var problem));
        Assert.False(string.IsNullOrWhiteSpace(problem));
    }

    [Fact(DisplayName = "ContextValidation should name the path of a lone surrogate or a NaN")]
    public void Validation()
    {
        Assert.Null(ContextValidation.FirstProblem(Sample));
        Assert.StartsWith("entities[1] ", ContextValidation.FirstProblem(Sample with { Entities = ["a", "\ud800"] }));
        Assert.StartsWith("stepLog[0].durationMs ", ContextValidation.FirstProblem(
            Sample with { StepLog = [Sample.StepLog[0] with { DurationMs = double.NaN }] }));
        Assert.StartsWith("x.y[0] ", ContextValidation.FirstProblem(
            Sample with { UnknownMembers = JsonMembers.Empty.With("x", JsonDocument.Parse("""{"y":["\udc00"]}""").RootElement) }));
    }
}
