namespace RetainActors.Release.Tests.Samples;

/// <summary>Code of a page that names folders of its own, run where they do not matter. One at a time: a process has one working directory.</summary>
internal sealed class InFolder(string path)
{
    private static readonly SemaphoreSlim Turn = new(1);

    public async Task RunAsync(Func<Task> code)
    {
        await Turn.WaitAsync();
        var before = Environment.CurrentDirectory;
        try
        {
            Environment.CurrentDirectory = path;
            await code();
        }
        finally
        {
            Environment.CurrentDirectory = before;
            Turn.Release();
        }
    }
}
