using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using RetainActors.Runs;
using RetainActors.Storage;

namespace RetainActors.Tests.Runs;

/// <summary>The example of the documentation: each call of a model is paid for once, whatever is killed in between.</summary>
public sealed class ChatSampleSpecs
{
    private const int Sections = 6;

    private static readonly CheckpointKey Key = new("bank", "source.md");

    private static string Text => string.Join("\n\n", Enumerable.Range(0, Sections).Select(n => $"section {n}"));

    [Fact(DisplayName = "An undisturbed run should call the model once for each section")]
    public async Task Undisturbed()
    {
        var model = new CountingModel();
        var system = TestSystem.Start(new MemoryFileSystem());

        var result = await RetainRuns.Start(system, new FactStates(model).BuildTable()).RunAsync(Key, Text);

        Assert.Equal((RunOutcome.Completed, Sections), (result.Outcome, model.Calls));
        Assert.Equal(Enumerable.Range(0, Sections).Select(n => $"facts of section {n}"), result.Context!.Entities);
        await system.Terminate();
    }

    [Fact(DisplayName = "A run whose process dies should call the model as often as an undisturbed one, and once more for each call that was in flight")]
    public async Task Killed()
    {
        var (disk, calls, systems) = (new MemoryFileSystem(), 0, new List<Akka.Actor.ActorSystem>());
        foreach (var section in new[] { 1, 1, 4 })
        {
            var dying = new CountingModel(hangsAt: section);
            systems.Add(TestSystem.Start(disk));
            _ = RetainRuns.Start(systems[^1], new FactStates(dying).BuildTable()).RunAsync(Key, Text);
            await dying.Hanging;
            calls += dying.Calls;
            disk = disk.Crash(seed: section);
        }

        var model = new CountingModel();
        systems.Add(TestSystem.Start(disk));
        var result = await RetainRuns.Start(systems[^1], new FactStates(model).BuildTable()).RunAsync(Key, Text);

        Assert.Equal((RunOutcome.Completed, Sections + 3), (result.Outcome, calls + model.Calls));
        Assert.Equal(Enumerable.Range(0, Sections).Select(n => $"facts of section {n}"), result.Context!.Entities);
        await Task.WhenAll(systems.Select(system => system.Terminate()));
    }

    [Fact(DisplayName = "The count should notice an engine that loses its checkpoint: each section is then paid for again")]
    public async Task Lost_checkpoint()
    {
        var (dying, model) = (new CountingModel(hangsAt: 4), new CountingModel());
        var (first, second) = (TestSystem.Start(new MemoryFileSystem()), TestSystem.Start(new MemoryFileSystem()));
        _ = RetainRuns.Start(first, new FactStates(dying).BuildTable()).RunAsync(Key, Text);
        await dying.Hanging;

        await RetainRuns.Start(second, new FactStates(model).BuildTable()).RunAsync(Key, Text);

        Assert.Equal(Sections + 5, dying.Calls + model.Calls);
        await Task.WhenAll(first.Terminate(), second.Terminate());
    }

    /// <summary>A model that counts what is paid for; at one section it never answers.</summary>
    private sealed class CountingModel(int? hangsAt = null) : IChatClient
    {
        private readonly TaskCompletionSource _hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _calls;

        public int Calls => Volatile.Read(ref _calls);

        public Task Hanging => _hanging.Task.WaitAsync(TimeSpan.FromSeconds(20));

        public async Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _calls);
            var section = messages.Single().Text.Split('\n')[1];
            if (section == $"section {hangsAt}")
            {
                _hanging.TrySetResult();
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }

            return new ChatResponse(new ChatMessage(ChatRole.Assistant, $"facts of {section}"));
        }

        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            foreach (var update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates()) yield return update;
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }
}
