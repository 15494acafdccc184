// Usage: dotnet tool restore, then dotnet cake --target TARGET

using System.IO.Compression;
using System.Security.Cryptography;
using System.Xml.Linq;

var target = Argument("target", "Test");
var configuration = Argument("configuration", "Release");
const string solution = "./RetainActors.sln";
const string benchmarks = "./tests/RetainActors.Benchmarks";

Task("Restore")
    .Does(() => DotNetRestore(solution, new DotNetRestoreSettings { LockedMode = true }));

Task("Build")
    .IsDependentOn("Restore")
    .Does(() => DotNetBuild(solution, new DotNetBuildSettings { Configuration = configuration, NoRestore = true }));

Task("Test")
    .IsDependentOn("Build")
    .Does(() => DotNetTest(solution, new DotNetTestSettings { Configuration = configuration, NoBuild = true }));

Task("Pack")
    .IsDependentOn("Build")
    .Does(() => DotNetPack(solution, new DotNetPackSettings
    {
        Configuration = configuration,
        NoBuild = true,
        OutputDirectory = "./artifacts/packages",
    }));

// All packages built twice, from two clones of the last commit in two folders: every file in them has the same bytes.
Task("Reproducible")
    .Does(() =>
    {
        var root = Directory(System.IO.Path.GetTempPath()) + Directory($"retain-reproducible-{Guid.NewGuid():N}");
        try
        {
            // Both before either is packed: the commit is in every assembly.
            var folders = new[] { root + Directory("first"), root + Directory("second/deeper") };
            foreach (var folder in folders)
                if (StartProcess("git", new ProcessSettings { Arguments = $"clone --quiet --no-hardlinks . \"{folder}\"" }) != 0) throw new CakeException("git clone failed.");
            var (first, second) = (PackAll(folders[0]), PackAll(folders[1]));
            foreach (var name in first.Keys.Union(second.Keys).OrderBy(name => name))
                if (first.GetValueOrDefault(name) != second.GetValueOrDefault(name)) throw new CakeException($"{name} differs from build to build.");
            Information($"{first.Count} files in packages of two builds: no difference");
        }
        finally
        {
            if (DirectoryExists(root)) DeleteDirectory(root, new DeleteDirectorySettings { Recursive = true, Force = true });
        }
    });

// Known vulnerabilities of every package, direct or not.
Task("Audit")
    .IsDependentOn("Restore")
    .Does(() =>
    {
        var settings = new ProcessSettings { Arguments = "list RetainActors.sln package --vulnerable --include-transitive", RedirectStandardOutput = true, RedirectStandardError = true };
        var exitCode = StartProcess("dotnet", settings, out var lines, out var errors);
        var text = string.Join('\n', lines.Concat(errors));
        if (text.Contains("has the following vulnerable packages")) throw new CakeException(text);
        if (exitCode != 0 || !text.Contains("has no vulnerable packages")) Warning($"Not checked: the feed gave no answer.\n{text}");
        else Information("No package has a known vulnerability.");
    });

// Saves, loads, scale, long runs and pipelines through the public client, beside their peers, medians of interleaved rounds.
Task("Bench")
    .IsDependentOn("Build")
    .Does(() => DotNetRun(benchmarks, new ProcessArgumentBuilder(), new DotNetRunSettings { Configuration = configuration, NoBuild = true }));

// Random state tables, killed at random, against a plain interpreter: more cases than a change can wait for.
Task("RunProperties")
    .IsDependentOn("Build")
    .Does(() => DotNetTest("./tests/RetainActors.Tests", new DotNetTestSettings
    {
        Configuration = configuration,
        NoBuild = true,
        Filter = "FullyQualifiedName~RunEnginePropertySpecs",
        EnvironmentVariables = new Dictionary<string, string> { ["RETAIN_RUN_CASES"] = Argument("cases", "200000") },
    }));

