using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using RetainActors.Json;

namespace RetainActors;

/// <summary>
/// What a state table looked like when a checkpoint was saved: its version, its states and their edges, but not what the
/// handlers do. Two fingerprints are equal when their hashes are.
/// </summary>
/// <param name="Version">The version that the user gave the table; null when none was given.</param>
/// <param name="InitialState">The state that a fresh run enters.</param>
/// <param name="States">
/// For each state where it leads to: the next states, sorted; for a fork its branches (<c>parallel:NAME</c>) in merge order and then its
/// join.
/// </param>
[JsonConverter(typeof(Converter))]
public sealed record TableFingerprint(
    string? Version, string InitialState, ImmutableSortedDictionary<string, ImmutableArray<string>> States)
{
    private string? _hash;

    /// <summary>SHA-256 over all of it, lower-case hex.</summary>
    public string Hash => _hash ??= Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text())));

    /// <inheritdoc/>
    public bool Equals(TableFingerprint? other) => ReferenceEquals(this, other) || (other is not null && Hash == other.Hash);

    /// <inheritdoc/>
    public override int GetHashCode() => Hash.GetHashCode(StringComparison.Ordinal);

    /// <summary>
    /// How another table differs from this one: its version, its initial state, the states that were added, removed, and changed. Null
    /// when it does not.
    /// </summary>
    /// <param name="now">The other table.</param>
    /// <param name="nameNow">The name that a state has there; a mere rename is no difference.</param>
    public string? DifferenceTo(TableFingerprint now, Func<string, string> nameNow)
    {
        var before = Renamed(nameNow);
        string?[] parts =
        [
            before.Version == now.Version ? null : $"version was {Quoted(before.Version)}, is {Quoted(now.Version)}",
            before.InitialState == now.InitialState ? null : $"initial state was '{before.InitialState}', is '{now.InitialState}'",
            Named("added", now.States.Keys.Except(before.States.Keys)),
            Named("removed", before.States.Keys.Except(now.States.Keys)),
            Named("changed", now.States.Keys.Where(name => before.States.TryGetValue(name, out var edges) && !edges.SequenceEqual(now.States[name]))),
        ];
        var differences = string.Join("; ", parts.OfType<string>());
        return differences.Length == 0 ? null : differences;
    }

    private TableFingerprint Renamed(Func<string, string> nameNow)
    {
        var states = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<string>>(StringComparer.Ordinal);
        foreach (var (name, edges) in States)
        {
            var renamed = edges.Select(edge => StepLogEntry.MapName(edge, nameNow));
            var isFork = edges.Any(edge => edge.StartsWith(StepLogEntry.BranchPrefix, StringComparison.Ordinal));
            states[nameNow(name)] = isFork ? [.. renamed] : [.. renamed.Order(StringComparer.Ordinal)];
        }

        return new TableFingerprint(Version, nameNow(InitialState), states.ToImmutable());
    }

    /// <summary>With counts and lengths: names may hold any character.</summary>
    private string Text()
    {
        var text = new StringBuilder();
        Append(text, Version is null ? [] : [Version]);
        Append(text, [InitialState]);
        foreach (var (name, edges) in States)
        {
            Append(text, [name]);
            Append(text, edges);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, ImmutableArray<string> names)
    {
        text.Append(names.Length).Append(';');
        foreach (var name in names) text.Append(name.Length).Append(':').Append(name);
    }

    private static string Quoted(string? version) => version is null ? "none" : $"'{version}'";

    private static string? Named(string what, IEnumerable<string> names) =>
        string.Join(", ", names.Select(name => $"'{name}'")) is { Length: > 0 } list ? $"{what} {list}" : null;

    internal sealed class Converter : JsonConverter<TableFingerprint>
    {
        public override TableFingerprint Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            JsonSerializer.Deserialize(ref reader, CheckpointJson.Stored.TableDocument)?.ToFingerprint() ?? throw new JsonException("A table was expected.");

        public override void Write(Utf8JsonWriter writer, TableFingerprint value, JsonSerializerOptions options) =>
            StoredValues.Write(writer, value);
    }
}
