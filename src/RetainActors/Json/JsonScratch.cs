using System.Buffers;
using System.Text.Json;

namespace RetainActors.Json;

/// <summary>
/// A buffer with a JSON writer that a thread uses again and again: what is stored is written here, measured and digested, and copied
/// once. Disposing gives it back; nothing of it may be used after that.
/// </summary>
internal sealed class JsonScratch : IDisposable
{
    private const int FirstSize = 4 * 1024;

    /// <summary>A buffer that has grown beyond this is let go.</summary>
    private const int MostKept = 256 * 1024;

    [ThreadStatic]
    private static JsonScratch? _free;

    private readonly ArrayBufferWriter<byte> _buffer = new(FirstSize);
    private JsonScratch? _nextFree;

    private JsonScratch() => Writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions
    {
        Encoder = CheckpointJson.Stored.Options.Encoder,
        SkipValidation = true, // as the serializer has it: what writes here is code, and tested
    });

    public Utf8JsonWriter Writer { get; }

    /// <summary>What was written so far.</summary>
    public ReadOnlySpan<byte> Written
    {
        get
        {
            Writer.Flush();
            return _buffer.WrittenSpan;
        }
    }

    public static JsonScratch Rent()
    {
        var scratch = _free ?? new JsonScratch();
        (_free, scratch._nextFree) = (scratch._nextFree, null);
        return scratch;
    }

    public void Dispose()
    {
        if (_buffer.Capacity > MostKept) return;
        _buffer.ResetWrittenCount();
        Writer.Reset();
        (_nextFree, _free) = (_free, this);
    }
}
