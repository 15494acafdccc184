using System.Collections.Immutable;

namespace RetainActors.Cli.Tests.EndToEnd;

/// <summary>Reads the checkpoints of a root, read-only, inside the test process.</summary>
internal static class Checkpoints
{
    public static Task<IReadOnlyDictionary<string, RetainContext>> ReadAsync(string root, string bank, IEnumerable<string> sources) =>
        ReadAsync(RetainConfig.Load(root, null, readOnly: true), bank, sources);

    public static async Task<IReadOnlyDictionary<string, RetainContext>> ReadAsync(RetainConfig config, string bank, IEnumerable<string> sources)
    {
        await using var retain = await RetainSystem.StartAsync(config, _ => { }, CancellationToken.None);
        var client = RetainCheckpoints.Get(retain.System).Client;
        var contexts = ImmutableDictionary.CreateBuilder<string, RetainContext>(StringComparer.Ordinal);
        foreach (var source in sources)
            if (await client.LoadAsync(new CheckpointKey(bank, source)) is { } loaded)
                contexts.Add(source, loaded.Context);
        return contexts.ToImmutable();
    }

    /// <summary>Over the whole history of a source each state ran once: a state whose save was acknowledged never ran again.</summary>
    public static void AssertEachStateRanOnce(RetainContext context)
    {
        Assert.Equal(CheckpointStatus.Completed, context.Status);
        Assert.All(context.StepLog, step => Assert.Null(step.Error));
        var states = context.StepLog.Select(step => step.State).ToArray();
        Assert.Equal(states.Distinct(StringComparer.Ordinal), states);
        Assert.Equal(10, states.Length);
    }
}
