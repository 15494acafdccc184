using Akka.Actor;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests;

// README: your own actor
/// <summary>An ingestion of your own: FETCH, then PARSE, each left only when its checkpoint is durable.</summary>
public sealed class Ingestion : FSM<string, RetainContext>
{
    public sealed record Done(string Next);

    public Ingestion(CheckpointKey key, IActorRef checkpoints, IActorRef worker)
    {
        StartWith("loading", new RetainContext(key) { NextState = "FETCH" });
        When("loading", message => message.FsmEvent switch
        {
            Loaded loaded => Work(loaded.Context),
            NotFound => Work(message.StateData),
            _ => null,
        });
        When("working", message => message.FsmEvent is Done done ? Save(message.StateData, done.Next) : null);
        When("saving", message => message.FsmEvent is Saved ? Work(message.StateData) : Stop(new Failure(message.FsmEvent)));
        Initialize();
        checkpoints.Tell(new Load(key));

        State<string, RetainContext> Save(RetainContext context, string next)
        {
            var left = context with { CompletedState = context.NextState, NextState = next };
            checkpoints.Tell(new Save(left));
            return GoTo("saving").Using(left);
        }

        State<string, RetainContext> Work(RetainContext context)
        {
            worker.Tell(context.NextState);
            return GoTo("working").Using(context);
        }
    }
}
// end
