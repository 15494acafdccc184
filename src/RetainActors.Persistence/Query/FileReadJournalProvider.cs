using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence.Query;

namespace RetainActors.Persistence.Query;

/// <summary>Makes the <see cref="FileReadJournal"/> of a section <c>akka.persistence.query.journal.*</c>.</summary>
/// <param name="system">The actor system of the journal.</param>
/// <param name="config">The section.</param>
public sealed class FileReadJournalProvider(ExtendedActorSystem system, Config config) : IReadJournalProvider
{
    /// <inheritdoc />
    public IReadJournal GetReadJournal() => new FileReadJournal(system, config);
}
