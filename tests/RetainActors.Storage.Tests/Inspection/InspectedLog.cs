namespace RetainActors.Storage.Tests.Inspection;

/// <summary>A log to be damaged, and what the inspector and the engine make of it.</summary>
internal static class InspectedLog
{
    /// <summary>Three segments: large records and a deletion, then a unit of three records and one of a single record.</summary>
    internal static async Task<LogImage> CreateAsync(bool clean)
    {
        using var host = LogHost.Create(onDisk: false);
        // No watermark comes by itself and nothing is compacted, so that the bytes are the same every time.
        host.Settings = host.Settings with { IdleMilliseconds = 60_000, CompactionLiveShare = 0 };
        LogImage crashed;
        using (var log = host.Open())
        {
            for (var number = 1; number <= 9; number++) await log.Append("a", number, new string((char)('a' + number), 800));
            await log.DeleteAsync("a", 2);
            await log.AppendAsync([LogHost.Entry("b", 1), LogHost.Entry("c", 1), LogHost.Entry("b", 2)]);
            await log.Append("a", 10);
            crashed = LogImage.Of(host.FileSystem).With(OwnerFile.FileName, null);
        }

        return clean ? LogImage.Of(host.FileSystem) : crashed;
    }

    internal static (LogInspection Inspection, List<LogFinding> Findings, List<InspectedRecord> Records) Inspect(
        IFileSystem fileSystem, string directory = LogImage.Directory)
    {
        var (findings, records) = (new List<LogFinding>(), new List<InspectedRecord>());
        var inspection = new LogInspector(directory, fileSystem) { OnFinding = findings.Add, OnRecord = records.Add }.Run();
        return (inspection, findings, records);
    }

    /// <summary>What opening, or reading any record, fails with; null when all is served.</summary>
    internal static StorageException? Refusal(LogImage image)
    {
        using var host = LogHost.InMemory(image.ToFileSystem());
        try
        {
            using var log = host.Open();
            foreach (var id in log.Ids) log.ReadAll(id);
            return null;
        }
        catch (StorageException failure)
        {
            return failure;
        }
    }

    /// <summary>Opening a sealed segment reads no batch headers but the last two, and no deleted records.</summary>
    internal static bool IsBatchHeaderOfSealed(LogImage image, string name, int offset)
    {
        if (name == image.Segments.Last() || !name.EndsWith(".segment", StringComparison.Ordinal)) return false;
        var (_, _, records) = Inspect(image.ToFileSystem());
        var live = records.Where(record => Path.GetFileName(record.File) == name && record is { Kind: InspectedKind.Event } and not { Id: "a", SequenceNumber: <= 2 });
        return !live.Any(record => offset >= record.Offset && offset < record.Offset + SegmentFormat.Align(32 + record.Id.Length + record.Payload.Length));
    }
}
