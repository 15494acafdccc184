using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using CsCheck;
using RetainActors.Checkpoints;
using RetainActors.Json;
using RetainActors.Tests.Checkpoints;

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

    [Fact(DisplayName = "ContextJson should write what the serializer writes of the document that is read back")]
    public void Written()
    {
        var odd = Sample with
        {
            UnparkedAfterAttempt = 1,
            Errors = ["\"quoted\"\n", "<&>"],
            Table = new TableFingerprint("v", "A", ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal).Add("A", ["B"]).Add("B", [])),
            StepLog = [Sample.StepLog[0] with { CompletedAt = null, DurationMs = null, Error = "e", UnknownMembers = Sample.UnknownMembers }],
            CompletedAt = Sample.StartedAt,
            UnknownMembers = JsonMembers.Empty.With("spaced", JsonDocument.Parse("""{ "a" : "\u00e4" }""").RootElement),
        };
        foreach (var context in (RetainContext[])[Sample, odd, new RetainContext(Sample.Key) { Entities = default, StepLog = default }]) Same(context);
        ContextDeltaSpecs.Context.Sample(Same, iter: 500);

        static void Same(RetainContext context)
        {
            var written = Encoding.UTF8.GetString(ContextJson.Encode(context));
            var document = JsonSerializer.Deserialize(written, CheckpointJson.Stored.ContextDocument)!;
            Assert.Equal(JsonSerializer.Serialize(document, CheckpointJson.Stored.ContextDocument), written);
            Assert.Equal(context, document.ToContext());
        }
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

    [Theory(DisplayName = "ContextValidation should refuse by path what would not be read back")]
    [InlineData("entities", "[]", "entities is the name of a known member")]
    [InlineData("x", """{"a":1,"b":{"c":1,"c":2}}""", "x.b.c is there twice")]
    [InlineData("x", """{"\ud800":1}""", "x has a member whose name holds a lone surrogate")]
    public void Unreadable_members(string name, string json, string problem) => Assert.Equal(
        problem, ContextValidation.FirstProblem(Sample with { UnknownMembers = JsonMembers.Empty.With(name, JsonDocument.Parse(json).RootElement) }));

    [Fact(DisplayName = "What ContextValidation lets pass should be read back, however deep it is nested")]
    public void Depth()
    {
        var refused = 0;
        for (var depth = 40; depth <= 64; depth++)
        {
            var deep = JsonDocument.Parse(new string('[', depth) + new string(']', depth)).RootElement;
            RetainContext[] contexts =
            [
                Sample with { UnknownMembers = JsonMembers.Empty.With("deep", deep) },
                Sample with { StepLog = [Sample.StepLog[0] with { Notes = JsonMembers.Empty.With("entities", deep) }] },
                Sample with { StepLog = [Sample.StepLog[0] with { UnknownMembers = JsonMembers.Empty.With("deep", deep) }] },
            ];
            foreach (var context in contexts)
            {
                if (ContextValidation.FirstProblem(context) is not null)
                {
                    refused++;
                    continue;
                }

                Assert.Equal(context, ContextJson.Decode(ContextJson.Encode(context), out _));
                var fork = context with { StepLog = [], UnknownMembers = JsonMembers.Empty };
                var stored = CheckpointState.EncodeDelta(ContextDelta.Between(fork, context));
                Assert.NotNull(JsonSerializer.Deserialize(stored, CheckpointJson.Stored.ContextDelta));
            }
        }

        Assert.InRange(refused, 1, 40);
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
