using Akka.Configuration;

namespace RetainActors.Cluster.Wire;

/// <summary>What fits a message between nodes. Akka drops a larger one with a line in the log; its sender never hears of it.</summary>
internal static class WireLimit
{
    /// <summary>Room for what Akka wraps around a message: the paths of sender and recipient above all.</summary>
    private const int EnvelopeBytes = 16 * 1024;

    private const string FrameSize = "akka.remote.dot-netty.tcp.maximum-frame-size";

    /// <summary>The largest message, in bytes.</summary>
    public static int MaxMessageBytes(Config config) =>
        config.GetByteSize(FrameSize) is { } frame ? (int)Math.Max(0, Math.Min(frame, int.MaxValue) - EnvelopeBytes) : int.MaxValue;
}
