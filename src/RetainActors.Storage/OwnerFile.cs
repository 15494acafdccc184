using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace RetainActors.Storage;

/// <summary>
/// The file <c>OWNER</c>: who holds the lock, for messages and for readers beside it. The lock decides, this file only informs.
/// </summary>
internal sealed record OwnerFile(int ProcessId, string ProcessStart, string Host, DateTimeOffset Since)
{
    internal const string FileName = "OWNER";

    private const int MaxSize = 4096;

    /// <summary>Whether that very process still runs on this host: the start time tells a reused process id apart.</summary>
    internal bool IsAlive => Host == Environment.MachineName && StartOf(ProcessId) == ProcessStart;

    internal static OwnerFile ThisProcess(DateTimeOffset since) =>
        new(Environment.ProcessId, StartOf(Environment.ProcessId) ?? "", Environment.MachineName, since);

    /// <summary>Writes the file for readers of this machine; it need not survive a crash, so nothing is synced.</summary>
    internal void Write(IFileSystem fileSystem, string directory)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture, $"pid {ProcessId}\nstart {ProcessStart}\nhost {Host}\nsince {Since:O}\n");
        DurableFile.Publish(fileSystem, directory, FileName, file => file.Write(0, Encoding.UTF8.GetBytes(text)));
    }

    internal static void Remove(IFileSystem fileSystem, string directory) => fileSystem.Delete(Path.Combine(directory, FileName));

    /// <summary>Reads the file; null when it is absent or says nothing usable.</summary>
    internal static OwnerFile? Read(IFileSystem fileSystem, string directory)
    {
        try
        {
            using var file = fileSystem.Open(Path.Combine(directory, FileName), FileOpening.Read);
            var bytes = new byte[MaxSize];
            return Parse(Encoding.UTF8.GetString(bytes, 0, file.Read(0, bytes)));
        }
        catch (FileSystemException)
        {
            return null;
        }
    }

    private static OwnerFile? Parse(string text)
    {
        var lines = text.Split('\n').Select(line => line.Split(' ', 2)).Where(parts => parts.Length == 2)
            .GroupBy(parts => parts[0], StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.First()[1], StringComparer.Ordinal);
        return lines.TryGetValue("pid", out var pid)
            && int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out var processId)
            && lines.TryGetValue("start", out var start) && lines.TryGetValue("host", out var host)
            && lines.TryGetValue("since", out var since)
            && DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time)
            ? new OwnerFile(processId, start, host, time)
            : null;
    }

    private static string? StartOf(int processId)
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                // The name in brackets may hold anything; the start time in clock ticks is the 20th field after it.
                var stat = File.ReadAllText($"/proc/{processId}/stat");
                return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];
            }

            using var process = Process.GetProcessById(processId);
            return (process.StartTime.ToUniversalTime().Ticks / TimeSpan.TicksPerSecond).ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException
            or InvalidOperationException or IndexOutOfRangeException)
        {
            return null;
        }
    }
}
