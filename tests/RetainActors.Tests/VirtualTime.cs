using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;

namespace RetainActors.Tests;

/// <summary>Time that passes when a test says so.</summary>
internal static class VirtualTime
{
    public static Config Config { get; } =
        ConfigurationFactory.ParseString(
            """
            akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
            akka.test.single-expect-default = 20 s
            """);

    /// <summary>Advances in quarter seconds, since the test scheduler fires a periodic timer once per advance.</summary>
    public static void Advance(this ActorSystem system, TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(0.25))
            ((TestScheduler)system.Scheduler).Advance(TimeSpan.FromSeconds(0.25));
    }
}
