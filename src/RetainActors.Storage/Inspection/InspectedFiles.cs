namespace RetainActors.Storage;

/// <summary>
/// The files of a log, opened at one moment: those that the owner's compaction removes afterwards can still be read.
/// </summary>
internal sealed class InspectedFiles : IDisposable
{
    private const int MaxAttempts = 100;

    private InspectedFiles(IReadOnlyList<string> names) => Names = names;

    /// <summary>All names in the folder.</summary>
    internal IReadOnlyList<string> Names { get; }

    /// <summary>The segments that count, ascending; one that could not be opened has no segment.</summary>
    internal List<(long Number, uint Generation, Segment? Segment)> Segments { get; } = [];

    /// <summary>What compaction had yet to remove.</summary>
    internal List<string> Replaced { get; } = [];

    /// <summary>Why segments could not be opened, and which are missing.</summary>
    internal List<LogFinding> Findings { get; } = [];

    internal static InspectedFiles Open(IFileSystem fileSystem, string directory, bool isBesideOwner)
    {
        for (var attempts = 1; ; attempts++)
        {
            var files = new InspectedFiles(fileSystem.ListFiles(directory));
            try
            {
                files.OpenSegments(fileSystem, directory);
                // Beside an owner compaction may have removed a file between the listing and the opening of it: list again.
                if (!isBesideOwner || attempts == MaxAttempts || files.Findings.TrueForAll(
                    finding => finding.Kind is not (StorageFailure.SegmentMissing or StorageFailure.RootUnavailable)))
                    return files;
                files.Dispose();
            }
            catch
            {
                files.Dispose();
                throw;
            }
        }
    }

    public void Dispose()
    {
        foreach (var (_, _, segment) in Segments) segment?.Dispose();
    }

    private void OpenSegments(IFileSystem fileSystem, string directory)
    {
        var found = new List<(long Number, uint Generation)>();
        foreach (var name in Names)
            if (Segment.TryParseName(name, out var number, out var generation)) found.Add((number, generation));
        found.Sort();

        var first = long.MaxValue;
        for (var i = found.Count - 1; i >= 0; i--)
        {
            var (number, generation) = found[i];
            if (number >= first)
            {
                Replaced.Add(Segment.PathOf(directory, number, generation));
                continue;
            }

            var segment = TryOpen(fileSystem, directory, number, generation);
            Segments.Add((number, generation, segment));
            first = segment?.Header.FirstNumber ?? number;
        }

        Segments.Reverse();
        NameMissing(directory);
    }

    private Segment? TryOpen(IFileSystem fileSystem, string directory, long number, uint generation)
    {
        var path = Segment.PathOf(directory, number, generation);
        try
        {
            return Segment.Open(fileSystem, directory, number, generation);
        }
        catch (SegmentCorruptException damage)
        {
            Findings.Add(new LogFinding(damage.Reason, path, damage.Offset, damage.Expectation));
        }
        catch (FormatTooNewException)
        {
            Findings.Add(new LogFinding(StorageFailure.FormatTooNew, path, 8, "a version of the format that this version knows"));
        }
        catch (FileSystemException failure)
        {
            Findings.Add(new LogFinding(StorageFailure.RootUnavailable, path, 0, $"a readable file, but: {failure.Message}"));
        }

        return null;
    }

    private void NameMissing(string directory)
    {
        long expected = 1;
        foreach (var (number, generation, segment) in Segments)
        {
            // Without its header nobody knows how many numbers a compacted segment stands for.
            if (segment is not null || generation == 0)
            {
                if ((segment?.Header.FirstNumber ?? number) != expected)
                    Findings.Add(new LogFinding(
                        StorageFailure.SegmentMissing, Segment.PathOf(directory, expected, 0), 0,
                        $"the segment before {Path.GetFileName(Segment.PathOf(directory, number, generation))}"));
            }

            expected = number + 1;
        }
    }
}
