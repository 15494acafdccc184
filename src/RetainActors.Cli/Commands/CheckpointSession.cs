using RetainActors.Checkpoints;
using RetainActors.Cli.Output;

namespace RetainActors.Cli.Commands;

/// <summary>The checkpoints of an existing root, for one command. What they refuse becomes a named failure that says what to do.</summary>
internal static class CheckpointSession
{
    /// <exception cref="CommandFailure">There is no journal, it cannot be opened, or the request failed.</exception>
    public static async Task<T> UseAsync<T>(RetainConfig settings, Func<ICheckpointClient, CancellationToken, Task<T>> use, CancellationToken cancellationToken)
    {
        using var stop = new StopSignal(cancellationToken);
        await using var retain = await ExistingRoot.OpenAsync(settings, stop.Token);
        try
        {
            return await use(RetainCheckpoints.Get(retain.System).Client, stop.Token);
        }
        catch (CheckpointUnreadableException e)
        {
            throw new CommandFailure(SourceOutcome.CorruptReason, $"{e.Message} {Remedy(e, settings)}", ExitCode.Corrupt, e);
        }
        catch (CheckpointUnavailableException e) when (FailureName.NamesDamage(e.Reason))
        {
            throw new CommandFailure(e.Reason, $"{e.Message} Restore {settings.Root} from a backup, or retain the source again.", ExitCode.Corrupt, e);
        }
        catch (CheckpointUnavailableException e)
        {
            throw new CommandFailure(e.Reason, $"{e.Message} Try again; if it stays, look at {settings.Root}.", ExitCode.Failed, e);
        }
        catch (SaveRefusedException e)
        {
            throw new CommandFailure(e.Reason.ToString(), $"{e.Message}. Nothing was changed.", ExitCode.Failed, e);
        }
        catch (SaveUnknownException e)
        {
            throw new CommandFailure("SaveUnknown", $"{e.Message} Look with retain history whether it landed.", ExitCode.Failed, e);
        }
    }

    /// <summary>That a key has no such checkpoint.</summary>
    public static CommandFailure NotFound(CheckpointKey key, RetainConfig settings, long? revision = null) => new(
        "NotFound",
        revision is null
            ? $"The bank '{key.Bank}' in {settings.Root} has no checkpoint of '{key.Source}'. Give the ids as retain run prints them."
            : $"Revision {revision} of '{key.Source}' in the bank '{key.Bank}' is not stored. See retain history.",
        ExitCode.NotFound);

    private static string Remedy(CheckpointUnreadableException e, RetainConfig settings) => e.LastGoodRevision is { } good
        ? $"Revision {good} can still be read: bring it back with retain rewind."
        : $"Restore {settings.Root} from a backup, or retain the source again.";
}
