namespace RetainActors.Cli.MarkdownPipeline;

/// <summary>Words that look like names and are none.</summary>
internal static class EntityStopwords
{
    /// <summary>Words that open a sentence or a heading before the name, if there is one.</summary>
    public static HashSet<string> Openers { get; } = new(
        [
            "A", "About", "Add", "Adding", "After", "All", "Also", "Although", "An", "And", "Another", "Any", "As", "At", "Basic", "Be",
            "Because", "Before", "Both", "But", "By", "Can", "Choose", "Click", "Copy", "Create", "Default", "Do", "Each", "Either", "Even", "Every", "First",
            "For", "From", "Given", "Has", "Have", "He", "Here", "How", "However", "I", "If", "In", "Install", "Is", "It", "Its", "Last", "Let", "Like",
            "Many", "More", "Most", "My", "New", "Next", "No", "Not", "Note", "Now", "Of", "On", "Once", "One", "Only", "Or", "Other",
            "Our", "Please", "Press", "Run", "See", "Set", "She", "Should", "Since", "So", "Some", "Such", "That", "The", "Their", "Then", "There",
            "These", "They", "This", "Those", "Though", "Through", "Thus", "To", "Two", "Under", "Unlike", "Until", "Up", "Use", "Using",
            "Was", "We", "Were", "What", "When", "Where", "Whether", "Which", "While", "Who", "Why", "Will", "With", "Without", "Yes", "You",
            "Your",
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Words inside a heading that make it a phrase rather than a name.</summary>
    public static HashSet<string> FunctionWords { get; } = new(
        ["a", "an", "and", "are", "at", "by", "do", "does", "for", "from", "in", "inside", "is", "it", "its", "of", "on", "or", "that", "the", "to", "what", "with", "you", "your"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Entity keys that never get a page: generic headings, keywords of languages and shells.</summary>
    public static HashSet<string> NeverNames { get; } = new(
        [
            "api", "appendix", "async", "await", "background", "benefits", "bool", "boolean", "byte", "case", "caveat", "caveats", "char",
            "class", "click-here", "code", "conclusion", "const", "contents", "default", "definition", "demo", "description", "details",
            "documentation", "double", "enum", "example", "examples", "faq", "false", "features", "float", "footnotes", "general", "gib", "glossary",
            "goal", "goals", "guide", "home", "how-it-works", "int", "int32", "int64", "interface", "internal", "introduction", "language",
            "kib", "license", "licence", "limitations", "links", "long", "mib", "more", "motivation", "net", "new", "next-steps", "none", "note", "notes", "null",
            "object", "off", "on", "options", "out", "overview", "parameters", "prerequisites", "private", "problem", "public", "readme",
            "recap", "ref", "reference", "references", "remarks", "requirements", "return", "scope", "see-also", "sealed", "setup", "since", "solution",
            "start", "static", "string", "struct", "summary", "switch", "table-of-contents", "test", "tests", "this", "todo", "true", "tutorial",
            "type", "usage", "using", "value", "var", "void", "warning", "what-it-is", "yes",
        ],
        StringComparer.Ordinal);
}
