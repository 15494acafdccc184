namespace RetainActors.Runs;

/// <summary>The three states of the seed's default table.</summary>
internal static class DefaultStates
{
    public static Task<StateResult> Init(StateScope scope, RetainContext context, CancellationToken cancellationToken) =>
        Task.FromResult(new StateResult(
            context,
            string.IsNullOrWhiteSpace(scope.Text) ? Transition.Fail("the source text is empty") : Transition.To("READ")));

    public static Task<StateResult> Read(StateScope scope, RetainContext context, CancellationToken cancellationToken) =>
        Task.FromResult(new StateResult(context, Transition.To("COMPLETE")));

    public static Task<StateResult> Complete(StateScope scope, RetainContext context, CancellationToken cancellationToken) =>
        Task.FromResult(new StateResult(context, Transition.Completed));
}
