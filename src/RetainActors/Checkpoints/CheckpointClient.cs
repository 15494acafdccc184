using Akka.Actor;
using RetainActors.Diagnostics;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Checkpoints;

/// <summary>The client for code that is no actor, in front of <see cref="CheckpointClientActor"/>.</summary>
internal sealed class CheckpointClient(IActorRef clientActor, IActorRef catalog, Task terminated) : ICheckpointClient
{
    private const string Terminated = "the actor system was terminated";

    private readonly OpenCalls _calls = new(terminated);

    public Task<long> SaveAsync(
        RetainContext context, Guid? saveId, long? expectedRevision, long? epoch, CancellationToken cancellationToken) =>
        StoreAsync(new Save(context, saveId, expectedRevision, epoch), cancellationToken);

    public Task<long> RewindAsync(CheckpointKey key, long revision, Guid? saveId, CancellationToken cancellationToken) =>
        StoreAsync(new Rewind(key, revision, saveId), cancellationToken);

    public Task<long> CopyAsync(
        CheckpointKey from, CheckpointKey to, long? revision, Guid? saveId, long expectedRevision, CancellationToken cancellationToken) =>
        StoreAsync(new Copy(from, to, revision, saveId, expectedRevision), cancellationToken);

    private async Task<long> StoreAsync(ISaveCommand command, CancellationToken cancellationToken) =>
        await CallAsync(command, cancellationToken).ConfigureAwait(false) switch
        {
            Saved saved => saved.Revision,
            SaveRefused refused => throw new SaveRefusedException(refused.Key, refused.Reason, refused.Detail),
            SaveUnknown unknown => throw new SaveUnknownException(unknown.Key, unknown.SaveId, unknown.Detail),
            var reply => throw Unexpected(reply),
        };

    public async Task<long?> FindSaveAsync(CheckpointKey key, Guid saveId, CancellationToken cancellationToken) =>
        await CallAsync(new SaveStatus(key, saveId), cancellationToken).ConfigureAwait(false) switch
        {
            Saved saved => saved.Revision,
            SaveNotFound => null,
            var reply => throw Unexpected(reply),
        };

    public async Task<HistoryPage> HistoryAsync(CheckpointKey key, long? before, int limit, CancellationToken cancellationToken) =>
        await CallAsync(new History(key, before, limit), cancellationToken).ConfigureAwait(false) switch
        {
            HistoryPage page => page,
            var reply => throw Unexpected(reply),
        };

    public async Task<Pruned> PruneAsync(CheckpointKey key, bool dryRun, CancellationToken cancellationToken) =>
        await CallAsync(new Prune(key, dryRun), cancellationToken).ConfigureAwait(false) switch
        {
            Pruned pruned => pruned,
            var reply => throw Unexpected(reply),
        };

    public Task<Loaded?> LoadAsync(CheckpointKey key, CancellationToken cancellationToken) => LoadAsync(key, revision: null, cancellationToken);

    public async Task<Loaded?> LoadAsync(CheckpointKey key, long? revision, CancellationToken cancellationToken) =>
        await CallAsync(new Load(key, revision), cancellationToken).ConfigureAwait(false) switch
        {
            Loaded loaded => loaded,
            NotFound => null,
            Corrupt corrupt => throw new CheckpointUnreadableException(key, $"the checkpoint is damaged: {corrupt.Detail}", corrupt.LastGoodRevision),
            TooNew newer => throw new CheckpointUnreadableException(
                key, $"the checkpoint has schema version {newer.SchemaVersion}, which a newer version wrote; upgrade to read it"),
            var reply => throw Unexpected(reply),
        };

    public async Task<bool> DeleteAsync(CheckpointKey key, CancellationToken cancellationToken) =>
        await CallAsync(new Delete(key), cancellationToken).ConfigureAwait(false) switch
        {
            Deleted deleted => deleted.Existed,
            var reply => throw Unexpected(reply),
        };

    public async Task<CatalogProtocol.CheckpointPage> ListAsync(CatalogProtocol.ListCheckpoints? request, CancellationToken cancellationToken)
    {
        var completion = new TaskCompletionSource<ICatalogReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        catalog.Tell(new CheckpointCatalogActor.Call(request ?? new CatalogProtocol.ListCheckpoints(), completion));
        var stopped = new CatalogProtocol.ListRefused(ListRefuseReason.Unavailable, Terminated);
        return await _calls.AnswerAsync(completion, () => stopped).WaitAsync(cancellationToken).ConfigureAwait(false) switch
        {
            CatalogProtocol.CheckpointPage page => page,
            CatalogProtocol.ListRefused refused => throw new ListRefusedException(refused.Reason, refused.Detail),
            var reply => throw new InvalidOperationException($"{reply.GetType().Name} is no answer to this request."),
        };
    }

    private Task<ICheckpointReply> CallAsync(ICheckpointCommand command, CancellationToken cancellationToken)
    {
        var completion = new TaskCompletionSource<ICheckpointReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        clientActor.Tell(new CheckpointClientActor.Call(command, completion, Spans.OfCaller));
        return _calls.AnswerAsync(completion, () => WaitingRequest.UnknownReply(command, "Stopped", Terminated)).WaitAsync(cancellationToken);
    }

    private static Exception Unexpected(ICheckpointReply reply) => reply is Unavailable unavailable
        ? new CheckpointUnavailableException(unavailable.Key, unavailable.Reason, unavailable.Detail)
        : new InvalidOperationException($"{reply.GetType().Name} is no answer to this request.");
}
