using System.Text.Json;

namespace RetainActors.Json;

/// <summary>Writes parts of a context as they are stored, without documents in between, and checks what was read of them.</summary>
internal static class StoredValues
{
    private static readonly JsonEncodedText State = JsonEncodedText.Encode("state");
    private static readonly JsonEncodedText StartedAt = JsonEncodedText.Encode("startedAt");
    private static readonly JsonEncodedText CompletedAt = JsonEncodedText.Encode("completedAt");
    private static readonly JsonEncodedText DurationMs = JsonEncodedText.Encode("durationMs");
    private static readonly JsonEncodedText Error = JsonEncodedText.Encode("error");
    private static readonly JsonEncodedText Notes = JsonEncodedText.Encode("notes");
    private static readonly JsonEncodedText Attempt = JsonEncodedText.Encode("attempt");

    /// <summary>A list that was read, empty when it was left out. System.Text.Json lets null be an item of any list.</summary>
    /// <exception cref="JsonException">An item is null.</exception>
    public static T[] Whole<T>(T[]? items)
        where T : class
    {
        items ??= [];
        foreach (var item in items)
            if (item is null)
                throw new JsonException("A list holds null.");
        return items;
    }

    /// <summary>A step, as a <see cref="StepDocument"/> is read back.</summary>
    public static void Write(Utf8JsonWriter writer, StepLogEntry step)
    {
        writer.WriteStartObject();
        writer.WriteString(State, step.State);
        writer.WriteString(StartedAt, step.StartedAt.Text);
        if (step.CompletedAt is { } completedAt) writer.WriteString(CompletedAt, completedAt.Text);
        if (step.DurationMs is { } duration) writer.WriteNumber(DurationMs, duration);
        if (step.Error is { } error) writer.WriteString(Error, error);
        if (step.Notes.Count > 0)
        {
            writer.WritePropertyName(Notes);
            step.Notes.WriteTo(writer);
        }

        writer.WriteNumber(Attempt, step.Attempt);
        step.UnknownMembers.WriteMembers(writer);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, SupersedesEdge edge)
    {
        writer.WriteStartArray();
        writer.WriteStringValue(edge.From);
        writer.WriteStringValue(edge.To);
        writer.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter writer, TableFingerprint table)
    {
        writer.WriteStartObject();
        if (table.Version is { } version) writer.WriteString("version", version);
        writer.WriteString("initialState", table.InitialState);
        writer.WriteStartObject("states");
        foreach (var (name, edges) in table.States)
        {
            writer.WriteStartArray(name);
            foreach (var edge in edges) writer.WriteStringValue(edge);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
