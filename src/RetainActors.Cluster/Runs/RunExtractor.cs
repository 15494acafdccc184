using Akka.Cluster.Sharding;

namespace RetainActors.Cluster.Runs;

/// <summary>
/// Tells the shards which run a message is for. The id gives the key back, however long it is: a remembered run is started
/// again with nothing else.
/// </summary>
internal sealed class RunExtractor(int numberOfShards) : HashCodeMessageExtractor(numberOfShards)
{
    private const char Separator = '/';

    public override string? EntityId(object message) => message is RunRequest request ? IdOf(request.Key) : null;

    public static string IdOf(CheckpointKey key) => $"{Uri.EscapeDataString(key.Bank)}{Separator}{Uri.EscapeDataString(key.Source)}";

    public static CheckpointKey KeyOf(string entityId) => entityId.Split(Separator) is [var bank, var source]
        ? new CheckpointKey(Uri.UnescapeDataString(bank), Uri.UnescapeDataString(source))
        : throw new FormatException($"'{entityId}' is no run.");
}
