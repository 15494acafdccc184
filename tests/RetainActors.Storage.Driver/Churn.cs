using System.Globalization;

namespace RetainActors.Storage.Driver;

/// <summary>
/// Workers that append and delete for ever, over small segments that change and are compacted, and tell of each step: what the log
/// holds after opening, what is tried, what was acknowledged. Who reads along knows what must be there after a kill at any moment.
/// </summary>
public sealed class Churn(FileLog log, int life, bool acknowledgesFirst)
{
    /// <summary>Begins a line about a request that failed.</summary>
    public const string Failure = "failed ";

    /// <summary>Ends a line that the pipe may cut.</summary>
    public const string LineEnd = " end";

    /// <summary>Each has ids of its own and one request under way.</summary>
    private const int Workers = 4;

    private const int OperationsBetweenCompactions = 8;

    private volatile bool _stopping;

    /// <summary>How often a worker tries a request again that failed, and tells of it each time, before it gives up.</summary>
    internal int Attempts { get; init; }

    /// <summary>Tells what the log holds, works until the input ends.</summary>
    internal async Task RunAsync()
    {
        var models = Enumerable.Range(0, Workers).Select(Tell).ToArray();
        Say("ready");
        var work = models.Index().Select(pair => Task.Run(() => (Task)WorkAsync(pair.Index, pair.Item, int.MaxValue)));
        await Task.WhenAll(work.Append(Task.Run(ReadInput)));
    }

    /// <summary>Tells what the log holds of one worker, and returns it.</summary>
    internal LogModel Tell(int worker)
    {
        var model = LogModel.Of(log, id => Ids(worker).Contains(id));
        Say($"state {worker} {model.Describe()}{LineEnd}");
        return model;
    }

    /// <summary>So many steps of one worker, the same for a life every time.</summary>
    internal async Task<LogModel> WorkAsync(int worker, LogModel model, int steps)
    {
        var random = new Random((life * Workers) + worker);
        for (var count = 1; count <= steps && !_stopping; count++)
        {
            if (random.Next(4) == 0) model = await DeleteAsync(worker, model, random);
            else model = await AppendAsync(worker, model, random);
            if (worker == 0 && steps == int.MaxValue && count % OperationsBetweenCompactions == 0) await log.CompactAsync(0.8);
        }

        return model;
    }

    internal static void Say(FormattableString line) => Say(FormattableString.Invariant(line));

    internal static void Say(string line)
    {
        lock (Console.Out)
        {
            Console.Out.Write(line + "\n");
            Console.Out.Flush();
        }
    }

    private static string[] Ids(int worker) => [$"w{worker}a", $"w{worker}b", $"w{worker}c"];

    private void ReadInput()
    {
        Console.In.ReadLine();
        _stopping = true;
    }

    private async Task<LogModel> AppendAsync(int worker, LogModel model, Random random)
    {
        var unit = new List<LogEntry>();
        var told = new List<string>();
        for (var entries = random.Next(1, 4); entries > 0; entries--)
        {
            var id = Ids(worker)[random.Next(3)];
            // Another life gives the same number another payload, so one that comes back from the dead is noticed.
            var payload = new byte[random.Next(0, 600)];
            random.NextBytes(payload);
            var (number, hash) = (model.HighestOf(id) + random.Next(1, 3), LogModel.Hash(payload));
            model = model.Append(id, number, hash);
            unit.Add(new LogEntry(id, number, payload));
            told.Add(string.Create(CultureInfo.InvariantCulture, $"{id} {number} {hash:x}"));
        }

        await DoAsync(worker, $"append {string.Join(' ', told)}", () => log.AppendAsync(unit));
        return model;
    }

    private async Task<LogModel> DeleteAsync(int worker, LogModel model, Random random)
    {
        var id = Ids(worker)[random.Next(3)];
        var to = Math.Max(0, model.HighestOf(id) - random.Next(-1, 6));
        await DoAsync(worker, string.Create(CultureInfo.InvariantCulture, $"delete {id} {to}"), () => log.DeleteAsync(id, to));
        return model.Delete(id, to);
    }

    private async Task DoAsync(int worker, string what, Func<Task> operation)
    {
        for (var left = Attempts; ; left--)
        {
            Say($"try {worker} {what}");
            if (acknowledgesFirst) Say($"ack {worker}");
            try
            {
                await operation();
                break;
            }
            catch (StorageException failure) when (left > 0)
            {
                Say($"{Failure}{worker} {failure.Reason}");
            }
        }

        if (!acknowledgesFirst) Say($"ack {worker}");
    }
}
