using System.Text;
using Akka.Actor;
using Akka.Serialization;

namespace RetainActors.Persistence.Tests;

public sealed record ReferencingEvent(IActorRef Reference);

public sealed record NamedEvent(string Text);

public sealed record TypedEvent(string Text);

public sealed record UnserializableEvent;

public sealed record UnreadableEvent;

public static class TestSerializers
{
    public const string Config = """
        akka.actor {
          serializers {
            test-named = "RetainActors.Persistence.Tests.NamedSerializer, RetainActors.Persistence.Tests"
            test-typed = "RetainActors.Persistence.Tests.TypedSerializer, RetainActors.Persistence.Tests"
            test-failing = "RetainActors.Persistence.Tests.FailingSerializer, RetainActors.Persistence.Tests"
          }
          serialization-bindings {
            "RetainActors.Persistence.Tests.ReferencingEvent, RetainActors.Persistence.Tests" = test-named
            "RetainActors.Persistence.Tests.NamedEvent, RetainActors.Persistence.Tests" = test-named
            "RetainActors.Persistence.Tests.TypedEvent, RetainActors.Persistence.Tests" = test-typed
            "RetainActors.Persistence.Tests.UnserializableEvent, RetainActors.Persistence.Tests" = test-failing
            "RetainActors.Persistence.Tests.UnreadableEvent, RetainActors.Persistence.Tests" = test-failing
          }
        }
        """;
}

/// <summary>Refuses to work without transport information, both ways; an event says by which manifest it came back.</summary>
public sealed class NamedSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override int Identifier => 9901;

    public override string Manifest(object o) => o is NamedEvent ? "NamedEvent-V2" : "Reference";

    public override byte[] ToBinary(object obj)
    {
        Serialization.GetCurrentTransportInformation();
        return Encoding.UTF8.GetBytes(obj switch
        {
            NamedEvent named => named.Text,
            ReferencingEvent referencing => Serialization.SerializedActorPath(referencing.Reference),
            _ => throw new ArgumentException("unknown event", nameof(obj)),
        });
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        Serialization.GetCurrentTransportInformation();
        var text = Encoding.UTF8.GetString(bytes);
        return manifest == "Reference"
            ? new ReferencingEvent(system.Provider.ResolveActorRef(text))
            : new NamedEvent($"{text}, read as {manifest}");
    }
}

public sealed class TypedSerializer(ExtendedActorSystem system) : Serializer(system)
{
    public override int Identifier => 9902;

    public override bool IncludeManifest => true;

    public override byte[] ToBinary(object obj) => Encoding.UTF8.GetBytes(((TypedEvent)obj).Text);

    public override object FromBinary(byte[] bytes, Type type) => type == typeof(TypedEvent)
        ? new TypedEvent($"{Encoding.UTF8.GetString(bytes)}, read by TypedSerializer")
        : throw new ArgumentException($"unknown type {type}", nameof(type));
}

public sealed class FailingSerializer(ExtendedActorSystem system) : Serializer(system)
{
    public override int Identifier => 9903;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) =>
        obj is UnserializableEvent ? throw new InvalidOperationException("cannot be written") : [];

    public override object FromBinary(byte[] bytes, Type type) => throw new InvalidOperationException("cannot be read");
}
