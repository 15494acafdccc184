using System.Globalization;
using RetainActors.Storage;
using RetainActors.Storage.Driver;

// A process of its own for the specs, to be killed, to have its system calls failed, or to hold a folder:
//   append DIRECTORY                  appends numbered records for ever; prints "ack N" after each, "failed REASON" for a failure
//   churn DIRECTORY LIFE [LIE]        see Churn; LIE is what the controls do: "ack-first", or "no-sync" for syncs that do nothing
//   insist DIRECTORY LIFE [LIE]       churn that tells of each failure and tries again; LIE is also "deaf"
//   step DIRECTORY LIFE NAME [LIE]    see Step; LIE is also "deaf", for syncs that are done and whose failures are not seen
//   hold DIRECTORY [LIE]              opens the log, prints "open" and waits for a line; LIE is "no-lock"
const int AttemptsAfterAFailure = 3;
var (command, directory) = (args[0], args[1]);
var acknowledgesFirst = args.Contains("ack-first");
IFileSystem fileSystem = PosixFileSystem.Instance;
if (args.Contains("no-sync"))
    fileSystem = new LyingFileSystem(new LyingFileSystem(fileSystem, FileOperation.Sync), FileOperation.SyncDirectory);
if (args.Contains("deaf")) fileSystem = new LyingFileSystem(fileSystem, FileOperation.Sync) { Tries = true };
if (args.Contains("no-lock")) fileSystem = new LyingFileSystem(fileSystem, FileOperation.Lock);
var settings = new FileLogSettings { Directory = directory, SegmentSizeBytes = command is "churn" or "insist" or "step" ? 4096 : 16 * 1024 };
var failures = 0;
try
{
    switch (command)
    {
        case "churn" or "insist":
            Churn.Say("opening");
            using (var log = FileLog.Open(settings, fileSystem))
                await new Churn(log, Life(), acknowledgesFirst) { Attempts = command == "insist" ? AttemptsAfterAFailure : 0 }.RunAsync();
            return 0;
        case "step":
            // Only the thread that is looked at does anything by itself.
            var alone = settings with { CompactionLiveShare = 0, ScrubInterval = TimeSpan.Zero };
            new Step(() => FileLog.Open(alone, fileSystem), Life(), acknowledgesFirst).Run(args[3]);
            return 0;
        case "hold":
            using (FileLog.Open(settings, fileSystem))
            {
                Churn.Say("open");
                Console.In.ReadLine();
                return 0;
            }

        default:
            using (var log = FileLog.Open(settings, fileSystem)) await AppendAsync(log);
            break;
    }
}
catch (StorageException failure)
{
    Churn.Say($"failed {failure.Reason}");
}

return 3;

int Life() => int.Parse(args[2], CultureInfo.InvariantCulture);

async Task AppendAsync(FileLog log)
{
    var next = await log.GetHighestSequenceNumberAsync("w") + 1;
    while (failures <= AttemptsAfterAFailure)
    {
        try
        {
            await log.AppendAsync([new LogEntry("w", next, new byte[64])]);
            Churn.Say($"ack {next++}");
        }
        catch (StorageException failure)
        {
            failures++;
            Churn.Say($"failed {failure.Reason}");
        }
    }
}