// Persistence ids and names of exported files of very many keys, many of them alike.
Task("Names")
    .IsDependentOn("Build")
    .Does(() => DotNetTest("./tests/RetainActors.Tests", new DotNetTestSettings
    {
        Configuration = configuration,
        NoBuild = true,
        Filter = "FullyQualifiedName~AstrocyteFileNameSpecs",
        EnvironmentVariables = new Dictionary<string, string> { ["RETAIN_NAME_CASES"] = Argument("cases", "1000000") },
    }));

// Interleavings of two clients with failing journals and killed regions, each history checked for an order that explains it.
Task("Linearizability")
    .IsDependentOn("Build")
    .Does(() => DotNetTest("./tests/RetainActors.Tests", new DotNetTestSettings
    {
        Configuration = configuration,
        NoBuild = true,
        Filter = "FullyQualifiedName~LinearizabilitySpecs",
        EnvironmentVariables = new Dictionary<string, string> { ["RETAIN_LINEARIZABILITY_CASES"] = Argument("cases", "10000") },
    }));

// Three nodes with killed processes, cut networks, pauses and a killed PostgreSQL, and the conformance suite with restarts: minutes each.
Task("ClusterSoak")
    .IsDependentOn("Build")
    .DoesForEach(new[] { "./tests/RetainActors.Cluster.Tests", "./tests/RetainActors.TestKit.Tests" }, tests => DotNetTest(tests, new DotNetTestSettings
    {
        Configuration = configuration,
        NoBuild = true,
        Filter = "Category=Soak",
        Loggers = new[] { "console;verbosity=detailed" },
    }));

// A million keys of the log alone: written, deleted by half, compacted, reopened.
Task("MillionKeys")
    .IsDependentOn("Build")
    .Does(() => DotNetRun(
        benchmarks, new ProcessArgumentBuilder().Append("--million"),
        new DotNetRunSettings { Configuration = configuration, NoBuild = true }));

// 10,000 runs of 12 transitions at once in one process: memory, time, starvation.
Task("Runs")
    .IsDependentOn("Build")
    .Does(() => DotNetRun(
        benchmarks, new ProcessArgumentBuilder().Append("--runs"),
        new DotNetRunSettings { Configuration = configuration, NoBuild = true }));

// Every bit and every offset of a small log damaged, every segment deleted, doubled, moved and swapped; and recoveries cut off
// at every call, twice.
Task("DamageSweep")
    .IsDependentOn("Build")
    .Does(() => StorageTests("SweepSpecs|FullyQualifiedName~DamageSpecs|FullyQualifiedName~LogInspectorSpecs", "RETAIN_STORAGE_SWEEP", "full"));

// Whole lives of a log under faults, restarts and power cuts: more seeds than a change can wait for.
Task("Simulate")
    .IsDependentOn("Build")
    .Does(() => StorageTests(
        "SimulationSpecs", "RETAIN_STORAGE_SEEDS",
        Argument("seeds", EnvironmentVariable("RETAIN_STORAGE_SEEDS") ?? "20000")));

// Mutants of what every reader reads: so many minutes, shared by the readers.
Task("Fuzz")
    .IsDependentOn("Build")
    .Does(() => TestsOf("Hostile", "HostileBytesSpecs.Mutants", "RETAIN_FUZZ_MINUTES", Argument("minutes", "90")));

// Processes of the log alone, killed at any moment, on a file system in memory where there is one.
Task("Kills")
    .IsDependentOn("Build")
    .Does(() => StorageTests("Kills.KillSpecs", "RETAIN_KILL_CYCLES", Argument("cycles", "10000")));

// Processes that race for one folder.
Task("Races")
    .IsDependentOn("Build")
    .Does(() => StorageTests("RaceSpecs", "RETAIN_RACE_CYCLES", Argument("cycles", "1000")));

// The power of real file systems on loop devices cut; needs root.
Task("PowerCuts")
    .IsDependentOn("Build")
    .Does(() => StorageTests("PowerCutSpecs", "RETAIN_POWER_CYCLES", Argument("cycles", "2000")));

