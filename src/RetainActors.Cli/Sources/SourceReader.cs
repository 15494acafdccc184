using System.Text;

namespace RetainActors.Cli.Sources;

/// <summary>Reads the text of a document, or says why it cannot be retained.</summary>
internal static class SourceReader
{
    public const long MaxSizeBytes = 16 * 1024 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    public static (string? Text, SourceProblem? Problem) Read(string path)
    {
        try
        {
            var size = new FileInfo(path).Length;
            // Before it is opened: a pipe has no length, and opening one would wait for ever.
            if (size == 0) return Refuse("Empty", $"{path} is empty. Write something into it, or remove it.");
            if (size > MaxSizeBytes) return Refuse("TooLarge", $"{path} has {size} bytes; at most {MaxSizeBytes} are retained. Split it.");

            var bytes = File.ReadAllBytes(path).AsSpan();
            if (bytes.StartsWith(ByteOrderMark)) bytes = bytes[ByteOrderMark.Length..];
            var text = Strict.GetString(bytes);
            return string.IsNullOrWhiteSpace(text) ? Refuse("Empty", $"{path} holds nothing but white space. Write something into it, or remove it.") : (text, null);
        }
        catch (DecoderFallbackException e)
        {
            return Refuse("NotUtf8", $"{path} is no valid UTF-8 at byte {e.Index}. Save it as UTF-8.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refuse("Unreadable", $"{path} cannot be read: {e.Message} Make it readable, or move it away.");
        }
    }

    private static (string?, SourceProblem) Refuse(string reason, string detail) => (null, new SourceProblem(reason, detail));
}
