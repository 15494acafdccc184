using System.Collections.Immutable;
using System.Text.Json;
using RetainActors.Runs;

namespace RetainActors.Cli.MarkdownPipeline;

/// <summary>
/// The states of <c>retain run</c>. Deterministic and offline: what they leave depends on the bank, the sources and their
/// texts alone. Each may be entered again after a crash and then changes nothing that it did before.
/// </summary>
/// <param name="bank">The writer of the bank.</param>
/// <param name="modelLatency">How long each extraction branch and each wiki update waits, standing for a model's call.</param>
/// <param name="readLimit">How long a text may take to be parsed; some texts are made to take for ever.</param>
internal sealed class MarkdownStates(BankWriter bank, TimeSpan modelLatency, TimeSpan readLimit)
{
    public static readonly TimeSpan DefaultReadLimit = TimeSpan.FromSeconds(60);

    public const string Init = "INIT";
    public const string Read = "READ";
    public const string ExtractFacts = "EXTRACT_FACTS";
    public const string ExtractEntities = "EXTRACT_ENTITIES";
    public const string ExtractLinks = "EXTRACT_LINKS";
    public const string IdentifyAffectedWikis = "IDENTIFY_AFFECTED_WIKIS";
    public const string UpdateWikis = "UPDATE_WIKIS";
    public const string UpdateIndex = "UPDATE_INDEX_MD";
    public const string AppendLog = "APPEND_LOG_MD";
    public const string Complete = "COMPLETE";

    private const string CreatedNote = "wikisToCreate";
    private const string UpdatedNote = "wikisToUpdate";
    private const string RemovedNote = "wikisToRemove";

    public StateTable BuildTable() => new StateTableBuilder(Init)
        .Add(Init, OnInit, next: [Read])
        .AddFork(Read, OnReadAsync, branches: [ExtractFacts, ExtractEntities, ExtractLinks], join: IdentifyAffectedWikis)
        .Add(ExtractFacts, OnExtractFactsAsync)
        .Add(ExtractEntities, OnExtractEntitiesAsync)
        .Add(ExtractLinks, OnExtractLinksAsync)
        .Add(IdentifyAffectedWikis, OnIdentifyAffectedWikisAsync, next: [UpdateWikis])
        .Add(UpdateWikis, OnUpdateWikisAsync, next: [UpdateIndex])
        .Add(UpdateIndex, OnUpdateIndexAsync, next: [AppendLog])
        .Add(AppendLog, OnAppendLogAsync, next: [Complete])
        .Add(Complete, (_, context, _) => Task.FromResult(new StateResult(context, Transition.Completed)))
        .Build();

    private static Task<StateResult> OnInit(StateScope scope, RetainContext context, CancellationToken cancellationToken) =>
        Task.FromResult(new StateResult(
            context, string.IsNullOrWhiteSpace(scope.Text) ? Transition.Fail("the document is empty") : Transition.To(Read)));

    private async Task<StateResult> OnReadAsync(StateScope scope, RetainContext context, CancellationToken cancellationToken)
    {
        SourceDocument document;
        try
        {
            document = await Task.Run(() => DocumentOf(scope), cancellationToken).WaitAsync(readLimit, cancellationToken);
        }
        catch (UnreadableMarkdownException e)
        {
            return new StateResult(context, Transition.Fail($"the document cannot be read as Markdown: {e.Message}"));
        }
        catch (TimeoutException)
        {
            return new StateResult(context, Transition.Fail($"the document cannot be read as Markdown within {readLimit.TotalSeconds} s; split it, or simplify it"));
        }

        scope.Note("sections", document.Sections.Length);
        scope.Note("words", document.WordCount);
        return new StateResult(context with { DocumentId = SafeFileName.Of(scope.Key.Source) }, Transition.Fork);
    }

    private async Task<StateResult> OnExtractFactsAsync(StateScope scope, RetainContext context, CancellationToken cancellationToken)
    {
        var facts = await PartAsync(
            scope, draft => draft.Facts, () => FactExtractor.Extract(DocumentOf(scope)), (draft, part) => draft with { Facts = part }, cancellationToken);
        scope.Note("facts", facts.Length);
        return new StateResult(context, Transition.Completed);
    }

    private async Task<StateResult> OnExtractEntitiesAsync(StateScope scope, RetainContext context, CancellationToken cancellationToken)
    {
        var entities = await PartAsync(
            scope, draft => draft.Entities, () => EntityExtractor.Extract(DocumentOf(scope)), (draft, part) => draft with { Entities = part }, cancellationToken);
        scope.Note("entities", entities.Length);
        return new StateResult(context with { Entities = [.. context.Entities, .. entities.Select(entity => entity.Name)] }, Transition.Completed);
    }

