using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;

namespace RetainActors.Storage.Driver;

/// <summary>What a log should hold.</summary>
public sealed record LogModel(ImmutableSortedDictionary<string, LogModel.Key> Keys)
{
    /// <summary>A log without a record.</summary>
    public static LogModel Empty { get; } = new(ImmutableSortedDictionary.Create<string, Key>(StringComparer.Ordinal));

    /// <summary>What a log holds of some ids, read to the last byte.</summary>
    public static LogModel Of(FileLog log, Func<string, bool> includes) => new(log.Ids.Where(includes).ToImmutableSortedDictionary(
        id => id,
        id => new Key(
            log.GetHighestSequenceNumberAsync(id).GetAwaiter().GetResult(),
            log.Read(id, 1, long.MaxValue, long.MaxValue).ToImmutableSortedDictionary(record => record.SequenceNumber, record => Hash(record.Payload.Span))),
        StringComparer.Ordinal));

    /// <summary>Stands for a payload.</summary>
    public static uint Hash(ReadOnlySpan<byte> payload) => BinaryPrimitives.ReadUInt32LittleEndian(SHA256.HashData(payload));

    /// <summary>The highest number that an id ever had; 0 when it is unknown.</summary>
    public long HighestOf(string id) => Keys.GetValueOrDefault(id)?.Highest ?? 0;

    /// <summary>The log after an append.</summary>
    public LogModel Append(string id, long number, uint hash)
    {
        var key = Keys.GetValueOrDefault(id) ?? new Key(0, ImmutableSortedDictionary<long, uint>.Empty);
        return new LogModel(Keys.SetItem(id, new Key(number, key.Records.Add(number, hash))));
    }

    /// <summary>The log after a deletion up to a number.</summary>
    public LogModel Delete(string id, long to) => Keys.TryGetValue(id, out var key)
        ? new LogModel(Keys.SetItem(id, key with { Records = key.Records.RemoveRange(key.Records.Keys.Where(number => number <= to)) }))
        : this;

    /// <summary>Everything in one line; two models are equal when these are.</summary>
    public string Describe() => string.Join("; ", Keys.Select(pair => string.Create(
        CultureInfo.InvariantCulture,
        $"{pair.Key} highest {pair.Value.Highest}: {string.Join(' ', pair.Value.Records.Select(record => string.Create(CultureInfo.InvariantCulture, $"{record.Key}={record.Value:x}")))}")));

    /// <summary>What is known of an id.</summary>
    /// <param name="Highest">The highest number that it ever had.</param>
    /// <param name="Records">The hashes of the payloads that are not deleted, by number.</param>
    public sealed record Key(long Highest, ImmutableSortedDictionary<long, uint> Records);
}
