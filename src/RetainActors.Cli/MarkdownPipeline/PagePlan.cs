namespace RetainActors.Cli.MarkdownPipeline;

/// <summary>The ids of the wiki pages that a publication makes, changes and removes.</summary>
internal sealed record PagePlan(IReadOnlyList<string> Created, IReadOnlyList<string> Updated, IReadOnlyList<string> Removed);
