using System.Globalization;

namespace RetainActors.TestSupport;

/// <summary>How much a long test does, from an environment variable.</summary>
public static class TestNumber
{
    /// <summary>The number in the variable, or the usual one.</summary>
    public static int Of(string variable, int usual) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : usual;
}
