using System.Globalization;
using RetainActors.Runs;

namespace RetainActors.Cluster.Driver;

/// <summary>
/// States one behind the other, each as slow as a model and told when it is entered: <c>STATE time run state</c>. What a state leaves in
/// the context is its own number.
/// </summary>
internal static class States
{
    public static CheckpointKey Key(int run) => new("bank", $"runs/{run}.md");

    public static StateTable Table(int count, TimeSpan latency)
    {
        var builder = new StateTableBuilder(Name(0));
        for (var i = 0; i < count; i++)
        {
            var number = i;
            string[] next = number + 1 < count ? [Name(number + 1)] : [];
            builder.Add(Name(number), (scope, context, stop) => EnterAsync(scope, context, number, next, latency, stop), next);
        }

        return builder.Build();
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"S{number}");

    private static async Task<StateResult> EnterAsync(
        StateScope scope, RetainContext context, int number, string[] next, TimeSpan latency, CancellationToken stop)
    {
        Told.At("STATE", scope.Key.Source, number);
        // From a half to one and a half of it: runs that were resumed together go apart.
        await Task.Delay(latency * (0.5 + Random.Shared.NextDouble()), stop);
        return new StateResult(
            context with { Entities = context.Entities.Add(Name(number)) }, next is [var name] ? Transition.To(name) : Transition.Completed);
    }
}

/// <summary>The text of every source is its name.</summary>
internal sealed class Texts : ISourceTexts
{
    public Task<string?> FindAsync(CheckpointKey key, CancellationToken cancellationToken) => Task.FromResult<string?>(key.Source);
}
