using System.Runtime.Serialization;
using System.Text.Json;
using Akka.Actor;
using Akka.Serialization;
using RetainActors.Cluster.Runs;

namespace RetainActors.Cluster.Wire;

/// <summary>Requests for runs and their ends between nodes: a closed switch over manifests, no type names in data.</summary>
internal sealed class RunMessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string RequestManifest = "q1";
    private const string EndedManifest = "e1";

    private readonly int _maxBytes = WireLimit.MaxMessageBytes(system.Settings.Config);

    /// <summary>A contract between nodes.</summary>
    public override int Identifier => 20263;

    public override string Manifest(object o) => o switch
    {
        RunRequest => RequestManifest,
        RunEnded => EndedManifest,
        _ => throw NotOurs(o),
    };

    public override byte[] ToBinary(object obj) => obj switch
    {
        RunRequest request => JsonSerializer.SerializeToUtf8Bytes(request, WireJson.Of<RunRequest>()),
        RunEnded ended => Encode(ended),
        _ => throw NotOurs(obj),
    };

    public override object FromBinary(byte[] bytes, string manifest)
    {
        try
        {
            return manifest switch
            {
                RequestManifest => Read<RunRequest>(bytes),
                EndedManifest => Read<RunEnded>(bytes),
                _ => throw new FormatException($"'{manifest}' is no manifest that this version knows"),
            };
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException or FormatException)
        {
            throw new SerializationException($"The message about a run cannot be read: {e.Message}", e);
        }
    }

    private static T Read<T>(byte[] bytes)
        where T : class => JsonSerializer.Deserialize(bytes, WireJson.Of<T>()) ?? throw new FormatException("null is no message");

    /// <summary>A context that fits no frame stays behind: who asked can load it.</summary>
    private byte[] Encode(RunEnded ended)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(ended, WireJson.Of<RunEnded>());
        return bytes.Length <= _maxBytes || ended.Result.Context is null ? bytes : Encode(ended with { Result = ended.Result with { Context = null } });
    }

    private static ArgumentException NotOurs(object o) => new($"{o.GetType()} is no message about a run.");
}
