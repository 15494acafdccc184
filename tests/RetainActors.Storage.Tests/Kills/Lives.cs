using System.Globalization;
using RetainActors.Storage.Driver;

namespace RetainActors.Storage.Tests.Kills;

/// <summary>Lives of a log, each in a process of its own that ends by force, and each begun with what the one before left.</summary>
internal sealed class Lives(string directory, int seed, string lie = "")
{
    private readonly Random _random = new(seed);
    private readonly ChurnOracle _oracle = new();
    private int _life;

    internal long Acknowledged => _oracle.Acknowledged;

    /// <summary>One life, ended at a moment that is chosen at random; null when it found and kept what it had to.</summary>
    internal string? Live(Action<DriverProcess> end)
    {
        using var driver = DriverProcess.Start("churn", directory, (seed + ++_life).ToString(CultureInfo.InvariantCulture), lie);
        // Now and then already in the recovery, which may so be cut off time after time.
        for (var lines = _random.Next(5) == 0 ? 1 : _random.Next(5, 150); lines > 0; lines--)
        {
            if (driver.ReadLine() is not { } line) return $"life {_life} ended by itself";
            if (_oracle.Take(line) is { } wrong) return $"life {_life}: {wrong}";
        }

        // Lines tell that something is done; what is between them is met by waiting a little longer.
        for (var rounds = _random.Next(200_000); rounds > 0; rounds--) Interlocked.MemoryBarrier();
        var rest = new List<string>();
        if (_random.Next(8) == 0)
        {
            // In good order for once.
            driver.EndInput();
            rest.AddRange(driver.ReadToEnd());
        }

        end(driver);
        rest.AddRange(driver.ReadToEnd());
        return rest.Select(_oracle.Take).FirstOrDefault(wrong => wrong is not null) is { } violation
            ? $"life {_life}: {violation}"
            : null;
    }

    /// <summary>Opens the log in this process and compares; null when it holds what it must.</summary>
    internal string? Check() => Check(directory, _oracle);

    internal static string? Check(string directory, ChurnOracle oracle)
    {
        try
        {
            using var log = FileLog.Open(new FileLogSettings { Directory = directory }, PosixFileSystem.Instance);
            return oracle.Workers.ToList()
                .Select(worker => oracle.Found(worker, LogModel.Of(log, id => ChurnOracle.IsOf(worker, id)).Describe()))
                .FirstOrDefault(wrong => wrong is not null);
        }
        catch (StorageException failure)
        {
            return failure.Message;
        }
    }
}
