using Akka.Actor;
using Akka.Configuration;
using RetainActors;
using RetainActors.Cluster.Driver;
using RetainActors.Cluster.Runs;

// A node as a process of its own, for tests that kill it: CONFIG SEED, the file of its configuration and the address of a
// node to join. Prints UP once it is one of the cluster, then what it does; Commands says what it is told to do. It leaves the cluster
// when its input ends.
AppDomain.CurrentDomain.UnhandledException += (_, failure) => Told.Line($"FAILED {failure.ExceptionObject}".ReplaceLineEndings(" "));
var config = ConfigurationFactory.ParseString(File.ReadAllText(args[0])).WithFallback(RetainActors.Cluster.RetainCluster.Profile);
var system = ActorSystem.Create("retain", config);
var checkpoints = RetainCheckpoints.Get(system);
var runs = config.HasPath("driver.states")
    ? ClusterRuns.Start(system, States.Table(config.GetInt("driver.states"), config.GetTimeSpan("driver.model-latency")), new Texts())
    : null;
var cluster = Akka.Cluster.Cluster.Get(system);
using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(45));
await cluster.JoinAsync(Address.Parse(args[1]), deadline.Token);
cluster.RegisterOnMemberRemoved(() => Told.At("REMOVED"));
system.ActorOf(Props.Create(() => new GoneActor()));
Told.Line($"UP {cluster.SelfAddress} {checkpoints.Region.Path}");

var commands = new Commands(cluster, checkpoints.Client, runs, system.WhenTerminated);
await Task.WhenAny(Task.Run(() => commands.ReadAsync(Console.In)), system.WhenTerminated);
await CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClrExitReason.Instance);
