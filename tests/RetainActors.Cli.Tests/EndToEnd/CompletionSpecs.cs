using System.Diagnostics;
using RetainActors.Cli.Tests.Commands;

namespace RetainActors.Cli.Tests.EndToEnd;

public sealed class CompletionSpecs : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [SkippableTheory(DisplayName = "The script of retain completion bash should complete commands, options and values in a real bash")]
    [InlineData("retain ru", "run")]
    [InlineData("retain log ver", "verify")]
    [InlineData("retain run docs --ba", "--bank")]
    [InlineData("retain list --status par", "parked")]
    [InlineData("retain completion ", "bash pwsh zsh")]
    [InlineData("retain run --bank demo some-fold", "")]
    public async Task Bash(string typed, string expected)
    {
        Requires.Linux();
        Requires.Tool("bash");
        _directory.Write("retain", $"#!/bin/sh\nexec dotnet \"{RetainProcess.Dll}\" \"$@\"\n");
        var script = _directory.Write("test.sh", """
            chmod +x "$1/retain"
            PATH="$1:$PATH"
            source <(retain completion bash)
            complete -p retain
            COMP_LINE=$2 COMP_POINT=${#2}
            read -ra COMP_WORDS <<< "$2"
            if [[ $2 == *' ' ]]; then COMP_WORDS+=(''); fi
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _retain_complete
            echo "${COMPREPLY[*]}"
            """);

        var start = new ProcessStartInfo("bash", ["--norc", script, _directory.Path, typed]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var bash = Process.Start(start)!;
        var (output, error) = (bash.StandardOutput.ReadToEndAsync(), bash.StandardError.ReadToEndAsync());
        await bash.WaitForExitAsync();

        Assert.Equal("", await error);
        Assert.Equal($"complete -o default -F _retain_complete retain\n{expected}\n", await output);
    }

    [Theory(DisplayName = "retain completion should print a script for each shell that asks the tool what may follow")]
    [InlineData("bash", "complete -o default -F")]
    [InlineData("zsh", "compdef _retain_complete retain")]
    [InlineData("pwsh", "Register-ArgumentCompleter -Native -CommandName retain")]
    public async Task Scripts(string shell, string expected)
    {
        var result = await RetainCli.RunAsync("completion", shell);

        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
        Assert.Contains(expected, result.Output, StringComparison.Ordinal);
        Assert.Contains("[suggest:", result.Output, StringComparison.Ordinal);
    }
}
