using Akka.Actor;
using RetainActors.Runs;

namespace RetainActors.Cli.Output;

/// <summary>Hears how the runs of the system go and tells the progress.</summary>
internal sealed class RunProgressActor(RunProgress progress) : UntypedActor
{
    public static Props PropsFor(RunProgress progress) => Props.Create(() => new RunProgressActor(progress));

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(RunEvent));

    protected override void OnReceive(object message)
    {
        if (message is RunEvent told) progress.On(told);
        else Unhandled(message);
    }
}
