using Microsoft.Extensions.AI;
using RetainActors.Runs;

namespace RetainActors.Tests.Runs;

// docs/runs.md: a model
/// <summary>Asks a model for the facts of each section, one call for each visit of the state, so that each answer is durable before the next call.</summary>
public sealed class FactStates(IChatClient model)
{
    public StateTable BuildTable() => new StateTableBuilder("EXTRACT_FACTS").Version("facts prompt 1")
        .Add("EXTRACT_FACTS", ExtractFactsAsync, next: ["EXTRACT_FACTS", "PUBLISH"], policy: new StatePolicy
        {
            Timeout = TimeSpan.FromMinutes(2),
            Retry = new RetryPolicy { MaxTries = 4, Retries = e => e is HttpRequestException or TimeoutException },
        })
        .Add("PUBLISH", (_, context, _) => Task.FromResult(new StateResult(context, Transition.Completed)))
        .Build();

    private async Task<StateResult> ExtractFactsAsync(StateScope scope, RetainContext context, CancellationToken cancellationToken)
    {
        var sections = scope.Derive("sections", s => s.Text.Split("\n\n"));
        var section = context.VisitsOf("EXTRACT_FACTS");
        var answer = await model.GetResponseAsync(
            [new ChatMessage(ChatRole.User, $"List the facts of this text:\n{sections[section]}")], cancellationToken: cancellationToken);
        scope.Note("tokens", answer.Usage?.TotalTokenCount ?? 0);
        return new StateResult(
            context with { Entities = context.Entities.Add(answer.Text) },
            Transition.To(section + 1 < sections.Length ? "EXTRACT_FACTS" : "PUBLISH"));
    }
}
// end