    private async Task<StateResult> OnExtractLinksAsync(StateScope scope, RetainContext context, CancellationToken cancellationToken)
    {
        var links = await PartAsync(
            scope, draft => draft.Links, () => LinkExtractor.Extract(DocumentOf(scope)), (draft, part) => draft with { Links = part }, cancellationToken);
        scope.Note("links", links.Length);
        return new StateResult(context, Transition.Completed);
    }

    private async Task<StateResult> OnIdentifyAffectedWikisAsync(StateScope scope, RetainContext context, CancellationToken cancellationToken)
    {
        var (contribution, _) = await FinishedAsync(scope);
        var plan = await bank.PlanAsync(scope.Key.Source, contribution);
        // Kept in the step log, so that UPDATE_WIKIS reports the same pages when it is entered a second time.
        Note(scope, CreatedNote, plan.Created);
        Note(scope, UpdatedNote, plan.Updated);
        Note(scope, RemovedNote, plan.Removed);
        return new StateResult(context, Transition.To(UpdateWikis));
    }

    private async Task<StateResult> OnUpdateWikisAsync(StateScope scope, RetainContext context, CancellationToken cancellationToken)
    {
        var (contribution, isPublished) = await FinishedAsync(scope);
        if (!isPublished)
        {
            await Task.Delay(modelLatency, cancellationToken);
            await bank.PublishAsync(scope.Key.Source, contribution);
        }

        var created = Noted(context, CreatedNote);
        var updated = Noted(context, UpdatedNote);
        scope.Note("pages", contribution.Entities.Length);
        return new StateResult(
            context with { WikisCreated = [.. context.WikisCreated, .. created], WikisUpdated = [.. context.WikisUpdated, .. updated] },
            Transition.To(UpdateIndex));
    }

    private async Task<StateResult> OnUpdateIndexAsync(StateScope scope, RetainContext context, CancellationToken cancellationToken)
    {
        await bank.RenderIndexAsync();
        return new StateResult(context, Transition.To(AppendLog));
    }

    private async Task<StateResult> OnAppendLogAsync(StateScope scope, RetainContext context, CancellationToken cancellationToken)
    {
        var (contribution, _) = await FinishedAsync(scope);
        await bank.AppendLogAsync(BankPages.LogLine(scope.Key.Source, context.StartedAt?.Text ?? "(unknown start)", contribution));
        return new StateResult(context, Transition.To(Complete));
    }

    /// <summary>The stored part of this text, or else a new one: waits for the "model", extracts, and returns when the part is durable.</summary>
    private async Task<ImmutableArray<T>> PartAsync<T>(
        StateScope scope, Func<Draft, ImmutableArray<T>?> stored, Func<ImmutableArray<T>> extract, Func<Draft, ImmutableArray<T>, Draft> add,
        CancellationToken cancellationToken)
    {
        if ((await bank.FindAsync(scope.Key.Source))?.DraftOf(scope.TextSha256) is { } draft && stored(draft) is { } present) return present;
        await Task.Delay(modelLatency, cancellationToken);
        var part = extract();
        await bank.SavePartAsync(scope.Key.Source, scope.TextSha256, before => add(before, part));
        return part;
    }

    /// <summary>The whole contribution, from the draft or, once published, from there; made anew when somebody took the file away.</summary>
    private async Task<(Contribution Contribution, bool IsPublished)> FinishedAsync(StateScope scope)
    {
        var record = await bank.FindAsync(scope.Key.Source);
        var hash = scope.TextSha256;
        if (record is { Draft: null } && record.PublishedOf(hash) is { } published) return (published, true);

        var document = DocumentOf(scope);
        var draft = record?.DraftOf(hash) ?? new Draft(hash);
        draft = draft with
        {
            Facts = draft.Facts ?? FactExtractor.Extract(document),
            Entities = draft.Entities ?? EntityExtractor.Extract(document),
            Links = draft.Links ?? LinkExtractor.Extract(document),
        };
        return (draft.Finish(document.Title, document.Sections.Length), false);
    }

    private static SourceDocument DocumentOf(StateScope scope) => scope.Derive("document", s => MarkdownReader.Read(s.Key.Source, s.Text));

    private static void Note(StateScope scope, string name, IReadOnlyList<string> ids) =>
        scope.Note(name, JsonSerializer.SerializeToElement(ids, BankJson.Lines.IReadOnlyListString));

    private static ImmutableArray<string> Noted(RetainContext context, string name)
    {
        var step = context.StepLog.LastOrDefault(entry => entry.State == IdentifyAffectedWikis && entry.Error is null);
        return step is not null && step.Notes.TryGet(name, out var ids) && ids.ValueKind == JsonValueKind.Array
            ? [.. ids.EnumerateArray().Select(id => id.GetString() ?? "")]
            : [];
    }
}
