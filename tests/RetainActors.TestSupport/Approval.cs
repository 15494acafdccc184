using PublicApiGenerator;

namespace RetainActors.TestSupport;

/// <summary>Compares text with an approved file; <c>APPROVE=1</c> in the environment writes the file instead.</summary>
public static class Approval
{
    public static void Verify(string actual, string approvedPath)
    {
        actual = Normalize(actual);
        if (Environment.GetEnvironmentVariable("APPROVE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(approvedPath)!);
            File.WriteAllText(approvedPath, actual);
        }

        var approved = File.Exists(approvedPath) ? Normalize(File.ReadAllText(approvedPath)) : "";
        if (actual == approved) return;

        var line = actual.Split('\n').Zip(approved.Split('\n')).TakeWhile(pair => pair.First == pair.Second).Count();
        throw new InvalidOperationException(
            $"{approvedPath} differs from line {line + 1} on: '{Line(approved, line)}' is approved, '{Line(actual, line)}' was made. "
            + "If the change is meant, run the test with APPROVE=1 and review the file.");
    }

    /// <summary>Compares the public surface of an assembly with its approved file.</summary>
    public static void VerifyPublicApi(System.Reflection.Assembly assembly, string approvedPath) =>
        Verify(assembly.GeneratePublicApi(new ApiGeneratorOptions { IncludeAssemblyAttributes = false }), approvedPath);

    private static string Normalize(string text) => text.ReplaceLineEndings("\n").TrimEnd() + "\n";

    private static string Line(string text, int index) => text.Split('\n').ElementAtOrDefault(index) ?? "";
}
