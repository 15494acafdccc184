using System.Collections.Immutable;
using RetainActors.Json;

namespace RetainActors.Benchmarks;

/// <summary>
/// The documents that are saved: about 2 KB of JSON with ids, entities, pages and six steps. From one version to the next a state is
/// left: one step and one entity are new, the oldest ones go.
/// </summary>
internal static class Documents
{
    private const int Steps = 6;
    private const int Entities = 20;

    /// <summary>Versions whose lists are made beforehand, so that little of what is measured is spent on making documents.</summary>
    private const int Prepared = 1024;

    private static readonly ImmutableArray<string> Created = [.. Enumerable.Range(0, 6).Select(i => $"wiki-page-{i}")];
    private static readonly ImmutableArray<string> Updated = [.. Enumerable.Range(0, 10).Select(i => $"wiki-page-{i + 6}")];
    private static readonly ImmutableArray<string>[] EntitiesOf =
        [.. Enumerable.Range(0, Prepared).Select(version => Enumerable.Range(version, Entities).Select(i => $"entity number {i}").ToImmutableArray())];
    private static readonly ImmutableArray<StepLogEntry>[] StepsOf =
        [.. Enumerable.Range(0, Prepared).Select(version => Enumerable.Range(version, Steps).Select(StepAt).ToImmutableArray())];
    private static readonly string TextSha256 = new('a', 64);
    private static readonly Timestamp Started = At(0);

    /// <summary>What the peers store, which get bytes and do no JSON work: as many as the context has as JSON.</summary>
    public static byte[] Payload { get; } = ContextJson.Encode(ContextAt(1, 1)).ToArray();

    public static CheckpointKey KeyOf(int key) => new("bench", $"documents/{key:D7}.md");

    public static RetainContext ContextAt(int key, int version) => new(KeyOf(key))
    {
        TextLength = 20_000,
        TextSha256 = TextSha256,
        DocumentId = $"document-{key}",
        Entities = EntitiesOf[version % Prepared],
        WikisCreated = Created,
        WikisUpdated = Updated,
        CompletedState = StateAt(version),
        NextState = StateAt(version + 1),
        StepLog = StepsOf[version % Prepared],
        StartedAt = Started,
    };

    /// <summary>The version that a context was made as.</summary>
    public static int VersionOf(RetainContext context) =>
        int.Parse(context.CompletedState.AsSpan("STATE_".Length), System.Globalization.CultureInfo.InvariantCulture);

    public static StepLogEntry StepAt(int step) => new(StateAt(step), At(step), At(step + 1), 12.5);

    public static string StateAt(int step) => $"STATE_{step}";

    private static Timestamp At(int second) => Timestamp.From(DateTimeOffset.UnixEpoch.AddSeconds(second));
}
