using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using CsCheck;
using RetainActors.Checkpoints;

namespace RetainActors.Tests.Checkpoints;

public sealed class ContextDeltaSpecs
{
    private static readonly Gen<string> Name = Gen.Char["abcü"].Array[1, 2].Select(chars => new string(chars));
    private static readonly Gen<string[]> Names = Name.Array[0, 4];
    private static readonly string[] Values = ["1", "1.0", "null", "\"x\"", "[]", "[1]", "[1,2]", "{\"a\":[1]}"];
    private static readonly Gen<JsonElement> Json = Gen.Int[0, Values.Length - 1].Select(i => JsonDocument.Parse(Values[i]).RootElement);

    internal static readonly Gen<RetainContext> Context =
        Gen.Select(Names, Names, Gen.Bool.Select(known => known ? "doc" : null), Gen.Select(Name.Select(name => "un" + name), Json).Array[0, 3], Gen.Int[0, 3])
            .Select((entities, errors, document, unknown, steps) => new RetainContext(Contexts.Key)
            {
                Entities = [.. entities],
                Errors = [.. errors],
                DocumentId = document,
                UnparkedAfterAttempt = steps,
                Table = document is null ? null : new TableFingerprint(
                    document, "A", ImmutableSortedDictionary.Create<string, ImmutableArray<string>>(StringComparer.Ordinal).Add("A", [.. entities])),
                StepLog = [.. Enumerable.Range(0, steps).Select(i => Contexts.Step("S" + i))],
                SupersedesEdges = [.. entities.Select(entity => new SupersedesEdge(entity, "x"))],
                UnknownMembers = JsonMembers.From(unknown.Select(member => KeyValuePair.Create(member.Item1, member.Item2))),
            });

    [Fact(DisplayName = "ContextDelta should turn the one context into the other, unknown members and their order included")]
    public void Law() => Gen.Select(Context, Context).Sample(
        (before, after) => Assert.Equal(after, ContextDelta.Between(before, after).ApplyTo(before)), iter: 1_000);

    [Fact(DisplayName = "ContextDelta should survive its stored form")]
    public void Stored_form() => Gen.Select(Context, Context).Sample((before, after) =>
    {
        var delta = ContextDelta.Between(before, after);
        Assert.Equal(delta, JsonSerializer.Deserialize(CheckpointState.EncodeDelta(delta), RetainActors.Json.CheckpointJson.Stored.ContextDelta));
    }, iter: 500);

    [Fact(DisplayName = "ContextDelta should be written between two contexts as it is stored when it was made")]
    public void Written() => Gen.Select(Context, Context).Sample((before, after) =>
    {
        using var scratch = RetainActors.Json.JsonScratch.Rent();
        ContextDelta.Write(scratch.Writer, before, after);
        Assert.Equal(Encoding.UTF8.GetString(CheckpointState.EncodeDelta(ContextDelta.Between(before, after))), Encoding.UTF8.GetString(scratch.Written));
    }, iter: 500);

    [Fact(DisplayName = "ContextDelta should store what a list grew by, not the list")]
    public void Append()
    {
        var before = Contexts.After("A") with { Entities = ["x"] };
        var delta = ContextDelta.Between(before, before with { Entities = ["x", "y"], StepLog = before.StepLog.Add(Contexts.Step("B")), Errors = ["e"] });

        Assert.Equal(["entities", "stepLog", "errors"], delta.Append.Select(member => member.Key));
        Assert.Equal("[\"y\"]", delta.Append.First().Value.GetRawText());
        Assert.Empty(delta.Set);
        Assert.Empty(delta.Remove);
    }

    [Fact(DisplayName = "ContextDelta should be empty between equal contexts")]
    public void Empty() => Context.Sample(context => ContextDelta.Between(context, context).IsEmpty);

    [Fact(DisplayName = "ContextDelta should know every stored member of a context but its key")]
    public void Members() => Assert.Equal(
        ((string[])["bank", "source", .. ContextMember.All.Select(member => member.Name)]).Order(StringComparer.Ordinal),
        RetainActors.Json.CheckpointJson.Stored.ContextDocument.Properties
            .Where(property => !property.IsExtensionData).Select(property => property.Name).Order(StringComparer.Ordinal));
}
