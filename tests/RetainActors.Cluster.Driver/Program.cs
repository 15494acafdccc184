using Akka.Actor;
using Akka.Configuration;
using RetainActors;

// A node as a process of its own, for tests that kill it: CONFIG SEED, the file of its configuration and the address of a
// node to join. Prints UP once it is one of the cluster, and leaves it when its input ends.
var config = ConfigurationFactory.ParseString(File.ReadAllText(args[0])).WithFallback(RetainActors.Cluster.RetainCluster.Profile);
var system = ActorSystem.Create("retain", config);
var checkpoints = RetainCheckpoints.Get(system);
using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(90));
await Akka.Cluster.Cluster.Get(system).JoinAsync(Address.Parse(args[1]), deadline.Token);
Console.WriteLine($"UP {Akka.Cluster.Cluster.Get(system).SelfAddress} {checkpoints.Region.Path}");

await Task.WhenAny(Task.Run(() => Console.In.ReadToEnd()), system.WhenTerminated);
await CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClrExitReason.Instance);
