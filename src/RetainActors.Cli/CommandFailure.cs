using RetainActors.Cli.MarkdownPipeline;
using RetainActors.Storage;

namespace RetainActors.Cli;

/// <summary>Why a command cannot do its work: a stable reason, a sentence that says what, where and what to do, and the exit code.</summary>
internal sealed class CommandFailure(string reason, string detail, int exitCode, Exception? cause = null) : Exception(detail, cause)
{
    public string Reason { get; } = reason;

    public string Detail { get; } = detail;

    public int ExitCode { get; } = exitCode;

    public static CommandFailure From(StorageException e) => new(
        e.Reason.ToString(),
        e.Message,
        e.Reason switch
        {
            StorageFailure.RootInUse => Cli.ExitCode.RootInUse,
            StorageFailure.SegmentCorrupt or StorageFailure.SegmentMissing => Cli.ExitCode.Corrupt,
            _ => Cli.ExitCode.Failed,
        },
        e);

    public static CommandFailure From(BankException e) => new(
        e.Reason.ToString(), e.Message, e.Reason == BankFailure.BankDamaged ? Cli.ExitCode.Corrupt : Cli.ExitCode.Failed, e);

    public static CommandFailure Usage(string reason, string detail) => new(reason, detail, Cli.ExitCode.Usage);
}
