using System.Globalization;
using RetainActors.Storage.Driver;

namespace RetainActors.Storage.Tests.Kills;

/// <summary>
/// What a log must hold by what its driver has told, kept outside of it: everything acknowledged, and of each worker the one
/// request under way at the end of a life wholly or not at all.
/// </summary>
internal sealed class ChurnOracle
{
    private readonly Dictionary<int, LogModel> _models = [];
    private readonly Dictionary<int, LogModel> _inDoubt = [];

    internal long Acknowledged { get; private set; }

    internal static bool IsOf(int worker, string id) => id.StartsWith($"w{worker}", StringComparison.Ordinal);

    internal IEnumerable<int> Workers => _models.Keys;

    /// <summary>Takes a line of the driver; null while it tells nothing that must not be.</summary>
    internal string? Take(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        switch (words[0])
        {
            case "opening" or "set" or "ready":
                return null;
            case "state":
                // Long enough to be cut off in the middle; then it is the last one.
                return line.EndsWith(Churn.LineEnd, StringComparison.Ordinal)
                    ? Found(Number(words[1]), line.Split(' ', 3)[2][..^Churn.LineEnd.Length])
                    : null;
            case "try":
                var worker = Number(words[1]);
                _inDoubt[worker] = After(_models[worker], words.AsSpan(2));
                return null;
            case "ack":
                _models[Number(words[1])] = _inDoubt[Number(words[1])];
                _inDoubt.Remove(Number(words[1]));
                Acknowledged++;
                return null;
            default:
                return line;
        }
    }

    /// <summary>Compares with what is there after an opening; from then on that is what must stay.</summary>
    internal string? Found(int worker, string description)
    {
        var model = _models.GetValueOrDefault(worker, LogModel.Empty);
        var inDoubt = _inDoubt.GetValueOrDefault(worker);
        if (inDoubt is not null && description == inDoubt.Describe()) model = inDoubt;
        else if (description != model.Describe())
            return $"acknowledged {model.Describe()}, in doubt {inDoubt?.Describe() ?? "nothing"}, found {description}";
        _models[worker] = model;
        _inDoubt.Remove(worker);
        return null;
    }

    private static LogModel After(LogModel model, ReadOnlySpan<string> request)
    {
        if (request[0] == "delete") return model.Delete(request[1], Number(request[2]));
        for (var entry = request[1..]; !entry.IsEmpty; entry = entry[3..])
            model = model.Append(entry[0], Number(entry[1]), uint.Parse(entry[2], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        return model;
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);
}
