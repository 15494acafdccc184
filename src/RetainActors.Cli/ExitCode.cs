namespace RetainActors.Cli;

/// <summary>What the process says when it ends; documented in <c>docs/cli.md</c>.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Usage = 1;
    public const int Failed = 2;
    public const int Corrupt = 3;
    public const int NotFound = 4;
    public const int RootInUse = 5;
    public const int Degraded = 6;
    public const int Cancelled = 130;
}
