using System.Globalization;
using RetainActors.Storage;

// A process of its own for the specs, to be killed, to have its system calls failed, or to hold a folder:
//   append DIRECTORY   appends numbered records for ever; prints "ack N" after each, "failed REASON" for a failure
//   hold DIRECTORY     opens the log, prints "open" and waits for a line
const int AttemptsAfterAFailure = 3;
var (command, directory) = (args[0], args[1]);
var failures = 0;
try
{
    using var log = FileLog.Open(
        new FileLogSettings { Directory = directory, SegmentSizeBytes = 16 * 1024 }, PosixFileSystem.Instance);
    if (command == "hold")
    {
        Say("open");
        Console.In.ReadLine();
        return 0;
    }

    var next = await log.GetHighestSequenceNumberAsync("w") + 1;
    while (failures <= AttemptsAfterAFailure)
    {
        try
        {
            await log.AppendAsync([new LogEntry("w", next, new byte[64])]);
            Say(string.Create(CultureInfo.InvariantCulture, $"ack {next++}"));
        }
        catch (StorageException failure)
        {
            failures++;
            Say($"failed {failure.Reason}");
        }
    }
}
catch (StorageException failure)
{
    Say($"failed {failure.Reason}");
}

return 3;

static void Say(string line)
{
    Console.Out.WriteLine(line);
    Console.Out.Flush();
}
