using System.Collections.Concurrent;
using System.Text;
using RetainActors.Cli.MarkdownPipeline;
using RetainActors.Runs;
using RetainActors.Storage;

namespace RetainActors.Cli.Tests.MarkdownPipeline;

/// <summary>Drives the states of the pipeline for tests, without actors: what a state returns counts as saved.</summary>
internal sealed class PipelineDriver : IAsyncDisposable
{
    public const string Root = "/root";
    public const string BankName = "test";

    private readonly StateTable _table;

    public PipelineDriver(IFileSystem files, string bank = BankName)
    {
        Files = new BankFiles(files, Root, bank);
        Writer = new BankWriter(Files, bank);
        _table = new MarkdownStates(Writer, TimeSpan.Zero, MarkdownStates.DefaultReadLimit).BuildTable();
    }

    public BankFiles Files { get; }

    public BankWriter Writer { get; }

    /// <summary>The checkpoints: the context after the last state that returned, by source.</summary>
    public ConcurrentDictionary<string, RetainContext> Saved { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Starts or resumes the run of a source and goes on until its end, or until the given state is next.</summary>
    public async Task<RetainContext> RunAsync(string source, string text, string? until = null)
    {
        var key = new CheckpointKey(BankName, source);
        var fresh = new RetainContext(key) { NextState = _table.InitialState, TextSha256 = new StateScope(key, text, _table.InitialState).TextSha256, StartedAt = Timestamp.Parse("2026-01-02T03:04:05Z") };
        var context = Saved.TryGetValue(source, out var saved) && saved.TextSha256 == fresh.TextSha256 ? saved : fresh;
        StateScope ScopeOf(string state) => new(key, text, state);
        while (context.NextState is { } state && state != until)
        {
            Assert.True(_table.TryGet(state, out var definition));
            var (after, transition) = await EnterAsync(ScopeOf(state), context, definition);
            context = Saved[source] = transition switch
            {
                Transition.Next next => after with { CompletedState = state, NextState = next.State },
                Transition.Parallel => await ForkAsync(ScopeOf, after, definition),
                Transition.Complete => after with { CompletedState = state, NextState = null, Status = CheckpointStatus.Completed },
                Transition.Failed failed => throw new InvalidOperationException(failed.Reason),
                _ => throw new InvalidOperationException(transition.ToString()),
            };
        }

        return context;
    }

    /// <summary>All files of the bank but the log, as one text.</summary>
    public string Output(bool withLog = false)
    {
        var output = new StringBuilder();
        string[] paths =
        [
            BankFiles.Index, BankFiles.Facts, .. withLog ? [BankFiles.Log] : Array.Empty<string>(),
            .. Files.List(BankFiles.Wiki).Select(name => $"wiki/{name}"), .. Files.List(BankFiles.Sources).Select(name => $"sources/{name}"),
        ];
        foreach (var path in paths) output.Append("=== ").Append(path).Append('\n').Append(Text(path));
        return output.ToString();
    }

    public string Text(string path) => Encoding.UTF8.GetString(Files.Read(path) ?? throw new FileNotFoundException(path));

    public ValueTask DisposeAsync() => Writer.DisposeAsync();

    private async Task<RetainContext> ForkAsync(Func<string, StateScope> scopeOf, RetainContext forked, StateDefinition fork)
    {
        var branches = await Task.WhenAll(fork.Branches.Select(name =>
            _table.TryGet(name, out var branch) ? EnterAsync(scopeOf(name), forked, branch) : throw new InvalidOperationException(name)));
        return forked with
        {
            Entities = [.. forked.Entities, .. branches.SelectMany(branch => branch.Context.Entities.Skip(forked.Entities.Length))],
            CompletedState = fork.Name,
            NextState = fork.Join,
        };
    }

    private static async Task<StateResult> EnterAsync(StateScope scope, RetainContext context, StateDefinition definition)
    {
        var result = await definition.Handler(scope, context, CancellationToken.None);
        var now = Timestamp.Parse("2026-01-02T03:04:06Z");
        var step = new StepLogEntry(definition.Name, now, now, 1) { Notes = scope.Notes };
        return result with { Context = result.Context with { StepLog = result.Context.StepLog.Add(step) } };
    }
}
