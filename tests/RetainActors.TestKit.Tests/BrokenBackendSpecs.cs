using Akka.Actor;
using Akka.Actor.Setup;
using RetainActors.Testing.Conformance;

namespace RetainActors.Testing.Tests;

/// <summary>The conformance suite notices backends that do not conform.</summary>
public sealed class BrokenBackendSpecs
{
    [Fact(DisplayName = "A backend that forgets its events at a restart should be caught by name (negative control)")]
    public async Task Forgets()
    {
        await using var harness = new ActorSystemHarness(HarnessFeatures.SurvivesRestart, () => ActorSystem.Create("forgets", Config));
        var caught = await Assert.ThrowsAsync<ConformanceException>(() => CheckpointConformance.Find("SAVE-2").RunAsync(harness, restartBetweenSteps: true));
        Assert.Equal("SAVE-2", caught.ClauseId);
        Assert.Contains("NotFound", caught.Message);
        await CheckpointConformance.Find("SAVE-2").RunAsync(harness);
    }

    [Fact(DisplayName = "A backend that acknowledges a write and stores nothing should be caught (negative control)")]
    public async Task Lies()
    {
        var script = new JournalScript();
        await using var harness = new ActorSystemHarness(
            HarnessFeatures.SurvivesRestart,
            () => ActorSystem.Create("lies", ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(FaultyJournal.Config.WithFallback(Config)), script)));
        await CheckpointConformance.Find("C-1").RunAsync(harness);
        script.OnWrite(3, new JournalFault.Forget());
        await Assert.ThrowsAsync<ConformanceException>(() => CheckpointConformance.Find("C-1").RunAsync(harness));
    }

    [Fact(DisplayName = "A harness should refuse what it was declared without")]
    public async Task Undeclared()
    {
        await using var harness = new ActorSystemHarness(HarnessFeatures.None, () => ActorSystem.Create("plain", Config));
        await Assert.ThrowsAsync<NotSupportedException>(harness.RestartAsync);
        await Assert.ThrowsAsync<NotSupportedException>(harness.StartSecondAsync);
    }

    private static Akka.Configuration.Config Config => TestProfile.InMemory.WithFallback(CheckpointConformance.Config);
}
