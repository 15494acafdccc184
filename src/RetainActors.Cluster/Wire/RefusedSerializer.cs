using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace RetainActors.Cluster.Wire;

/// <summary>
/// Stands in the place of Akka's Newtonsoft serializer, which makes whatever type the bytes of a peer name. Nothing of a
/// cluster of ours needs it; a message that has no serializer of its own is refused by name.
/// </summary>
internal sealed class RefusedSerializer : Serializer
{
    /// <summary>Made by Akka.</summary>
    public RefusedSerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    /// <summary>Made by Akka when the serializer has settings.</summary>
    public RefusedSerializer(ExtendedActorSystem system, Config config)
        : this(system)
    {
    }

    /// <summary>The number of the serializer that is refused.</summary>
    public override int Identifier => 1;

    /// <inheritdoc/>
    public override bool IncludeManifest => false;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => throw Refused($"{obj.GetType()} has no serializer: bind one under akka.actor.serialization-bindings.");

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, Type type) => throw Refused("Bytes of the Newtonsoft serializer are refused.");

    private static System.Runtime.Serialization.SerializationException Refused(string what) => new(what);
}
