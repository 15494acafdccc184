using System.Collections.Concurrent;
using System.Globalization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace RetainActors.Hosting.Tests.SaveCosts;

/// <summary>The mailbox of every actor of a system that names it in <see cref="Configuration"/>; counts what is told to actors, by type.</summary>
public sealed class CountingMailbox : MailboxType, IProducesMessageQueue<CountingMailbox.Queue>
{
    private static readonly ConcurrentDictionary<string, MessageCounts> OfSystem = new(StringComparer.Ordinal);

    /// <summary>Made by Akka.</summary>
    public CountingMailbox(Settings settings, Config config)
        : base(settings, config)
    {
    }

    /// <summary>Makes it the mailbox of all actors, also of those that stash.</summary>
    public static string Configuration
    {
        get
        {
            var type = $"\"{typeof(CountingMailbox).AssemblyQualifiedName}\"";
            return string.Create(CultureInfo.InvariantCulture, $$"""
                akka.actor.default-mailbox.mailbox-type = {{type}}
                akka.actor.mailbox.unbounded-deque-based.mailbox-type = {{type}}
                """);
        }
    }

    /// <summary>What was told in an actor system.</summary>
    internal static MessageCounts Of(string system) => OfSystem.GetOrAdd(system, _ => new MessageCounts());

    /// <inheritdoc/>
    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new Queue(Of(system.Name));

    /// <summary>A queue that counts what comes from outside; what an actor puts back is no message.</summary>
    public sealed class Queue : IMessageQueue, IUnboundedDequeBasedMessageQueueSemantics
    {
        private readonly UnboundedDequeMessageQueue _inner = new();
        private readonly MessageCounts _counts;

        internal Queue(MessageCounts counts) => _counts = counts;

        /// <inheritdoc/>
        public bool HasMessages => _inner.HasMessages;

        /// <inheritdoc/>
        public int Count => _inner.Count;

        /// <inheritdoc/>
        public void Enqueue(IActorRef receiver, Envelope envelope)
        {
            _counts.Add(envelope.Message.GetType().Name);
            _inner.Enqueue(receiver, envelope);
        }

        /// <inheritdoc/>
        public bool TryDequeue(out Envelope envelope) => _inner.TryDequeue(out envelope);

        /// <inheritdoc/>
        public void EnqueueFirst(Envelope envelope) => _inner.EnqueueFirst(envelope);

        /// <inheritdoc/>
        public void CleanUp(IActorRef owner, IMessageQueue deadletters) => _inner.CleanUp(owner, deadletters);
    }
}

/// <summary>How many messages of each type were told.</summary>
internal sealed class MessageCounts
{
    private readonly ConcurrentDictionary<string, int> _counts = new(StringComparer.Ordinal);

    public void Add(string type) => _counts.AddOrUpdate(type, 1, (_, count) => count + 1);

    public int Of(string type) => _counts.GetValueOrDefault(type);

    /// <summary>Types told at least so often.</summary>
    public IReadOnlyDictionary<string, int> AtLeast(int count) =>
        _counts.Where(type => type.Value >= count).ToDictionary(StringComparer.Ordinal);
}
