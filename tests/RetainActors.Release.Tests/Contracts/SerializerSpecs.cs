using System.Reflection;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using RetainActors.Cluster;
using RetainActors.Persistence;
using RetainActors.Storage;

namespace RetainActors.Release.Tests.Contracts;

/// <summary>Ids and manifests of serializers are stored beside every record, and cross nodes of two versions.</summary>
public sealed class SerializerSpecs : IAsyncLifetime
{
    private static readonly Assembly[] Assemblies =
    [
        typeof(RetainCheckpoints).Assembly, typeof(FilePersistence).Assembly, typeof(RetainCluster).Assembly, typeof(FileLog).Assembly,
        typeof(Hosting.CheckpointRegion).Assembly, typeof(Testing.TestProfile).Assembly, typeof(Cli.Configuration.EffectiveConfig).Assembly,
    ];

    private readonly ActorSystem _system = ActorSystem.Create("serializers", ConfigurationFactory.ParseString("akka.actor.provider = cluster\nakka.remote.dot-netty.tcp.port = 0\nakka.remote.dot-netty.tcp.hostname = 127.0.0.1\nakka.loglevel = WARNING"));

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _system.Terminate();

    [Fact(DisplayName = "Every serializer should have the id and the manifests that are approved")]
    public void Approved()
    {
        var serializers = Assemblies.SelectMany(assembly => assembly.GetTypes()).Where(type => type.IsSubclassOf(typeof(Serializer)) && !type.IsAbstract)
            .Select(type => (Type: type, Serializer: (Serializer)Activator.CreateInstance(type, (ExtendedActorSystem)_system)!))
            .OrderBy(serializer => serializer.Serializer.Identifier).ToList();

        Assert.Equal(serializers.Count, serializers.Select(serializer => serializer.Serializer.Identifier).Distinct().Count());
        Approval.Verify(
            string.Join('\n', serializers.Select(serializer => $"{serializer.Serializer.Identifier} {serializer.Type.FullName} {string.Join(' ', ManifestsOf(serializer.Type))}".TrimEnd())),
            Repository.File("tests", "RetainActors.Release.Tests", "Approved", "serializers.txt"));
    }

    /// <summary>Each is a constant of its serializer.</summary>
    private static IEnumerable<string> ManifestsOf(Type serializer) => serializer.GetFields(BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.Static)
        .Where(field => field.IsLiteral && field.Name.EndsWith("Manifest", StringComparison.Ordinal)).Select(field => (string)field.GetRawConstantValue()!).Order(StringComparer.Ordinal);
}
