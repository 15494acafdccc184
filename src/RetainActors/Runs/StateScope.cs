using System.Collections.Concurrent;
using System.Text.Json;
using RetainActors.Json;

namespace RetainActors.Runs;

/// <summary>
/// What one step of a run may use beside the context: the source text, the identity of the run, derived data, notes.
/// Nothing of it is stored but the notes, which end in the step's log entry. Safe for concurrent branches.
/// </summary>
public sealed class StateScope
{
    private readonly ConcurrentDictionary<string, Lazy<object>> _derived;
    private JsonMembers _notes = JsonMembers.Empty;

    /// <summary>Makes a scope; tests of handlers use this, runs make their own.</summary>
    public StateScope(CheckpointKey key, string text, string state, long epoch = 1, int attempt = 1)
        : this(key, text, SourceText.Sha256Of(text), state, epoch, attempt, new ConcurrentDictionary<string, Lazy<object>>())
    {
    }

    private StateScope(
        CheckpointKey key, string text, string textSha256, string state, long epoch, int attempt,
        ConcurrentDictionary<string, Lazy<object>> derived)
    {
        Key = key;
        Text = text;
        TextSha256 = textSha256;
        State = state;
        Epoch = epoch;
        Attempt = attempt;
        _derived = derived;
    }

    /// <summary>The key that is retained.</summary>
    public CheckpointKey Key { get; }

    /// <summary>The source text.</summary>
    public string Text { get; }

    /// <summary>SHA-256 of the source text, as the context keeps it; what durable results of a state can be filed under.</summary>
    public string TextSha256 { get; }

    /// <summary>The state or branch that is running.</summary>
    public string State { get; }

    /// <summary>The epoch of the run.</summary>
    public long Epoch { get; }

    /// <summary>The attempt, from 1.</summary>
    public int Attempt { get; }

    /// <summary>What was noted so far.</summary>
    public JsonMembers Notes => _notes;

    /// <summary>
    /// Data derived from the text, made at most once per attempt and shared by its later states and branches. It is made
    /// again after a resume, so it must depend on nothing but the text and durable data.
    /// </summary>
    public T Derive<T>(string name, Func<StateScope, T> make) where T : notnull =>
        (T)_derived.GetOrAdd(name, _ => new Lazy<object>(() => make(this))).Value;

    /// <summary>Notes a number in the step's log entry.</summary>
    public void Note(string name, long value) => Note(name, JsonSerializer.SerializeToElement(value, CheckpointJsonContext.Default.Int64));

    /// <summary>Notes a text in the step's log entry.</summary>
    /// <exception cref="ArgumentException">The text or the name holds a lone surrogate.</exception>
    public void Note(string name, string value)
    {
        // Before it is made JSON, which would silently replace it.
        if (WellFormedText.LoneSurrogateIn(value) is { } index)
            throw new ArgumentException($"A note cannot hold the lone surrogate at index {index}.", nameof(value));
        Note(name, JsonSerializer.SerializeToElement(value, CheckpointJsonContext.Default.String));
    }

    /// <summary>Notes a JSON value in the step's log entry; a later note of the same name replaces it.</summary>
    /// <exception cref="ArgumentException">The name or the value holds what cannot be stored.</exception>
    public void Note(string name, JsonElement value)
    {
        var step = new StepLogEntry(State, Timestamp.From(default), null, null) { Notes = JsonMembers.Empty.With(name, value) };
        if (ContextValidation.FirstProblem(new RetainContext(Key) { StepLog = [step] }) is { } problem)
            throw new ArgumentException($"The note cannot be stored: {problem}.", nameof(value));
        JsonMembers before, after;
        do
        {
            before = _notes;
            after = before.With(name, value);
        }
        while (!ReferenceEquals(Interlocked.CompareExchange(ref _notes, after, before), before));
    }

    /// <summary>The scope of another step of the same attempt: same derived data, notes of its own.</summary>
    internal StateScope For(string state) => new(Key, Text, TextSha256, state, Epoch, Attempt, _derived);
}
