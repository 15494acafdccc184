using System.Text.Json;

namespace RetainActors.Json;

/// <summary>
/// Checkpoint files of the Python Astrocyte, <c>schema_version</c> 1. A file that is imported and exported unchanged is equal as JSON:
/// the seed's members in its order, numbers and times digit by digit, then the unknown ones. What a context has and the seed's file has no place for
/// is added as the member <c>retain_actors</c>, so that a context that is exported and imported is equal too; the seed's loader passes over it.
/// </summary>
public static class AstrocyteCheckpointFile
{
    private const int SchemaVersion = 1;

    /// <summary>Where the seed starts a run whose file names no state.</summary>
    private const string FirstState = "INIT";

    /// <summary>
    /// Reads a file. Its <c>last_state</c> becomes the next state, since that is where the seed goes on; a <c>completed_at</c> makes the status
    /// completed. Lists and notes that are absent or null are empty.
    /// </summary>
    /// <param name="file">The bytes of the file.</param>
    /// <param name="problem">Why it is no checkpoint file; null when it is one.</param>
    /// <returns>A context that can be saved; null when there is a problem.</returns>
    public static RetainContext? Import(ReadOnlyMemory<byte> file, out AstrocyteFileProblem? problem)
    {
        if (AstrocyteFileSyntax.Read(file, out problem) is not { } value) return null;
        problem = InKind(value);
        if (problem is not null) return null;
        try
        {
            var context = AstrocyteMapping.ToContext(value.Deserialize(AstrocyteJsonContext.Default.AstrocyteDocument)!, FirstState);
            problem = ContextValidation.FirstProblem(context) is { } detail ? new(AstrocyteFileReason.WrongShape, detail) : null;
            return problem is null ? context : null;
        }
        // ArgumentException: what a key says of ids that are none.
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            problem = new(AstrocyteFileReason.WrongShape, e is JsonException { Path: { } path } ? $"{path}: {e.Message.Split(" Path:", 2)[0]}" : e.Message.Split(" (Parameter", 2)[0]);
            return null;
        }
    }

    /// <summary>Writes a context as the seed writes its file: indented by two, ASCII only. The <c>last_state</c> is the next state, else the completed one.</summary>
    /// <param name="context">The context.</param>
    /// <param name="problem">Why the file could not be imported again as this context; null when it can.</param>
    /// <returns>The bytes of the file; null when there is a problem.</returns>
    public static byte[]? Export(RetainContext context, out AstrocyteFileProblem? problem)
    {
        ArgumentNullException.ThrowIfNull(context);
        problem = ContextValidation.FirstProblem(context) is { } detail ? new(AstrocyteFileReason.WrongShape, detail) : null;
        if (problem is not null) return null;
        try
        {
            var document = AstrocyteMapping.ToDocument(context, SchemaVersion, FirstState);
            var file = AstrocyteJsonText.Write(JsonSerializer.SerializeToElement(document, AstrocyteJsonContext.Default.AstrocyteDocument));
            if (Import(file, out problem) is { } again && IsSame(context, again)) return file;
            problem ??= new(AstrocyteFileReason.WrongShape, "the file would not be read as this context again");
        }
        catch (JsonException e)
        {
            problem = new(AstrocyteFileReason.WrongShape, e.Message);
        }

        return null;
    }

    private static AstrocyteFileProblem? InKind(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object) return new(AstrocyteFileReason.WrongShape, $"the file is a JSON value of the kind {value.ValueKind}, not an object");
        if (!value.TryGetProperty("schema_version", out var version))
            return value.TryGetProperty("bank_id", out _) || value.TryGetProperty("source_id", out _)
                ? new(AstrocyteFileReason.WrongShape, "schema_version is missing")
                : new(AstrocyteFileReason.Foreign, "the file is JSON without schema_version, bank_id and source_id, so no checkpoint");
        if (version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number < SchemaVersion)
            return new(AstrocyteFileReason.WrongShape, $"schema_version is {version.GetRawText()}, not {SchemaVersion}");
        return number > SchemaVersion
            ? new(AstrocyteFileReason.TooNew, $"schema_version is {number}, this version reads {SchemaVersion}; upgrade to import it")
            : null;
    }

    /// <summary>Equal but for how raw texts are escaped.</summary>
    private static bool IsSame(RetainContext one, RetainContext other) => Plain(one).AsSpan().SequenceEqual(Plain(other));

    private static byte[] Plain(RetainContext context)
    {
        using var document = JsonDocument.Parse(ContextJson.Encode(context));
        return AstrocyteJsonText.Write(document.RootElement);
    }
}
