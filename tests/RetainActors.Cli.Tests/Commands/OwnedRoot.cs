namespace RetainActors.Cli.Tests.Commands;

/// <summary>A root whose owner is running.</summary>
internal static class OwnedRoot
{
    private const int HeaderLength = 40;
    private const byte WatermarkKind = 3;

    /// <summary>Waits until the idle owner has proven its last record, which shows it to readers beside it.</summary>
    public static async Task AwaitWatermarkAsync(string root)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!EndsInWatermark(Directory.GetFiles(Path.Combine(root, "journal"), "*.segment").Max(StringComparer.Ordinal)!)) await Task.Delay(5, timeout.Token);
    }

    private static bool EndsInWatermark(string segment)
    {
        var header = File.ReadAllBytes(segment).AsSpan()[^HeaderLength..];
        return header.StartsWith("RBAT"u8) && header[4] == WatermarkKind;
    }
}
