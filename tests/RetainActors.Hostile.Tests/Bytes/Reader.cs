namespace RetainActors.Hostile.Tests.Bytes;

/// <summary>Something that reads bytes from outside, and what it may do with any of them.</summary>
/// <param name="Name">Its name in reports.</param>
/// <param name="Seeds">Valid inputs to begin with.</param>
/// <param name="Read">Reads an input, and looks at all that came of it.</param>
internal sealed record Reader(string Name, IReadOnlyList<byte[]> Seeds, Action<byte[]> Read)
{
    /// <summary>What it may throw by its contract; most readers throw nothing.</summary>
    public Type? Refusal { get; init; }

    /// <summary>Makes the checksums in a mutant right again, so that the code behind them is reached.</summary>
    public Action<byte[]>? Repair { get; init; }

    /// <summary>What reading may allocate whatever the input, in bytes.</summary>
    public long Allowance { get; init; } = 256 * 1024;

    /// <summary>What reading may allocate for each byte of the input.</summary>
    public long AllowancePerByte { get; init; } = 256;

    /// <summary>Processor time that reading may take, of all threads of the process.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(10);

    public override string ToString() => Name;
}
