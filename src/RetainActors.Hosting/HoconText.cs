using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Akka.Hosting;

namespace RetainActors.Hosting;

/// <summary>Writes the keys that are set, and only those.</summary>
internal static class HoconText
{
    public static string ClassKey<TPlugin>() => $"class = \"{typeof(TPlugin).FullName}, {typeof(TPlugin).Assembly.GetName().Name}\"";

    public static StringBuilder AppendKey(this StringBuilder hocon, string key, string? text) => hocon.AppendValue(
        key, text is null ? null : $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"");

    public static StringBuilder AppendKey(this StringBuilder hocon, string key, bool? value) =>
        hocon.AppendValue(key, value is not { } set ? null : set ? "on" : "off");

    public static StringBuilder AppendKey(this StringBuilder hocon, string key, long? value) =>
        hocon.AppendValue(key, value?.ToString(CultureInfo.InvariantCulture));

    public static StringBuilder AppendKey(this StringBuilder hocon, string key, double? value) =>
        hocon.AppendValue(key, value?.ToString("R", CultureInfo.InvariantCulture));

    /// <summary>An infinite time is off.</summary>
    public static StringBuilder AppendKey(this StringBuilder hocon, string key, TimeSpan? time) => hocon.AppendValue(
        key, time is not { } set ? null : set == Timeout.InfiniteTimeSpan ? "off"
            : set.TotalMilliseconds.ToString("0.####", CultureInfo.InvariantCulture) + "ms");

    /// <summary>
    /// Takes out what the base class of Akka writes although nobody set it: it would lie over the user's own HOCON.
    /// </summary>
    public static StringBuilder WithoutUnset(this StringBuilder hocon, bool autoInitialize, string? serializer)
    {
        if (!autoInitialize) hocon.Replace($"auto-initialize = {autoInitialize.ToHocon()}{Environment.NewLine}", "");
        if (serializer is null) hocon.Replace($"serializer = {serializer.ToHocon()}{Environment.NewLine}", "");
        return hocon;
    }

    private static StringBuilder AppendValue(this StringBuilder hocon, string key, string? value) =>
        value is null ? hocon : hocon.AppendLine(CultureInfo.InvariantCulture, $"{key} = {value}");
}
