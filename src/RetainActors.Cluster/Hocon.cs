namespace RetainActors.Cluster;

/// <summary>Values in HOCON text.</summary>
internal static class Hocon
{
    public static string Quote(string value) =>
        $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    public static string List(IEnumerable<string> values) => $"[{string.Join(", ", values.Select(Quote))}]";
}
