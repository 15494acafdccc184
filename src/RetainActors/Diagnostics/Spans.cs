using System.Diagnostics;

namespace RetainActors.Diagnostics;

/// <summary>
/// The spans of actors. <see cref="Activity.Current"/> belongs to a thread, which an actor shares with others: a span gets its
/// parent by hand here, and the current one stays what it was.
/// </summary>
internal static class Spans
{
    public const string BankTag = "retain.bank";
    public const string SourceTag = "retain.source";

    private static readonly ActivitySource Source = new(RetainActorsTelemetry.ActivitySourceName, Instruments.Version);

    /// <summary>Whether anybody listens; when not, no span is made and no context passed on.</summary>
    public static bool AreHeard => Source.HasListeners();

    /// <summary>The context of the code that calls this, which is no actor; the default when nobody listens.</summary>
    public static ActivityContext OfCaller => AreHeard && Activity.Current is { } current ? current.Context : default;

    /// <summary>Starts a span; null when nobody listens to it.</summary>
    public static Activity? Start(string name, ActivityContext parent, CheckpointKey key, IEnumerable<ActivityLink>? links = null)
    {
        if (!AreHeard) return null;
        var current = Activity.Current;
        Activity.Current = null;
        var span = Source.StartActivity(name, ActivityKind.Internal, parent, links: links);
        SetCurrent(current);
        return span?.SetTag(BankTag, key.Bank).SetTag(SourceTag, key.Source);
    }

    /// <summary>Ends a span; on any thread.</summary>
    /// <param name="span">The span.</param>
    /// <param name="error">Null when what it stands for succeeded.</param>
    public static void End(Activity span, string? error = null)
    {
        var current = Activity.Current;
        if (error is not null) span.SetStatus(ActivityStatusCode.Error, error);
        span.Stop();
        SetCurrent(current);
    }

    /// <summary>A current one that has ended meanwhile cannot be put back: then there is none.</summary>
    private static void SetCurrent(Activity? current)
    {
        Activity.Current = null;
        if (current is { IsStopped: false }) Activity.Current = current;
    }
}
