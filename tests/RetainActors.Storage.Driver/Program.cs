using RetainActors.Storage;
using RetainActors.Storage.Driver;

// A process of its own for the specs, to be killed, to have its system calls failed, or to hold a folder:
//   append DIRECTORY             appends numbered records for ever; prints "ack N" after each, "failed REASON" for a failure
//   churn DIRECTORY LIFE [LIE]   see Churn; LIE is what the controls do: "ack-first", or "no-sync" for syncs that do nothing
//   hold DIRECTORY               opens the log, prints "open" and waits for a line
const int AttemptsAfterAFailure = 3;
var (command, directory) = (args[0], args[1]);
IFileSystem fileSystem = PosixFileSystem.Instance;
if (args.Contains("no-sync"))
    fileSystem = new LyingFileSystem(new LyingFileSystem(fileSystem, FileOperation.Sync), FileOperation.SyncDirectory);
var failures = 0;
try
{
    if (command == "churn") Churn.Say("opening");
    using var log = FileLog.Open(
        new FileLogSettings { Directory = directory, SegmentSizeBytes = command == "churn" ? 4096 : 16 * 1024 }, fileSystem);
    switch (command)
    {
        case "churn":
            await new Churn(log, int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture), args.Contains("ack-first")).RunAsync();
            return 0;
        case "hold":
            Churn.Say("open");
            Console.In.ReadLine();
            return 0;
        default:
            await AppendAsync(log);
            break;
    }
}
catch (StorageException failure)
{
    Churn.Say($"failed {failure.Reason}");
}

return 3;

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
