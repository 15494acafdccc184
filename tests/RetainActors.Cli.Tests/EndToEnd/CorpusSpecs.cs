namespace RetainActors.Cli.Tests.EndToEnd;

/// <summary>In a class of its own, so that it runs beside the other kills.</summary>
public sealed class CorpusSpecs : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [SkippableFact(DisplayName = "The documentation of Akka.NET, killed on the way, should end as in an undisturbed run")]
    public async Task Corpus()
    {
        Requires.SharedFolder("corpus");
        await new KillScenario(_directory).KillAndRerunAsync(Path.Combine(Repository.Shared, "corpus"), filesAtKill: [500], endedAtKill: [20]);
    }
}
