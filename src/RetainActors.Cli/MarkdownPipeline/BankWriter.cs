using System.Threading.Channels;

namespace RetainActors.Cli.MarkdownPipeline;

/// <summary>
/// The one writer of a bank. Requests that wait are carried out together and made durable together, like a group commit; a
/// request's task ends when what it did is durable. When writing fails, everybody who waited is told, and the next request
/// starts from what is on the disk.
/// </summary>
internal sealed class BankWriter : IAsyncDisposable
{
    private readonly BankFiles _files;
    private readonly string _name;
    private readonly Action<BankException> _onFailure;
    private readonly Channel<Request> _requests = Channel.CreateUnbounded<Request>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _loop;
    private BankStore? _store;

    /// <summary>Starts the writer; it opens no file before the first request.</summary>
    /// <param name="files">Where the bank lives.</param>
    /// <param name="name">The bank.</param>
    /// <param name="onFailure">Told of every failure of the files, beside those who wait.</param>
    public BankWriter(BankFiles files, string name, Action<BankException>? onFailure = null)
    {
        _files = files;
        _name = name;
        _onFailure = onFailure ?? (_ => { });
        _loop = Task.Run(CarryOutAsync);
    }

    /// <summary>Opens the bank and puts its pages right.</summary>
    public Task ReconcileAsync() => DoAsync(_ => true);

    /// <summary>What is stored of a source.</summary>
    public Task<SourceRecord?> FindAsync(string source) => DoAsync(store => store.Find(source), changesNothing: true);

    /// <summary>Adds a finished part to the draft of a source; a draft of another text is dropped.</summary>
    public Task SavePartAsync(string source, string textSha256, Func<Draft, Draft> add) => DoAsync(store =>
    {
        var record = store.Find(source) ?? new SourceRecord(source);
        store.Put(record with { Draft = add(record.DraftOf(textSha256) ?? new Draft(textSha256)) });
        return true;
    });

    /// <summary>How publishing would change the pages.</summary>
    public Task<PagePlan> PlanAsync(string source, Contribution contribution) =>
        DoAsync(store => store.PlanFor(source, contribution), changesNothing: true);

    /// <summary>Replaces what a source publishes, renders the pages that follow, and drops its draft.</summary>
    public Task PublishAsync(string source, Contribution contribution) => DoAsync(store =>
    {
        store.Put(new SourceRecord(source, contribution));
        return true;
    });

    /// <summary>Renders the index and the facts.</summary>
    public Task RenderIndexAsync() => DoAsync(store =>
    {
        store.RenderIndex();
        return true;
    });

    /// <summary>Appends the line of a completed run to the log, once.</summary>
    public Task AppendLogAsync(string line) => DoAsync(store =>
    {
        store.AppendLog(line);
        return true;
    });

    /// <summary>Finishes what was asked for and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _requests.Writer.TryComplete();
        await _loop;
    }

    private async Task<T> DoAsync<T>(Func<BankStore, T> work, bool changesNothing = false)
    {
        T result = default!;
        var request = new Request(store => result = work(store), changesNothing);
        await _requests.Writer.WriteAsync(request); // unbounded: it waits for nobody, and refuses after Dispose
        await request.Done.Task;
        return result;
    }

    private async Task CarryOutAsync()
    {
        while (await _requests.Reader.WaitToReadAsync())
        {
            var batch = new List<Request>();
            while (_requests.Reader.TryRead(out var request)) batch.Add(request);
            try
            {
                CarryOut(batch);
            }
            catch (Exception e)
            {
                _store = null;
                foreach (var request in batch) request.Done.TrySetException(e);
                if (e is BankException failure) _onFailure(failure);
            }
        }
    }

    private void CarryOut(List<Request> batch)
    {
        _store ??= BankStore.Open(_files, _name);
        // Questions first: all that they can see now is durable, so they need not wait for what this batch changes.
        foreach (var request in batch.Where(request => request.ChangesNothing)) End(request, _store);
        var changes = batch.Where(request => !request.ChangesNothing).ToArray();
        foreach (var request in changes) request.Work(_store);
        _store.Flush();
        foreach (var request in changes) request.Done.SetResult();
    }

    private static void End(Request request, BankStore store)
    {
        request.Work(store);
        request.Done.SetResult();
    }

    private sealed record Request(Action<BankStore> Work, bool ChangesNothing)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