// States in which a power cut may leave a disk, of recorded lives on real file systems; needs root.
Task("BlockStates")
    .IsDependentOn("Build")
    .Does(() => StorageTests("BlockStateSpecs", "RETAIN_BLOCK_STATES", Argument("states", "5000")));

// Disks that fail writes and flushes below real file systems; needs root.
Task("DeviceErrors")
    .IsDependentOn("Build")
    .Does(() => StorageTests("DeviceErrorSpecs", "RETAIN_DEVICE_CYCLES", Argument("cycles", "200")));

// Death at every system call of every step of a log, and in both recoveries from it; needs root.
Task("SystemCalls")
    .IsDependentOn("Build")
    .Does(() => StorageTests("SystemCallSpecs", "RETAIN_CALLS", "full"));

// Processes of a whole service killed at any moment, and told to stop under load.
Task("ServiceKills")
    .IsDependentOn("Build")
    .Does(() => TestsOf("Hosting", "ServiceKillSpecs", "RETAIN_SERVICE_CYCLES", Argument("cycles", "2000")));

// A service under load for hours, paused and without space now and then; needs root.
Task("Soak")
    .IsDependentOn("Build")
    .Does(() => TestsOf("Hosting", "SoakSpecs", "RETAIN_SOAK_MINUTES", Argument("minutes", "120")));

// A service whose wall clock jumps by years; needs a compiler of C.
Task("Clock")
    .IsDependentOn("Build")
    .Does(() => TestsOf("Hosting", "ClockSpecs", "RETAIN_CLOCK_JUMPS", Argument("jumps", "1000")));

// A thousand runs on three nodes, one of which is killed every ten seconds.
Task("NodeDeaths")
    .IsDependentOn("Build")
    .Does(() => TestsOf("Cluster", "NodeDeathSpecs.Many_deaths", "RETAIN_CLUSTER_DEATHS", Argument("deaths", "12")));

// PostgreSQL killed, stopped and paused, and its connections ended in the middle of a save, under writers.
Task("DatabaseFaults")
    .IsDependentOn("Build")
    .Does(() => TestsOf("Cluster", "DatabaseFaultSpecs", "RETAIN_CLUSTER_DATABASE_FAULTS", Argument("faults", "200")));

// Nodes cut off by the kernel, in a network namespace of their own, and paused, in turn; needs root and nftables.
Task("NetworkFaults")
    .IsDependentOn("Build")
    .Does(() => TestsOf("Cluster", "NetworkFaultSpecs", "RETAIN_CLUSTER_NETWORK_FAULTS", Argument("faults", "80")));

// How much of the log its tests take, and of the rules of checkpoints theirs: lines and branches of each file.
Task("Coverage")
    .IsDependentOn("Build")
    .Does(() =>
    {
        Cover("RetainActors.Storage", "FullyQualifiedName!~SweepSpecs&FullyQualifiedName!~Kills&FullyQualifiedName!~Finds_every");
        Cover("RetainActors", "FullyQualifiedName~Decider|FullyQualifiedName~Checkpoints.Checkpoint|FullyQualifiedName~Checkpoints.Retention");
    });

