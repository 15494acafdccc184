using System.Diagnostics;
using RetainActors.Cli.Report;

namespace RetainActors.Cli.Tests.Report;

public sealed class ShellCommandSpecs
{
    [Theory(DisplayName = "A command line should be plain where it can be, and quoted where it must")]
    [InlineData("retain show --root /srv/r demo a/b.md", "/srv/r", "demo", "a/b.md")]
    [InlineData("retain show --root '/srv/my root' demo 'it'\\''s $HOME.md'", "/srv/my root", "demo", "it's $HOME.md")]
    [InlineData("retain show --root=-r -- -b s", "-r", "-b", "s")]
    [InlineData("retain show --root r -- b @s", "r", "b", "@s")]
    [InlineData("retain show --root r b $'line\\012two\\342\\200\\256\\'\\\\'", "r", "b", "line\ntwo\u202E'\\")]
    [InlineData("retain show --root r b 'ä 漢 🙂'", "r", "b", "ä 漢 🙂")]
    public void Quoting(string expected, string root, string bank, string source) => Assert.Equal(expected, new ShellCommand(root, null).Of("show", bank, source));

    [SkippableFact(DisplayName = "A shell should read every id back as it was")]
    public void Shell()
    {
        Requires.Tool("bash");
        string[] ids = [ReportSamples.Hostile.Replace("\0", "", StringComparison.Ordinal), "-x", "", "a b", "$(id)`id`", "!!", "*?[a]", "~", "\t\u0001\u007F\u0085\u2028", "\u05D0\u05D1 4", "🙂\u200D🙂", "\\", "''", "@a", "#b"];
        foreach (var id in ids)
        {
            var start = new ProcessStartInfo("bash", ["-c", $"printf %s {ShellCommand.Quote(id)}"]) { RedirectStandardOutput = true, StandardOutputEncoding = System.Text.Encoding.UTF8 };
            using var process = Process.Start(start)!;
            Assert.Equal(id, process.StandardOutput.ReadToEnd());
            process.WaitForExit();
        }
    }
}
