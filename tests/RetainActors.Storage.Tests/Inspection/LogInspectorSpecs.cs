namespace RetainActors.Storage.Tests.Inspection;

public class LogInspectorSpecs
{
    [Theory(DisplayName = "LogInspector should find damage wherever opening or reading does, and nothing in a sound log")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Flips(bool clean)
    {
        var image = await InspectedLog.CreateAsync(clean);
        var (_, sound, _) = InspectedLog.Inspect(image.ToFileSystem());
        Assert.Empty(sound);

        foreach (var (name, bytes) in image.Files)
        {
            for (var offset = 0; offset < bytes.Length; offset += Sweeps.IsFull ? 1 : 7)
            {
                var damaged = image.WithFlip(name, offset);
                var (inspection, findings, _) = InspectedLog.Inspect(damaged.ToFileSystem());
                var refusal = InspectedLog.Refusal(damaged);
                var where = $"{name}, offset {offset}: {refusal?.Message ?? "served"}, {string.Join("; ", findings)}";
                Assert.Equal(inspection.Findings, findings.Count);
                if (refusal is not null) Assert.True(findings.Count > 0, where);
                else Assert.True(findings.Count == 0 || InspectedLog.IsBatchHeaderOfSealed(image, name, offset), where);
                if (findings.Count > 0) Assert.True(findings.TrueForAll(finding => Path.GetFileName(finding.File) == name), where);
            }
        }
    }

    [Theory(DisplayName = "LogInspector should judge a cut at every place, and a segment that is gone or swapped, as opening does")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cuts(bool clean)
    {
        var image = await InspectedLog.CreateAsync(clean);
        var segments = image.Segments.ToArray();
        var damaged = segments.SelectMany(name => Enumerable.Range(0, image.Files[name].Length / 3).Select(third => image.With(name, image.Files[name][..(third * 3)])))
            .Concat(segments.Select(name => image.With(name, null)))
            .Append(image.With(segments[1], image.Files[segments[0]]))
            .Append(image.With(segments[0], image.Files[segments[1]]))
            .Append(image.With(Path.GetFileName(Segment.PathOf("", segments.Length + 1, 0)), image.Files[segments[^1]]))
            .Append(image.With(segments[^1], [.. image.Files[segments[^1]], .. new byte[100]]))
            .Append(image.With(segments[0], [.. image.Files[segments[0]], .. new byte[100]]));
        foreach (var log in damaged)
        {
            var (inspection, findings, _) = InspectedLog.Inspect(log.ToFileSystem());
            var refusal = InspectedLog.Refusal(log);
            Assert.True((refusal is not null) == (findings.Count > 0), $"{refusal?.Message ?? "served"}, {string.Join("; ", findings)}");
            Assert.NotNull(inspection);
        }
    }

    [Fact(DisplayName = "LogInspector should go on behind damage, name the lost record by the index and give all others")]
    public async Task Goes_on()
    {
        var image = await InspectedLog.CreateAsync(clean: true);
        var (_, _, all) = InspectedLog.Inspect(image.ToFileSystem());
        var lost = new[] { all[1], all[4] };
        var damaged = lost.Aggregate(image, (log, record) => log.WithFlip(Path.GetFileName(record.File), (int)record.Offset + 60));

        var (inspection, findings, records) = InspectedLog.Inspect(damaged.ToFileSystem());

        Assert.Equal(lost.Select(record => (record.Id, record.SequenceNumber, record.Offset)), findings.Select(finding => (finding.Id!, finding.SequenceNumber!.Value, finding.Offset)));
        Assert.All(findings, finding => Assert.Equal(StorageFailure.SegmentCorrupt, finding.Kind));
        Assert.Equal(all.Except(lost).Select(record => record.Position), records.Select(record => record.Position));
        Assert.Equal(all.Count - 2, inspection.Records);
    }

    [Fact(DisplayName = "LogInspector should take the torn end after a crash for a note, not for damage")]
    public async Task Torn_end()
    {
        var image = await InspectedLog.CreateAsync(clean: false);
        var last = image.Segments.Last();

        var (inspection, findings, _) = InspectedLog.Inspect(image.With(last, [.. image.Files[last], 1, 2, 3]).ToFileSystem());

        Assert.Empty(findings);
        Assert.Contains("3 bytes of an unfinished write", Assert.Single(inspection.Notes).Text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "LogInspector should read a compacted log and count its live bytes")]
    public async Task Compacted()
    {
        using var host = LogHost.Create(onDisk: false);
        using (var log = host.Open())
        {
            for (var number = 1; number <= 30; number++) await log.Append("a", number, new string('x', 800));
            await log.Append("b", 1);
            await log.DeleteAsync("a", 28);
            await log.CompactAsync(1);
        }

        var (inspection, findings, records) = InspectedLog.Inspect(host.FileSystem);

        Assert.Empty(findings);
        Assert.Contains(inspection.Segments, segment => segment.Generation > 0);
        Assert.Equal((2, 33L), (inspection.Ids, inspection.HighestPosition + 1));
        Assert.Equal([29, 30], records.Where(record => record is { Id: "a", Kind: InspectedKind.Event, SequenceNumber: > 28 }).Select(record => record.SequenceNumber));
        Assert.Equal((28, 30), records.Where(record => record.Kind == InspectedKind.Deletion).Select(record => (record.SequenceNumber, record.Highest)).Single());
    }

    [Fact(DisplayName = "LogInspector should read beside an owner that writes, find nothing and change no byte")]
    public async Task Beside_an_owner()
    {
        using var host = LogHost.Create(onDisk: true);
        using var log = host.Open();
        var writing = Task.Run(async () =>
        {
            for (var number = 1; number <= 300; number++)
            {
                await log.Append("a", number, new string('x', 300));
                if (number % 50 == 0) await log.DeleteAsync("a", number - 10);
            }
        });
        await log.Append("b", 1);
        do
        {
            var (inspection, findings, records) = InspectedLog.Inspect(host.FileSystem, host.Settings.Directory);
            Assert.Empty(findings);
            Assert.Equal(Environment.ProcessId, inspection.OwnerProcessId);
            Assert.Equal(records.Select(record => record.Position).Order(), records.Select(record => record.Position));
        }
        while (!writing.IsCompleted);
        await writing;
    }

    [Fact(DisplayName = "LogInspector should find nothing in a segment whose index and seal come while it reads")]
    public async Task Sealed_meanwhile()
    {
        var image = await InspectedLog.CreateAsync(clean: false);
        var name = image.Segments.First();
        var whole = image.Files[name];
        Assert.Equal(Decoded.Ok, SegmentHeader.Read(whole, out var header));
        Assert.Equal(Decoded.Ok, BatchHeader.Read(whole.AsSpan(^SegmentFormat.BatchHeaderSize..), header!.Checksum, out var seal));
        var (records, rest) = (whole[..(int)seal.Watermark], whole[(int)seal.Watermark..]);
        var memory = image.With(name, records).ToFileSystem();
        OwnerFile.ThisProcess(DateTimeOffset.UnixEpoch).Write(memory, LogImage.Directory);
        var path = Path.Combine(LogImage.Directory, name);
        var looks = 0;
        memory.Before = (operation, at) =>
        {
            // The length is asked for at first, and when the end was met.
            if (operation != FileOperation.Inspect || at != path || ++looks != 2) return;
            using var file = memory.Open(path, FileOpening.ReadWrite);
            file.Write(records.Length, rest);
        };

        var (inspection, findings, _) = InspectedLog.Inspect(memory);

        Assert.Empty(findings);
        Assert.True(looks >= 2);
        Assert.Equal(whole.Length, inspection.Segments[0].SizeBytes);
    }

    [Fact(DisplayName = "LogInspector should say when an owner came in while it read")]
    public async Task Newcomer()
    {
        var image = await InspectedLog.CreateAsync(clean: true);
        using var host = LogHost.InMemory(image.ToFileSystem());
        FileLog? newcomer = null;
        var inspection = new LogInspector(LogImage.Directory, host.FileSystem) { OnRecord = _ => newcomer ??= host.Open() }.Run();
        newcomer?.Dispose();

        Assert.Null(inspection.OwnerProcessId);
        Assert.Contains($"process {Environment.ProcessId} opened the log meanwhile", inspection.Notes[^1].Text, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "LogInspector should give findings for any bytes, never an exception")]
    public async Task Hostile()
    {
        var image = await InspectedLog.CreateAsync(clean: true);
        var random = new Random(7);
        for (var round = 0; round < 300; round++)
        {
            var name = image.Files.Keys.ElementAt(random.Next(image.Files.Count));
            var bytes = (byte[])image.Files[name].Clone();
            var start = random.Next(bytes.Length);
            random.NextBytes(bytes.AsSpan(start, random.Next(bytes.Length - start)));
            InspectedLog.Inspect(image.With(name, bytes).ToFileSystem());
        }
    }

    [Fact(DisplayName = "LogInspector should refuse a folder without a log, and make none")]
    public void Nothing_there()
    {
        using var directory = new TempDirectory();
        var failure = Assert.Throws<RootUnavailableException>(() => new LogInspector(directory.File("journal"), PosixFileSystem.Instance).Run());
        Assert.Contains("no journal", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }
}
