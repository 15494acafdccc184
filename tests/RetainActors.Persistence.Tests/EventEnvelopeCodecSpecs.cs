using System.Collections.Immutable;
using CsCheck;

namespace RetainActors.Persistence.Tests;

public sealed class EventEnvelopeCodecSpecs
{
    // CsCheck's strings hold surrogates of any kind; ordinary text is what a round trip is about.
    private static readonly Gen<string> Text = Gen.Char['\u0000', '\ud7ff'].Array[0, 200].Select(chars => new string(chars));

    private static readonly Gen<EventEnvelope> Envelopes =
        Gen.Select(Gen.Int, Text, Text.Null(), Text.Null(), Gen.Long, Text.Array[0, 5], Gen.Byte.Array[0, 300])
            .Select((id, manifest, eventManifest, writer, ticks, tags, payload) => new EventEnvelope(
                id, manifest, eventManifest, writer, ticks, [.. tags], payload));

    [Fact(DisplayName = "EventEnvelopeCodec should give back what it was given")]
    public void Round_trips() => Envelopes.Sample(envelope =>
    {
        var decoded = EventEnvelopeCodec.Decode(Encoded(envelope), out _)!;
        Assert.Equal(envelope with { Tags = [], Payload = default }, decoded with { Tags = [], Payload = default });
        Assert.Equal(envelope.Tags.ToArray(), decoded.Tags.ToArray());
        Assert.Equal(envelope.Payload.ToArray(), decoded.Payload.ToArray());
    });

    [Fact(DisplayName = "EventEnvelopeCodec should answer any bytes with an envelope or a problem")]
    public void Survives_any_bytes() => Gen.Byte.Array[0, 100].Sample(bytes =>
    {
        if (bytes.Length > 0) bytes[0] = 1;
        var envelope = EventEnvelopeCodec.Decode(bytes, out var problem);
        Assert.Equal(envelope is null, problem.Length > 0);
    });

    [Fact(DisplayName = "EventEnvelopeCodec should name a problem when the fields before the payload are cut")]
    public void Refuses_cut_fields()
    {
        var bytes = Encoded(Example with { Payload = default });
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Null(EventEnvelopeCodec.Decode(bytes.AsMemory(0, length), out var problem));
            Assert.NotEmpty(problem);
        }
    }

    [Fact(DisplayName = "EventEnvelopeCodec should refuse a version it does not know by its number")]
    public void Refuses_unknown_version()
    {
        var bytes = Encoded(Example);
        bytes[0] = 2;

        Assert.Null(EventEnvelopeCodec.Decode(bytes, out var problem));
        Assert.Equal("its envelope has version 2, this program reads 1", problem);
    }

    [Fact(DisplayName = "EventEnvelopeCodec should refuse a text that is not well-formed Unicode instead of changing it")]
    public void Refuses_lone_surrogates() => Assert.Throws<System.Text.EncoderFallbackException>(
        () => Encoded(Example with { EventManifest = "\ud800" }));

    [Fact(DisplayName = "EventEnvelopeCodec should keep version 1 readable for ever")]
    public void Reads_version_1()
    {
        const string stored = "01AD260000" + "00C00A1A441EDD08" + "034D32" + "01" + "00" + "02" + "0261" + "03C3A9" + "0708";

        var bytes = Encoded(Example);

        Assert.Equal(stored, Convert.ToHexString(bytes));
        var decoded = EventEnvelopeCodec.Decode(Convert.FromHexString(stored), out _)!;
        Assert.Equal(
            (9901, "M2", "", null),
            (decoded.SerializerId, decoded.SerializerManifest, decoded.EventManifest, decoded.WriterGuid));
        Assert.Equal(["a", "é"], decoded.Tags.ToArray());
        Assert.Equal([7, 8], decoded.Payload.ToArray());
    }

    private static EventEnvelope Example { get; } = new(
        9901, "M2", "", null, 638_700_000_000_000_000, ImmutableArray.Create("a", "é"), new byte[] { 7, 8 });

    private static byte[] Encoded(EventEnvelope envelope) => [.. EventEnvelopeCodec.EncodeHead(envelope), .. envelope.Payload.Span];
}
