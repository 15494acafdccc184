using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RetainActors.Hosting;
using RetainActors.Runs;
using RetainActors.Testing;

namespace RetainActors.Release.Tests.Samples;

// docs/tour-pipeline.md: states
/// <summary>Whatever answers a question for money.</summary>
public interface IModel
{
    Task<string> AskAsync(string question, CancellationToken stop);
}

/// <summary>Asks two things about a document at once, then publishes both answers.</summary>
public sealed class LibraryStates(IModel model, Func<string, IEnumerable<string>, Task> publish)
{
    private static readonly StatePolicy Paid = new()
    {
        Timeout = TimeSpan.FromMinutes(2),
        Retry = new RetryPolicy { MaxTries = 3, Retries = e => e is HttpRequestException },
        ParkAfter = 5,
    };

    public StateTable BuildTable() => new StateTableBuilder("READ").Version("prompts 1")
        .AddFork("READ", ReadAsync, branches: ["SUMMARY", "KEYWORDS"], join: "PUBLISH")
        .Add("SUMMARY", (scope, context, stop) => AskAsync("Sum up", scope, context, stop), policy: Paid)
        .Add("KEYWORDS", (scope, context, stop) => AskAsync("List the keywords of", scope, context, stop), policy: Paid)
        .Add("PUBLISH", PublishAsync)
        .Build();

    private static Task<StateResult> ReadAsync(StateScope scope, RetainContext context, CancellationToken stop)
    {
        scope.Note("characters", scope.Text.Length);
        return Task.FromResult(new StateResult(context, Transition.Fork));
    }

    private async Task<StateResult> AskAsync(string what, StateScope scope, RetainContext context, CancellationToken stop)
    {
        var answer = await model.AskAsync($"{what} this text:\n{scope.Text}", stop);
        return new StateResult(context with { Entities = context.Entities.Add(answer) }, Transition.Completed);
    }

    private async Task<StateResult> PublishAsync(StateScope scope, RetainContext context, CancellationToken stop)
    {
        await publish(scope.Key.Source, context.Entities);
        return new StateResult(context, Transition.Completed);
    }
}
// end

// docs/tour-pipeline.md: a test
public sealed class LibraryStatesSpecs
{
    [Fact]
    public async Task What_was_answered_before_a_restart_is_not_asked_again()
    {
        // Both systems share one script, and with it one journal: it outlives the first of them.
        var setup = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(TestProfile.Faulty), new JournalScript());
        var (key, model, published) = (new CheckpointKey("library", "tides.md"), new ScriptedModel(), new List<string>());
        var table = new LibraryStates(model, (_, answers) => { published.AddRange(answers); return Task.CompletedTask; }).BuildTable();

        model.FailsAt = "List";
        var first = ActorSystem.Create("first", setup);
        Assert.Equal(RunOutcome.Failed, (await RetainRuns.Start(first, table).RunAsync(key, "The moon.")).Outcome);
        await first.Terminate();

        model.FailsAt = null;
        var second = ActorSystem.Create("second", setup);
        var result = await RetainRuns.Start(second, table).RunAsync(key, "The moon.");
        await second.Terminate();

        Assert.Equal("parallel:KEYWORDS, PUBLISH", string.Join(", ", result.StatesRun));
        Assert.Equal(1, model.Asked.Count(question => question.StartsWith("Sum up", StringComparison.Ordinal)));
        Assert.Equal(["Answer to: Sum up", "Answer to: List the keywords of"], published);
    }

    private sealed class ScriptedModel : IModel
    {
        public string? FailsAt { get; set; }

        public ConcurrentBag<string> Asked { get; } = [];

        public Task<string> AskAsync(string question, CancellationToken stop)
        {
            Asked.Add(question);
            return FailsAt is { } start && question.StartsWith(start, StringComparison.Ordinal)
                ? throw new InvalidOperationException("The model has no answer.")
                : Task.FromResult($"Answer to: {question.Split(" this text:")[0]}");
        }
    }
}
// end

/// <summary>The host of docs/tour-pipeline.md.</summary>
public sealed class PipelineTour : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "The host of docs/tour-pipeline.md should run a document, and after a restart say that it is up to date")]
    public async Task Hosted()
    {
        _directory.Write("documents/tides.md", "The moon causes the tides.");
        var outcomes = new List<RunOutcome>();
        for (var start = 0; start < 2; start++)
            await new InFolder(_directory.Path).RunAsync(async () => outcomes.Add(await RunAsync([])));

        Assert.Equal([RunOutcome.Completed, RunOutcome.UpToDate], outcomes);
        Assert.Contains("moon", File.ReadAllText(_directory.File("tides.md.txt")), StringComparison.Ordinal);
    }

    private static async Task<RunOutcome> RunAsync(string[] args)
    {
        IModel model = new Echo();
        // docs/tour-pipeline.md: a host
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddSingleton(new LibraryStates(model, (source, answers) => File.WriteAllLinesAsync($"{source}.txt", answers)));
        builder.Services.AddRetainClients().AddAkka("library", akka => akka
            .WithRetainFilePersistence(options => options.Root = "./library")
            .WithRetainCheckpoints()
            .WithRetainRuns(services => services.GetService<LibraryStates>().BuildTable()));
        using var host = builder.Build();
        await host.StartAsync();

        var runs = host.Services.GetRequiredService<IRunClient>();
        var result = await runs.RunAsync(new CheckpointKey("library", "tides.md"), await File.ReadAllTextAsync("documents/tides.md"));
        Console.WriteLine($"{result.Outcome} after {string.Join(", ", result.StatesRun)}");
        await host.StopAsync();
        // end
        return result.Outcome;
    }

    [Fact(DisplayName = "The lines of docs/tour-pipeline.md for later should take up what was left, and a changed table")]
    public async Task Later()
    {
        using var system = ActorSystem.Create("later", ConfigurationFactory.ParseString(File.ReadAllText(Repository.File("hocon", "memory.conf"))));
        var runs = RetainRuns.Start(system, new LibraryStates(new Echo(), (_, _) => Task.CompletedTask).BuildTable());
        var (key, text, texts) = (new CheckpointKey("library", "tides.md"), "text", new Texts());
        // docs/tour-pipeline.md: a new prompt
        var result = await runs.RunAsync(key, text, onTextChange: ChangePolicy.Restart, onTableChange: ChangePolicy.Continue);
        // end
        Assert.Equal(RunOutcome.Completed, result.Outcome);
        var left = await Resume(runs, texts);
        Assert.Empty(left);
        Assert.NotNull(await Unpark(runs, key));
        await system.Terminate();

        static async Task<IReadOnlyList<RunResult>> Resume(IRunClient runs, ISourceTexts texts)
        {
            // docs/tour-pipeline.md: what was left
            var resumed = await runs.ResumeUnfinishedAsync(texts);
            // end
            return resumed;
        }

        static async Task<UnparkResult> Unpark(IRunClient runs, CheckpointKey key)
        {
            // docs/tour-pipeline.md: parked
            var unparked = await runs.UnparkAsync(key);
            // end
            return unparked;
        }
    }

    private sealed class Echo : IModel
    {
        public Task<string> AskAsync(string question, CancellationToken stop) => Task.FromResult(question.Split('\n')[1]);
    }

    private sealed class Texts : ISourceTexts
    {
        public Task<string?> FindAsync(CheckpointKey key, CancellationToken cancellationToken) => Task.FromResult<string?>("text");
    }
}
