using Akka.Actor;
using Akka.Util;

namespace RetainActors.Hostile.Tests.Types;

/// <summary>Counts what bytes brought to life.</summary>
public static class Made
{
    private static int _count;

    public static int Count => _count;

    public static void One() => Interlocked.Increment(ref _count);
}

/// <summary>What an attacker would want to be made: everything in it that can run tells.</summary>
public sealed class Gadget
{
    static Gadget() => Made.One();

    public Gadget() => Made.One();

    public string Value
    {
        get;
        set
        {
            field = value;
            Made.One();
        }
    } = "";
}

/// <summary>The same as a stand-in that Akka asks for what it stands for.</summary>
public sealed class GadgetSurrogate : ISurrogate
{
    public ISurrogated FromSurrogate(ActorSystem system)
    {
        Made.One();
        return null!;
    }
}

/// <summary>Payloads that name types, as Newtonsoft's readers follow them.</summary>
internal static class Payloads
{
    public const string Gadget = """{"$type":"RetainActors.Hostile.Tests.Types.Gadget, RetainActors.Hostile.Tests","Value":"x"}""";

    private static readonly string[] Dangerous =
    [
        "System.Windows.Data.ObjectDataProvider, PresentationFramework", "System.Diagnostics.Process, System.Diagnostics.Process", "System.IO.FileInfo, System.Private.CoreLib",
        "System.ComponentModel.TypeConverter, System.ComponentModel.TypeConverter", "System.Configuration.Install.AssemblyInstaller, System.Configuration.Install",
        "System.Security.Principal.WindowsIdentity, System.Private.CoreLib", "System.Data.DataSet, System.Data.Common", "System.Collections.Hashtable, System.Private.CoreLib",
        "System.Exception, System.Private.CoreLib", "System.Dynamic.ExpandoObject, System.Linq.Expressions", "Akka.Actor.Props+PropsSurrogate, Akka",
    ];

    /// <summary>JSON; in each is the gadget of this assembly, whatever else it names.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Gadget,
        """{"$type":"RetainActors.Hostile.Tests.Types.GadgetSurrogate, RetainActors.Hostile.Tests"}""",
        $$"""{"$type":"System.Collections.Generic.List`1[[System.Object, System.Private.CoreLib]], System.Private.CoreLib","$values":[{{Gadget}}]}""",
        $$"""{"$type":"System.Object[], System.Private.CoreLib","$values":[{{Gadget}},{"$ref":"1"}]}""",
        .. Dangerous.Select(type => $$"""{"$id":"1","$type":"{{type}}","Value":{{Gadget}},"MethodName":"Start","FileName":"sh"}"""),
    ];

    /// <summary>What could stand as a manifest: our own, none, and names of types.</summary>
    public static IReadOnlyList<string> Manifests { get; } =
    [
        "", "r1", "m1", "q1", "e1", "RetainActors.Hostile.Tests.Types.Gadget, RetainActors.Hostile.Tests", "System.Diagnostics.Process, System.Diagnostics.Process", "System.Object",
    ];

    /// <summary>The serializers that a system has by itself, Newtonsoft's first, and ours.</summary>
    public static IReadOnlyList<int> Serializers { get; } = [1, 2, 4, 7, 17, 20261, 20262, 20263, 9999];
}
