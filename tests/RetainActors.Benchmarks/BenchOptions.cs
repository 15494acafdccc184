using System.Globalization;
using RetainActors.Benchmarks.Stores;

namespace RetainActors.Benchmarks;

/// <summary>What the command line says.</summary>
/// <param name="Rounds">Counted rounds of each store, interleaved with those of the others.</param>
/// <param name="Time">How long a round is.</param>
/// <param name="Keys">Keys that are saved at once.</param>
/// <param name="Scales">Numbers of keys of W4.</param>
/// <param name="Only">Workloads to run, such as W1; all when empty.</param>
/// <param name="Stores">Ids of the stores to measure; all when empty.</param>
/// <param name="Curves">Where the curves of W4 and W5 go as SVG; nowhere when null.</param>
internal sealed record BenchOptions(
    int Rounds, TimeSpan Time, int Keys, IReadOnlyList<int> Scales, IReadOnlyList<string> Only, IReadOnlyList<string> Stores,
    string? Curves)
{
    public static BenchOptions Parse(IReadOnlyList<string> args) => new(
        Number(args, "--rounds", 5),
        TimeSpan.FromSeconds(Number(args, "--seconds", 5)),
        Number(args, "--keys", 1000),
        [.. (Text(args, "--scales") ?? "1000,10000,100000,1000000").Split(',').Select(scale => int.Parse(scale, CultureInfo.InvariantCulture))],
        Names(args, "--only"),
        Names(args, "--stores"),
        Text(args, "--curves"));

    public bool Wants(string workload) => Only.Count == 0 || Only.Contains(workload, StringComparer.OrdinalIgnoreCase);

    public IEnumerable<Peer> Chosen(IEnumerable<Peer> peers) => peers.Where(peer => Stores.Count == 0 || Stores.Contains(peer.Id, StringComparer.Ordinal));

    public static int Number(IReadOnlyList<string> args, string name, int otherwise) =>
        Text(args, name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static string[] Names(IReadOnlyList<string> args, string name) =>
        (Text(args, name) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static string? Text(IReadOnlyList<string> args, string name)
    {
        for (var i = 0; i + 1 < args.Count; i++)
            if (args[i] == name) return args[i + 1];
        return null;
    }
}
