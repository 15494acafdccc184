using Akka.Actor;
using Akka.Event;

namespace RetainActors.Cli;

/// <summary>Akka's log on standard error, one line per event and without stack traces. Named in the tool's configuration.</summary>
internal sealed class StandardErrorLogger : UntypedActor
{
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                break;
            case LogEvent log:
                var cause = log.Cause is null ? "" : $" ({log.Cause.GetType().Name}: {log.Cause.Message})";
                Console.Error.WriteLine(PlainText.OneLine($"akka {log.LogLevel().ToString()[..^"Level".Length].ToLowerInvariant()}: {log.Message}{cause}"));
                break;
        }
    }
}
