using System.Diagnostics;
using System.Globalization;

namespace RetainActors.Hosting.Tests.Kills;

/// <summary>Lives of a service, each a process of its own on the root that the one before left.</summary>
internal sealed class Services(string root, int seed, string lie = "")
{
    private readonly Random _random = new(seed);
    private int _life;

    public LoadOracle Oracle { get; } = new();

    public TimeSpan SlowestStop { get; private set; }

    /// <summary>One life, killed at a moment chosen at random; null when it found and kept what it had to.</summary>
    public string? Kill()
    {
        using var service = Start();
        // Now and then already while it starts.
        return Follow(service, _random.Next(6) == 0 ? _random.Next(1, 5) : _random.Next(10, 300)) ?? End(service, service.Kill);
    }

    /// <summary>One life, told to stop under load; null when every request was answered too.</summary>
    public string? Stop()
    {
        using var service = Start();
        if (Follow(service, _random.Next(12, 200)) is { } wrong) return wrong;
        var watch = Stopwatch.StartNew();
        if (End(service, () => service.Signal("TERM")) is { } violation) return violation;
        if (watch.Elapsed > SlowestStop) SlowestStop = watch.Elapsed;
        return Oracle.Unanswered == 0 ? null : $"life {_life}: {Oracle.Unanswered} requests without an answer";
    }

    private ChildProcess Start()
    {
        Oracle.Begin();
        return ChildProcess.Start("RetainActors.Hosting.Driver.dll", root, (seed + ++_life).ToString(CultureInfo.InvariantCulture), lie);
    }

    private string? Follow(ChildProcess service, int lines)
    {
        for (; lines > 0; lines--)
        {
            if (service.ReadLine() is not { } line) return $"life {_life} ended by itself";
            if (Oracle.Take(line) is { } wrong) return $"life {_life}: {wrong}";
        }

        return null;
    }

    private string? End(ChildProcess service, Action end)
    {
        end();
        var wrong = service.ReadToEnd().Select(Oracle.Take).FirstOrDefault(wrong => wrong is not null);
        return wrong is null ? null : $"life {_life}: {wrong}";
    }
}
