using RetainActors.Runs;

namespace RetainActors.Tests.Runs;

/// <summary>State handlers of a line each.</summary>
internal static class Handlers
{
    public static StateHandler Completes { get; } = Returns(Transition.Completed);

    public static StateHandler Forks { get; } = Returns(Transition.Fork);

    public static StateHandler GoesTo(string state) => Returns(Transition.To(state));

    public static StateHandler Returns(Transition transition) => (_, context, _) => Task.FromResult(new StateResult(context, transition));

    public static StateHandler Throws(Func<Exception> failure) => (_, _, _) => throw failure();

    /// <summary>Fails the first time it is called, and does as the other from then on.</summary>
    public static StateHandler FailsOnce(StateHandler then) => FailsTimes(1, then);

    /// <summary>Fails the first times it is called, and does as the other from then on.</summary>
    public static StateHandler FailsTimes(int times, StateHandler then)
    {
        var calls = 0;
        return (scope, context, stop) => Interlocked.Increment(ref calls) <= times
            ? throw new TimeoutException("no model today")
            : then(scope, context, stop);
    }

    /// <summary>Adds its own name to the entities, then goes on as the other.</summary>
    public static StateHandler Marks(StateHandler then) => (scope, context, stop) =>
        then(scope, context with { Entities = context.Entities.Add(scope.State) }, stop);

    /// <summary>Shows the context that it was entered with, then goes on as the other.</summary>
    public static StateHandler Sees(Action<StateScope, RetainContext> see, StateHandler then) => (scope, context, stop) =>
    {
        see(scope, context);
        return then(scope, context, stop);
    };
}

/// <summary>An exception that cannot even say what is wrong: the one thing a handler can throw that is no outcome.</summary>
internal sealed class UnreadableException : Exception
{
    public override string Message => throw new NotSupportedException();
}
