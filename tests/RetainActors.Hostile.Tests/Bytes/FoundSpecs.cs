using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using RetainActors.Checkpoints;
using RetainActors.Cluster.Wire;
using RetainActors.Json;

namespace RetainActors.Hostile.Tests.Bytes;

/// <summary>Inputs that readers once did wrong with.</summary>
public sealed class FoundSpecs
{
    [Theory(DisplayName = "A stored context with what is no text in a value that stays raw should be refused: it could not be written again as it was")]
    [InlineData("04\u00FF05")]
    [InlineData("\\ud800")]
    [InlineData("\\uDC00x")]
    public void No_text(string text)
    {
        byte[] Bytes(string json) => Encoding.Latin1.GetBytes(json);
        Assert.Null(ContextJson.Decode(Bytes($$"""{"bank":"b","source":"s","textLength":0,"status":"running","attempt":1,"x":[{"y":"{{text}}"}]}"""), out var problem));
        Assert.NotEmpty(problem!);
        Assert.Null(ContextJson.Changed(Seeds.Context, Bytes($$"""{"set":{"x":"{{text}}"},"append":{} }"""), out problem));
        Assert.NotEmpty(problem!);
    }

    [Theory(DisplayName = "A stored context with null in a list, or with a number that no double holds, should be refused")]
    [InlineData("entities", "[null]")]
    [InlineData("supersedesEdges", "[null]")]
    [InlineData("supersedesEdges", """[["a",null]]""")]
    [InlineData("stepLog", "[null]")]
    [InlineData("stepLog", """[{"state":"A","startedAt":"2026-01-02T03:04:05Z","durationMs":1e999,"attempt":1}]""")]
    [InlineData("table", """{"initialState":"A","states":{"A":[null]}}""")]
    public void Null_items(string member, string value)
    {
        byte[] Bytes(string json) => Encoding.UTF8.GetBytes(json);
        Assert.Null(ContextJson.Decode(Bytes($$"""{"bank":"b","source":"s","textLength":0,"status":"running","attempt":1,"{{member}}":{{value}}}"""), out var problem));
        Assert.NotEmpty(problem!);
        Assert.Null(ContextJson.Changed(Seeds.Context, Bytes($$"""{"set":{"{{member}}":{{value}}},"append":{} }"""), out problem));
        Assert.NotEmpty(problem!);
    }

    [Theory(DisplayName = "A stored base with null in a list should be refused")]
    [InlineData("null", "")]
    [InlineData("", "null")]
    public void Null_in_a_base(string branches, string accepted)
    {
        var body = $$"""{"context":{"bank":"b","source":"s","textLength":0,"status":"running","attempt":1},"branches":[{{branches}}],"accepted":[{{accepted}}]}""";
        Assert.Null(BaseContent.Decode(Encoding.UTF8.GetBytes(body), new CheckpointKey("b", "s"), out var problem));
        Assert.NotEmpty(problem!);
    }

    [Fact(DisplayName = "An escaped pair of surrogates in such a value is text")]
    public void Text() =>
        Assert.NotNull(ContextJson.Decode("""{"bank":"b","source":"s","textLength":0,"status":"running","attempt":1,"x":"\ud83d\udc1a"}"""u8, out _));

    [Theory(DisplayName = "A message between nodes without what it is about should be refused by name, not fail where it is looked at")]
    [InlineData("save", "null")]
    [InlineData("save", "{}")]
    [InlineData("save", """{"context":null}""")]
    [InlineData("load", "{}")]
    [InlineData("loaded", """{"key":["b","s"],"revision":1,"epoch":1}""")]
    [InlineData("save-refused", """{"key":["b","s"],"reason":"busy","detail":null}""")]
    public async Task Incomplete(string name, string json)
    {
        var system = (ExtendedActorSystem)ActorSystem.Create("found", "akka.loglevel = OFF");
        byte[] frame = [0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), .. Encoding.UTF8.GetBytes(json)];
        Assert.Throws<SerializationException>(() => new CheckpointMessageSerializer(system).FromBinary(frame, "m1"));
        if (json is "null" or "{}") Assert.Throws<SerializationException>(() => new RunMessageSerializer(system).FromBinary(Encoding.UTF8.GetBytes(json), "q1"));
        await system.Terminate();
    }
}
