using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.TestKit;
using Reactive.Streams;

namespace RetainActors.Persistence.Tests;

/// <summary>A subscriber that asks for exactly as many elements as it is told to.</summary>
public sealed class StreamProbe<T> : ISubscriber<T>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TestProbe _probe;
    private readonly TaskCompletionSource<ISubscription> _subscription = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StreamProbe(Source<T, NotUsed> source, IMaterializer materializer, TestProbe probe)
    {
        _probe = probe;
        source.RunWith(Sink.FromSubscriber(this), materializer);
    }

    private sealed record Completed;

    public async Task RequestAsync(long elements) => (await _subscription.Task).Request(elements);

    public async Task CancelAsync() => (await _subscription.Task).Cancel();

    public async Task<IReadOnlyList<T>> NextAsync(int elements)
    {
        var received = new List<T>();
        while (received.Count < elements) received.Add((await _probe.ExpectMsgAsync<Element>(Patience)).Value);
        return received;
    }

    public async Task<T> NextAsync() => (await NextAsync(1))[0];

    public async Task CompletedAsync() => await _probe.ExpectMsgAsync<Completed>(Patience);

    public async Task<Exception> FailedAsync() => await _probe.ExpectMsgAsync<Exception>(Patience);

    public async Task NothingAsync() => await _probe.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(100));

    public void OnSubscribe(ISubscription subscription) => _subscription.SetResult(subscription);

    public void OnNext(T element) => _probe.Ref.Tell(new Element(element), Akka.Actor.ActorRefs.NoSender);

    public void OnError(Exception cause) => _probe.Ref.Tell(cause, Akka.Actor.ActorRefs.NoSender);

    public void OnComplete() => _probe.Ref.Tell(new Completed(), Akka.Actor.ActorRefs.NoSender);

    private sealed record Element(T Value);
}
