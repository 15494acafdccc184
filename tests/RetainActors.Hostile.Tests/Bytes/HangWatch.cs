namespace RetainActors.Hostile.Tests.Bytes;

/// <summary>Ends the process, with the input, when one input is read for a minute of processor time: nothing else could stop it.</summary>
internal sealed class HangWatch : IDisposable
{
    private static readonly TimeSpan TooLong = TimeSpan.FromSeconds(60);

    private readonly Timer _timer;
    private volatile Reading _current = new("", [], TimeSpan.Zero);

    public HangWatch() => _timer = new Timer(_ => Look(), null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(5));

    /// <summary>The next input.</summary>
    public void Begin(string reader, byte[] input) => _current = new Reading(reader, input, Environment.CpuUsage.TotalTime);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        if (_current is { Reader: not "" } reading && Environment.CpuUsage.TotalTime - reading.Since > TooLong)
            Environment.FailFast($"{reading.Reader} hangs on {Convert.ToBase64String(reading.Input)}");
    }

    private sealed record Reading(string Reader, byte[] Input, TimeSpan Since);
}
