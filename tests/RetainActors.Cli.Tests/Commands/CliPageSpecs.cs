using System.Reflection;
using System.Text.RegularExpressions;

namespace RetainActors.Cli.Tests.Commands;

/// <summary>docs/cli.md says what the tool does.</summary>
public sealed partial class CliPageSpecs
{
    private const string Mark = "<!-- From here on the page is made from the commands themselves. -->\n\n";

    private static string Page { get; } = Repository.File("docs", "cli.md");

    [Fact(DisplayName = "docs/cli.md should name every command with its arguments, options and example as the tool itself does")]
    public void Reference()
    {
        var written = File.ReadAllText(Page).Split(Mark)[0];
        Approval.Verify(written + Mark + CommandTree.Reference(), Page);
    }

    [Fact(DisplayName = "docs/cli.md should name every exit code and no other")]
    public void Exit_codes()
    {
        var codes = typeof(ExitCode).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (int)field.GetRawConstantValue()!);

        Assert.Equal(codes.Order(), CodeRow().Matches(File.ReadAllText(Page)).Select(match => int.Parse(match.Groups[1].Value, null)).Order());
    }

    [GeneratedRegex(@"^\| (\d+) \|", RegexOptions.Multiline)]
    private static partial Regex CodeRow();
}
