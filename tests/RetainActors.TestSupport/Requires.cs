using Xunit;

namespace RetainActors.TestSupport;

/// <summary>
/// Visible skips for tests that need more than the SDK. Use with <c>[SkippableFact]</c>. In CI (<c>CI=true</c>) the
/// requirement is installed first, so its absence fails the test there.
/// </summary>
public static class Requires
{
    public static void Tool(string name) =>
        That(FindTool(name) is not null, $"needs the program '{name}' on the PATH");

    public static void Linux() => That(OperatingSystem.IsLinux(), "needs Linux");

    public static void Root() => That(Environment.IsPrivilegedProcess, "needs root");

    public static void SharedFolder(string name) =>
        That(Directory.Exists(Path.Combine(Repository.Shared, name)), $"needs the folder ../shared/{name} beside the checkout");

    public static void That(bool satisfied, string reason)
    {
        if (!satisfied && Environment.GetEnvironmentVariable("CI") == "true")
            throw new InvalidOperationException($"CI must not skip: this test {reason}.");
        Skip.IfNot(satisfied, reason);
    }

    private static string? FindTool(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(directory => Path.Combine(directory, name)).FirstOrDefault(File.Exists);
}
