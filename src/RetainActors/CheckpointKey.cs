using System.Text;
using RetainActors.Json;

namespace RetainActors;

/// <summary>
/// The pair (bank, source) that owns one checkpoint. Both ids are any well-formed Unicode text of 1 to
/// <see cref="MaxIdBytes"/> UTF-8 bytes; they are compared ordinally, byte by byte.
/// </summary>
public sealed record CheckpointKey
{
    /// <summary>The largest id, in UTF-8 bytes.</summary>
    public const int MaxIdBytes = 1024;

    /// <summary>Makes a key.</summary>
    /// <exception cref="ArgumentException">An id is empty, too long, or holds a lone surrogate; the message names it.</exception>
    public CheckpointKey(string bank, string source)
    {
        Bank = Checked(bank, nameof(bank));
        Source = Checked(source, nameof(source));
        PersistenceId = CheckpointKeyEncoding.PersistenceIdOf(Bank, Source);
    }

    /// <summary>The bank: the collection that the source belongs to.</summary>
    public string Bank { get; }

    /// <summary>The source: the document that is retained.</summary>
    public string Source { get; }

    /// <summary>
    /// The Akka.Persistence id and entity id of the key: <c>ck~BANK~SOURCE</c>, injective, at most 200 ASCII characters.
    /// </summary>
    public string PersistenceId { get; }

    /// <inheritdoc/>
    public bool Equals(CheckpointKey? other) => other is not null && Bank == other.Bank && Source == other.Source;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Bank, Source);

    /// <summary><c>bank/source</c>, for logs and messages.</summary>
    public override string ToString() => $"{Bank}/{Source}";

    private static string Checked(string id, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(id, name);
        if (WellFormedText.LoneSurrogateIn(id) is { } index)
            throw new ArgumentException($"The {name} id holds a lone surrogate at index {index}; ids must be well-formed Unicode.", name);
        var bytes = Encoding.UTF8.GetByteCount(id);
        return bytes <= MaxIdBytes
            ? id
            : throw new ArgumentException($"The {name} id has {bytes} UTF-8 bytes; at most {MaxIdBytes} are allowed.", name);
    }
}
