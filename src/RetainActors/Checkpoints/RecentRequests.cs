namespace RetainActors.Checkpoints;

/// <summary>One accepted request: its id, a digest of its content, and the reply that it got and gets again.</summary>
internal readonly record struct AcceptedRequest(Guid Id, ContentDigest Digest, ICheckpointReply Reply);

/// <summary>The last <see cref="Capacity"/> accepted requests of a key, immutable. Adding is one small allocation.</summary>
internal sealed class RecentRequests
{
    public const int Capacity = 64;

    private readonly Node? _newest;
    private readonly int _length;

    private RecentRequests(Node? newest, int length)
    {
        _newest = newest;
        _length = length;
    }

    /// <summary>Requests from the oldest to the newest.</summary>
    public static RecentRequests From(IEnumerable<AcceptedRequest> oldestFirst)
    {
        var (newest, length) = ((Node?)null, 0);
        foreach (var request in oldestFirst) (newest, length) = (new Node(request, newest), length + 1);
        return new RecentRequests(newest, length);
    }

    public static RecentRequests None { get; } = new(null, 0);

    public RecentRequests With(AcceptedRequest request) =>
        // The chain may grow to twice the capacity; then its newer half is copied, so old requests are let go.
        _length < 2 * Capacity - 1
            ? new RecentRequests(new Node(request, _newest), _length + 1)
            : new RecentRequests(new Node(request, Copy(_newest, Capacity - 1)), Capacity);

    public AcceptedRequest? Find(Guid id)
    {
        var (node, seen) = (_newest, 0);
        for (; node is not null && seen < Capacity; node = node.Older, seen++)
            if (node.Request.Id == id)
                return node.Request;
        return null;
    }

    public IEnumerable<AcceptedRequest> OldestFirst()
    {
        var requests = new Stack<AcceptedRequest>(Capacity);
        for (var node = _newest; node is not null && requests.Count < Capacity; node = node.Older) requests.Push(node.Request);
        return requests;
    }

    private static Node? Copy(Node? node, int count) => node is null || count == 0 ? null : new Node(node.Request, Copy(node.Older, count - 1));

    private sealed record Node(AcceptedRequest Request, Node? Older);
}