void Cover(string project, string filter)
{
    var results = Directory("./artifacts/coverage") + Directory(project);
    EnsureDirectoryDoesNotExist(results);
    DotNetTest($"./tests/{project}.Tests", new DotNetTestSettings
    {
        Configuration = configuration,
        NoBuild = true,
        Filter = filter,
        ResultsDirectory = results,
        Collectors = new[] { "XPlat Code Coverage" },
        ArgumentCustomization = arguments => arguments.Append(
            $"-- DataCollectionRunSettings.DataCollectors.DataCollector.Configuration.Include=[{project}]*"),
    });
    var lines = XDocument.Load(GetFiles($"{results}/*/coverage.cobertura.xml").Single().FullPath)
        .Descendants("class").SelectMany(type => type.Elements("lines").Elements("line").Select(line =>
        {
            // As in 50% (1/2).
            var branches = ((string)line.Attribute("condition-coverage") ?? "(0/0)").Split('(', '/', ')');
            return (
                File: (string)type.Attribute("filename"), Number: (int)line.Attribute("number"), Hit: (int)line.Attribute("hits") > 0,
                Taken: int.Parse(branches[1]), Branches: int.Parse(branches[2]));
        }))
        // Lambdas and iterators are types of their own, on the same lines.
        .GroupBy(line => (line.File, line.Number))
        .Select(same => (same.Key.File, Hit: same.Any(line => line.Hit), Taken: same.Max(line => line.Taken), Branches: same.Max(line => line.Branches)))
        .ToList();
    foreach (var file in lines.GroupBy(line => line.File).OrderBy(file => file.Key))
        Information($"{file.Key}: {file.Count(line => line.Hit)} of {file.Count()} lines, {file.Sum(line => line.Taken)} of {file.Sum(line => line.Branches)} branches");
    Information($"{project}: {lines.Count(line => line.Hit)} of {lines.Count} lines, {lines.Sum(line => line.Taken)} of {lines.Sum(line => line.Branches)} branches");
}

// What the packages of a clone hold: every file with its hash. Left out is what may name the package by a random number.
Dictionary<string, string> PackAll(ConvertableDirectoryPath folder)
{
    foreach (var project in GetFiles($"{folder}/src/*/*.csproj"))
        DotNetPack(project.FullPath, new DotNetPackSettings { Configuration = "Release", OutputDirectory = folder + Directory("artifacts"), Verbosity = DotNetVerbosity.Quiet });
    var files = new Dictionary<string, string>();
    foreach (var path in GetFiles($"{folder}/artifacts/*.*nupkg"))
    {
        using var package = ZipFile.OpenRead(path.FullPath);
        foreach (var entry in package.Entries.Where(entry => !entry.FullName.EndsWith(".psmdcp") && entry.FullName != "_rels/.rels"))
        {
            using var content = entry.Open();
            files[$"{path.GetFilename()}/{entry.FullName}"] = Convert.ToHexString(SHA256.HashData(content));
        }
    }
    return files;
}

// What one night is for, and what a release waits for; see docs/reliability.md.
Task("Nightly")
    .IsDependentOn("Kills")
    .IsDependentOn("Races")
    .IsDependentOn("PowerCuts")
    .IsDependentOn("BlockStates")
    .IsDependentOn("DeviceErrors")
    .IsDependentOn("SystemCalls")
    .IsDependentOn("ServiceKills")
    .IsDependentOn("Soak")
    .IsDependentOn("Clock")
    .IsDependentOn("DamageSweep")
    .IsDependentOn("Simulate")
    .IsDependentOn("Fuzz")
    .IsDependentOn("Linearizability");

Task("Release")
    .IsDependentOn("Test")
    .IsDependentOn("Nightly")
    .IsDependentOn("RunProperties")
    .IsDependentOn("Names")
    .IsDependentOn("ClusterSoak")
    .IsDependentOn("NodeDeaths")
    .IsDependentOn("DatabaseFaults")
    .IsDependentOn("NetworkFaults")
    .IsDependentOn("MillionKeys")
    .IsDependentOn("Runs")
    .IsDependentOn("Audit")
    .IsDependentOn("Reproducible")
    .IsDependentOn("Pack");

void StorageTests(string specs, string variable, string value) => TestsOf("Storage", specs, variable, value);

void TestsOf(string project, string specs, string variable, string value)
{
    var variables = new Dictionary<string, string> { [variable] = value };
    // Many more cycles in the same time, and a disk less worn out.
    if (variable.EndsWith("_CYCLES") && DirectoryExists("/dev/shm")) variables["TMPDIR"] = "/dev/shm";
    DotNetTest($"./tests/RetainActors.{project}.Tests", new DotNetTestSettings
    {
        Configuration = configuration,
        NoBuild = true,
        Filter = $"FullyQualifiedName~{specs}",
        Loggers = new[] { "console;verbosity=detailed" },
        EnvironmentVariables = variables,
    });
}

RunTarget(target);
