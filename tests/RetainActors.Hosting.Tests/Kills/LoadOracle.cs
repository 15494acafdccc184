using System.Globalization;

namespace RetainActors.Hosting.Tests.Kills;

/// <summary>
/// What a service must hold by what it has told, kept outside of it: the value acknowledged last for each key, or one of those
/// whose answer did not come.
/// </summary>
internal sealed class LoadOracle
{
    private readonly Dictionary<string, string> _values = [];
    private readonly Dictionary<string, List<string>> _inDoubt = [];
    private readonly Dictionary<(string Key, long Revision), string> _revisions = [];
    private readonly Dictionary<string, string> _open = [];

    public int Acknowledged { get; private set; }

    /// <summary>Requests that were not answered.</summary>
    public int Unanswered => _open.Count;

    /// <summary>How many were refused, or answered with that it is unknown.</summary>
    public int NotAcknowledged { get; private set; }

    /// <summary>A new life: what was not answered in the one before is in doubt.</summary>
    public void Begin() => _open.Clear();

    /// <summary>Takes a line; null while it tells nothing that must not be.</summary>
    public string? Take(string line)
    {
        var words = line.Split(' ');
        switch (words[0])
        {
            case "opening" or "ready" or "stopped":
                return null;
            case "state":
                return Found(words[1], words[2]);
            case "past":
                return _revisions.TryGetValue((words[1], Number(words[2])), out var then) && then != words[3]
                    ? $"{line}, and {then} was acknowledged for that revision"
                    : null;
            case "try":
                _open[words[1]] = words[2];
                InDoubt(words[1]).Add(words[2]);
                return null;
            case "ack":
                Acknowledged++;
                _open.Remove(words[1], out var value);
                _values[words[1]] = value!;
                InDoubt(words[1]).Clear();
                if (Number(words[2]) > 0) _revisions[(words[1], Number(words[2]))] = value!;
                return null;
            case "refused":
                NotAcknowledged++;
                _open.Remove(words[1]);
                InDoubt(words[1]).RemoveAt(InDoubt(words[1]).Count - 1);
                return null;
            case "unknown":
                NotAcknowledged++;
                _open.Remove(words[1]);
                return null;
            default:
                return line;
        }
    }

    private string? Found(string key, string value)
    {
        var known = _values.TryGetValue(key, out var acknowledged);
        if (known && value != acknowledged && !InDoubt(key).Contains(value))
            return $"{key}: acknowledged {acknowledged}, in doubt {string.Join(' ', InDoubt(key))}, found {value}";
        _values[key] = value;
        InDoubt(key).Clear();
        return null;
    }

    private List<string> InDoubt(string key)
    {
        if (!_inDoubt.TryGetValue(key, out var values)) _inDoubt[key] = values = [];
        return values;
    }

    private static long Number(string word) => long.Parse(word, CultureInfo.InvariantCulture);
}
