using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace RetainActors.Json;

/// <summary>Bytes of a file as JSON in which every text is text and no name is there twice; or what is wrong with them.</summary>
internal static class AstrocyteFileSyntax
{
    /// <summary>Deep enough to judge a file; what is stored is much flatter.</summary>
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = MaxDepth };

    private const int MaxDepth = 1024;

    public static JsonElement? Read(ReadOnlyMemory<byte> file, out AstrocyteFileProblem? problem)
    {
        problem = file.IsEmpty ? new(AstrocyteFileReason.Damaged, "the file is empty") : InUtf8(file.Span);
        if (problem is not null) return null;
        JsonElement value;
        try
        {
            using var document = JsonDocument.Parse(file, Deep);
            value = document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            problem = WithoutNotNumbers(file.Span) is { } rest && IsJson(rest)
                ? new(AstrocyteFileReason.NotANumber, $"line {e.LineNumber + 1} holds NaN or Infinity, which JSON does not have")
                : new(AstrocyteFileReason.Damaged, $"the file is no JSON from line {e.LineNumber + 1}, byte {e.BytePositionInLine} on");
            return null;
        }

        problem = InTexts(value)?.ToProblem();
        return problem is null ? Compact(value) : null;
    }

    /// <summary>The same value as this package stores it: no white space, text as UTF-8, numbers with their digits.</summary>
    private static JsonElement Compact(JsonElement value)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = MaxDepth }))
            value.WriteTo(writer);
        using var document = JsonDocument.Parse(bytes.WrittenMemory, Deep);
        return document.RootElement.Clone();
    }

    private static AstrocyteFileProblem? InUtf8(ReadOnlySpan<byte> file)
    {
        if (Utf8.IsValid(file)) return null;
        var offset = 0;
        for (var rest = file; Rune.DecodeFromUtf8(rest, out _, out var length) == OperationStatus.Done; rest = rest[length..]) offset += length;
        return new(AstrocyteFileReason.NotUtf8, $"the byte at offset {offset} is no UTF-8");
    }

    /// <summary>The file with a number of the same length for each NaN and Infinity outside texts; null when there are none.</summary>
    private static byte[]? WithoutNotNumbers(ReadOnlySpan<byte> file)
    {
        var rest = file.ToArray();
        var (found, inText) = (false, false);
        for (var i = 0; i < rest.Length; i++)
        {
            if (inText && rest[i] == '\\') i++;
            else if (rest[i] == '"') inText = !inText;
            else if (!inText && (Replace(i, "NaN"u8) || Replace(i, "Infinity"u8))) found = true;
        }

        return found ? rest : null;

        bool Replace(int at, ReadOnlySpan<byte> word)
        {
            if (!rest.AsSpan(at).StartsWith(word)) return false;
            rest.AsSpan(at, word.Length).Fill((byte)'1');
            return true;
        }
    }

    private static bool IsJson(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, Deep);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Where a text is none or a name is there twice. The path is put together on the way back, since most files have no such place.</summary>
    private static Place? InTexts(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String when !TryText(value.GetString) => new("", "holds half a surrogate pair", AstrocyteFileReason.LoneSurrogate),
        JsonValueKind.Array => value.EnumerateArray().Select((item, i) => InTexts(item)?.Below($"[{i}]")).FirstOrDefault(place => place is not null),
        JsonValueKind.Object => InMembers(value),
        _ => null,
    };

    private static Place? InMembers(JsonElement value)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            if (!TryText(() => member.Name)) return new("", "has a member whose name holds half a surrogate pair", AstrocyteFileReason.LoneSurrogate);
            if (!names.Add(member.Name)) return new Place("", "is there twice", AstrocyteFileReason.WrongShape).Below($".{member.Name}");
            if (InTexts(member.Value) is { } place) return place.Below($".{member.Name}");
        }

        return null;
    }

    /// <summary>What is wrong where, seen from the value that is looked at.</summary>
    private sealed record Place(string Path, string What, AstrocyteFileReason Reason)
    {
        public Place Below(string step) => this with { Path = step + Path };

        public AstrocyteFileProblem ToProblem() => new(Reason, $"{(Path is "" ? "the file" : Path[0] == '.' ? Path[1..] : Path)} {What}");
    }

    private static bool TryText(Func<string?> read)
    {
        try
        {
            return read() is not null;
        }
        catch (InvalidOperationException)
        {
            return false; // what System.Text.Json throws for an escaped lone surrogate
        }
    }
}
