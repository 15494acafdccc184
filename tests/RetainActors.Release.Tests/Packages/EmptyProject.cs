using System.Xml.Linq;
using RetainActors.Release.Tests.Snippets;

namespace RetainActors.Release.Tests.Packages;

/// <summary>
/// A new project with nothing in it but the packages and what the README shows. Its packages come from one folder, and what they need
/// from the folder where this repository's were restored: nothing is downloaded, and nothing of it stays on the machine.
/// </summary>
internal sealed class EmptyProject : IDisposable
{
    private readonly TempDirectory _directory = new();

    public EmptyProject(string feed, IReadOnlyList<string> packages, string version)
    {
        _directory.Write(
            "nuget.config",
            $"""
            <configuration>
              <packageSources><clear /><add key="packed" value="{feed}" /></packageSources>
              <fallbackPackageFolders><clear /><add key="restored" value="{Sdk.PackageRoot}" /></fallbackPackageFolders>
            </configuration>
            """);
        var references = packages.Select(id => (Id: id, Version: version)).Append((Id: "Microsoft.Extensions.Hosting", Version: VersionOf("Microsoft.Extensions.Hosting")))
            .Select(package => $"<PackageReference Include=\"{package.Id}\" Version=\"{package.Version}\" />");
        _directory.Write(
            "empty.csproj",
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>
                {string.Join("\n    ", references)}
              </ItemGroup>
            </Project>
            """);
        var readme = CodeBlock.Of("README.md").Where(block => block.Language == "csharp").Select(block => block.Text).ToList();
        _directory.Write("Ingestion.cs", $"using Akka.Actor;\nusing RetainActors;\n{readme.Single(text => text.Contains("class Ingestion", StringComparison.Ordinal))}");
        _directory.Write("Program.cs", Program.Replace("/* in a service */", readme.Single(text => text.Contains("AddRetainClients", StringComparison.Ordinal)), StringComparison.Ordinal));
    }

    private static string Program => """
        using Akka.Actor;
        using Akka.Hosting;
        using Microsoft.Extensions.DependencyInjection;
        using Microsoft.Extensions.Hosting;
        using Microsoft.Extensions.Logging;
        using RetainActors;
        using RetainActors.Hosting;
        using RetainActors.Runs;

        var table = new StateTableBuilder("READ").Add("READ", (_, context, _) => Task.FromResult(new StateResult(context, Transition.Completed))).Build();
        var application = Host.CreateApplicationBuilder();
        application.Logging.ClearProviders();
        /* in a service */
        using var host = application.Build();
        await host.StartAsync();
        var result = await host.Services.GetRequiredService<IRunClient>().RunAsync(new CheckpointKey("bank", "a.md"), "text");
        Console.WriteLine($"service {result.Outcome}");

        var system = host.Services.GetRequiredService<ActorSystem>();
        var checkpoints = RetainCheckpoints.Get(system).ClientActor;
        var worker = Inbox.Create(system);
        var first = Start();
        Console.WriteLine($"actor {Next()}");
        first.Tell(new Ingestion.Done("PARSE"));
        Console.WriteLine($"actor {Next()}");
        await first.GracefulStop(TimeSpan.FromSeconds(30));
        Start();
        Console.WriteLine($"resumed {Next()}");
        await host.StopAsync();

        IActorRef Start() => system.ActorOf(Props.Create(() => new Ingestion(new CheckpointKey("bank", "b.md"), checkpoints, worker.Receiver)));
        object Next() => worker.Receive(TimeSpan.FromSeconds(30));
        """;

    /// <summary>A path below the project.</summary>
    public string File(params string[] parts) => _directory.File(parts);

    /// <summary>Where a package is unpacked when it came from the folder of packed ones.</summary>
    public string Installed(string id) => _directory.File("packages", id.ToLowerInvariant(), PackedPackages.Version);

    /// <summary>Restores, builds and runs it.</summary>
    public Task<string> RunAsync() => Sdk.RunAsync(_directory.Path, _directory.File("packages"), "run", "--project", "empty.csproj");

    public void Dispose() => _directory.Dispose();

    private static string VersionOf(string package) => XDocument.Load(Repository.File("Directory.Packages.props")).Descendants("PackageVersion")
        .Where(element => (string)element.Attribute("Include")! == package).Select(element => (string)element.Attribute("Version")!).Single();
}
