using System.Reflection;
using RetainActors.Cli;

namespace RetainActors.Release.Tests.Contracts;

public sealed class ExitCodeSpecs
{
    [Fact(DisplayName = "Exit codes should be those that are approved: scripts ask for them")]
    public void Approved() => Approval.Verify(
        string.Join('\n', typeof(ExitCode).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (Code: (int)field.GetRawConstantValue()!, field.Name))
            .OrderBy(code => code.Code).Select(code => $"{code.Code} {code.Name}")),
        Repository.File("tests", "RetainActors.Release.Tests", "Approved", "exit-codes.txt"));
}
