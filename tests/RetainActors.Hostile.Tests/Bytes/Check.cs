namespace RetainActors.Hostile.Tests.Bytes;

/// <summary>The check that every input of every reader goes through.</summary>
internal static class Check
{
    /// <summary>What a reader did wrong with an input; null when it kept its contract.</summary>
    public static string? Fault(Reader reader, byte[] input)
    {
        var fault = Once(reader, input, out var isCost);
        // Another one may have run, a garbage collection for the inputs before, or the compiler: a cost counts when it comes again.
        for (var i = 0; i < 2 && isCost; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            fault = Once(reader, input, out isCost);
        }

        return fault;
    }

    private static string? Once(Reader reader, byte[] input, out bool isCost)
    {
        var copy = (byte[])input.Clone();
        var allocated = GC.GetTotalAllocatedBytes();
        var before = Environment.CpuUsage.TotalTime;
        isCost = false;
        try
        {
            reader.Read(copy);
        }
        catch (Exception e) when (reader.Refusal?.IsInstanceOfType(e) == true)
        {
        }
        catch (Exception e)
        {
            return $"{e.GetType()}: {e.Message}\n{e.StackTrace}";
        }

        var took = Environment.CpuUsage.TotalTime - before;
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        isCost = true;
        if (took > reader.Longest) return $"it took {took.TotalSeconds:0.0} s of processor time";
        var allowed = reader.Allowance + (reader.AllowancePerByte * input.Length);
        if (allocated > allowed) return $"it allocated {allocated} bytes for {input.Length}, and {allowed} are allowed";
        isCost = false;
        return null;
    }
}
