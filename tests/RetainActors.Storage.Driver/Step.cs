namespace RetainActors.Storage.Driver;

/// <summary>
/// One step of a log's life, done when told to, by a thread that is known by its name, so that its system calls can be counted
/// and the process ended at any one of them. Nothing is closed behind it, but by the step that closes.
/// </summary>
internal sealed class Step(Func<FileLog> open, int life, bool acknowledgesFirst)
{
    /// <summary>Enough for several segments.</summary>
    private const int Operations = 30;

    /// <summary>Runs <c>open</c>, <c>append</c>, <c>compact</c> or <c>close</c>.</summary>
    internal void Run(string name)
    {
        StorageException? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Do(name);
            }
            catch (StorageException thrown)
            {
                failure = thrown;
            }
        })
        { Name = "retain-step" };
        thread.Start();
        thread.Join();
        Churn.Say(failure is null ? "ready" : $"failed {failure.Message}");
        // Neither the log nor anything else is closed.
        Environment.Exit(0);
    }

    private static void AwaitWord()
    {
        Churn.Say("set");
        Console.In.ReadLine();
    }

    private void Do(string name)
    {
        if (name == "open") AwaitWord();
        var log = open();
        var churn = new Churn(log, life, acknowledgesFirst);
        var model = churn.Tell(0);
        switch (name)
        {
            case "append":
                AwaitWord();
                churn.WorkAsync(0, model, Operations).GetAwaiter().GetResult();
                break;
            case "compact":
                AwaitWord();
                log.CompactAsync(1).GetAwaiter().GetResult();
                break;
            case "close":
                churn.WorkAsync(0, model, 2).GetAwaiter().GetResult();
                AwaitWord();
                log.Dispose();
                break;
        }
    }
}
