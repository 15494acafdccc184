using Akka.Actor;
using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Testing.Conformance;

/// <summary>One run of a clause: its keys, its steps, its expectations.</summary>
internal sealed class ClauseRun(Clause clause, IHarness harness, bool restartBetweenSteps)
{
    /// <summary>The bank of keys whose revisions all stay.</summary>
    public const string Bank = "conformance";

    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(60);

    private readonly string _run = Guid.NewGuid().ToString("N");
    private bool _isFirstStep = true;

    public CheckpointKey Key => KeyIn(Bank);

    public CheckpointKey Other => KeyIn(Bank, "other");

    /// <summary>A bank that no other clause and no other run of this one uses.</summary>
    public string OwnBank => $"{clause.Id}/{_run}";

    public CheckpointKey KeyIn(string bank, string name = "source") => new(bank, $"{clause.Id}/{_run}/{name}");

    /// <summary>A running context of the clause's key.</summary>
    public RetainContext Context(params string[] entities) => new(Key) { CompletedState = "READ", NextState = "EXTRACT", Entities = [.. entities] };

    /// <summary>The client, for one step.</summary>
    public async Task<ICheckpointClient> ClientAsync()
    {
        await StepAsync();
        return harness.Client;
    }

    public Task RestartAsync() => harness.RestartAsync();

    public Task<IHarness> StartSecondAsync() => harness.StartSecondAsync();

    /// <summary>One step: sends a request and gives its answer.</summary>
    public async Task<ICheckpointReply> DoAsync(ICheckpointCommand command)
    {
        await StepAsync();
        return await SendAsync(command);
    }

    /// <summary>One step: sends a request that must be answered in this way.</summary>
    public async Task<TReply> DoAsync<TReply>(ICheckpointCommand command) where TReply : ICheckpointReply =>
        Expect<TReply>(command, await DoAsync(command));

    /// <summary>Sends a request within a step, beside others.</summary>
    public Task<ICheckpointReply> SendAsync(ICheckpointCommand command) => SendAsync(harness, command);

    /// <summary>Sends a request to an instance. A test is no actor: it asks.</summary>
    public static Task<ICheckpointReply> SendAsync(IHarness instance, ICheckpointCommand command) =>
        instance.ClientActor.Ask<ICheckpointReply>(command, AnswerWithin);

    public Task<Saved> SaveAsync(RetainContext context) => DoAsync<Saved>(new Save(context));

    public Task<Loaded> LoadAsync(CheckpointKey key, long? revision = null) => DoAsync<Loaded>(new Load(key, revision));

    public async Task<long[]> HistoryAsync(CheckpointKey key) =>
        [.. (await DoAsync<HistoryPage>(new History(key))).Revisions.Select(revision => revision.Revision)];

    public async Task RefusedAsync(RefuseReason reason, ICheckpointCommand command) =>
        Equal(reason, (await DoAsync<SaveRefused>(command)).Reason, $"the reason why {command.GetType().Name} was refused");

    public TReply Expect<TReply>(ICheckpointCommand command, ICheckpointReply reply) where TReply : ICheckpointReply => reply is TReply expected
        ? expected
        : throw Broken($"{typeof(TReply).Name} was expected in answer to {command.GetType().Name}, {reply} came");

    public void Equal<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual)) throw Broken($"{what} was expected to be {expected}, it is {actual}");
    }

    public void Sequence<T>(IEnumerable<T> expected, IEnumerable<T> actual, string what) =>
        Equal(string.Join(", ", expected), string.Join(", ", actual), what);

    public void That(bool holds, string expectation)
    {
        if (!holds) throw Broken($"it was expected that {expectation}");
    }

    private ConformanceException Broken(string detail) => new(clause, detail);

    private async Task StepAsync()
    {
        if (restartBetweenSteps && !_isFirstStep) await harness.RestartAsync();
        _isFirstStep = false;
    }
}
