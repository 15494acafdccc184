using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace RetainActors.Checkpoints;

/// <summary>The place behind a key, as text that callers hand back.</summary>
internal static class CheckpointCatalogCursor
{
    public static string Behind(CheckpointKey key) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{key.Bank.Length.ToString(CultureInfo.InvariantCulture)}:{key.Bank}{key.Source}"));

    /// <summary>The key; null when the text is no cursor.</summary>
    public static CheckpointKey? Read(string cursor)
    {
        try
        {
            var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            return colon > 0 && int.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var length) && length <= text.Length - colon - 1
                ? new CheckpointKey(text.Substring(colon + 1, length), text[(colon + 1 + length)..])
                : null;
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            return null;
        }
    }
}
