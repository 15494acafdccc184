using System.Buffers.Binary;
using System.Diagnostics;
using RetainActors.Checkpoints;
using RetainActors.Json;
using Xunit.Abstractions;

namespace RetainActors.Hostile.Tests.Bytes;

/// <summary>
/// Mutants of valid inputs before every reader: only what its contract names comes of them, within seconds of processor time, and with memory that the size
/// of the input bounds. Of mutants of bytes with checksums a half has right ones.
/// </summary>
public sealed class HostileBytesSpecs(ITestOutputHelper output)
{
    public static TheoryData<string> Names { get; } = [.. Readers.All.Select(reader => reader.Name)];

    [Theory(DisplayName = "Hostile bytes should give what the reader names, in bounded time and memory")]
    [MemberData(nameof(Names))]
    public void Mutants(string name)
    {
        var reader = Readers.Of(name);
        // A log costs a hundred times what a record does.
        var usual = reader == LogFiles.Reader ? 300 : 3000;
        var seconds = TestNumber.Of("RETAIN_FUZZ_MINUTES", 0) * 60.0 / Readers.All.Length;
        var seed = TestNumber.Of("RETAIN_FUZZ_SEED", Random.Shared.Next());
        output.WriteLine($"{name}: RETAIN_FUZZ_SEED={seed}");
        foreach (var valid in reader.Seeds) Assert.Null(Check.Fault(reader, valid));

        var watch = Stopwatch.StartNew();
        var mutator = new Mutator(reader, seed);
        using var hang = new HangWatch();
        var count = 0;
        for (; seconds > 0 ? watch.Elapsed.TotalSeconds < seconds : count < usual; count++)
        {
            var mutant = mutator.Next();
            hang.Begin(name, mutant);
            var fault = Check.Fault(reader, mutant);
            Assert.True(fault is null, $"{name}, seed {seed}, mutant {count}: {fault}\n{Convert.ToBase64String(mutant)}");
        }

        output.WriteLine($"{name}: {count} inputs, no fault");
    }

    [Theory(DisplayName = "A reader that is wrong on purpose should be caught")]
    [InlineData("trusts a length")]
    [InlineData("lets IndexOutOfRangeException out")]
    [InlineData("takes long")]
    public void Wrong_on_purpose(string fault)
    {
        var seed = Readers.Of("checkpoint record").Seeds[0];
        var reader = new Reader(fault, [seed], fault switch
        {
            "trusts a length" => bytes => { if (bytes.Length > 5) _ = new byte[Math.Clamp(BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(1)), 0, 1 << 28)]; },
            "takes long" => bytes => { if (bytes.Length > seed.Length) Burn(); },
            _ => bytes => _ = bytes[5 + (bytes[1] & 63)],
        }) { Longest = TimeSpan.FromSeconds(0.1) };
        var mutator = new Mutator(reader, 1);
        Assert.Contains(Enumerable.Range(0, 500), _ => Check.Fault(reader, mutator.Next()) is not null);
    }

    [Fact(DisplayName = "Mutants should reach the code behind checksums and syntax, not only the refusal before it")]
    public void Reach()
    {
        var records = new Mutator(Readers.Of("checkpoint record"), 1);
        Assert.InRange(Enumerable.Range(0, 1000).Count(_ => CheckpointRecord.Decode(records.Next()) is CheckpointRecord), 200, 999);
        var snapshots = new Mutator(Readers.Of("snapshot"), 1);
        Assert.InRange(Enumerable.Range(0, 1000).Count(_ => Persistence.Snapshots.SnapshotCodec.Decode(snapshots.Next(), out var _) is not null), 20, 999);
        var files = new Mutator(Readers.Of("file of Astrocyte"), 1);
        Assert.InRange(Enumerable.Range(0, 1000).Count(_ => AstrocyteCheckpointFile.Import(files.Next(), out var _) is not null), 5, 999);
    }

    private static void Burn()
    {
        for (var start = Environment.CpuUsage.TotalTime; (Environment.CpuUsage.TotalTime - start).TotalSeconds < 0.15;)
        {
            // Until enough is used.
        }
    }
}
