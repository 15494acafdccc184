using RetainActors.Runs;

namespace RetainActors.Tests.Runs;

public sealed class WaitingRunsSpecs
{
    private readonly WaitingRuns _waiting = new();

    [Fact(DisplayName = "Starts should have their turn in order within a bank, and the banks one after the other")]
    public void Round_robin()
    {
        Add("a/1 a/2 a/3 a/4 b/1 b/2 c/1");

        Assert.Equal("a/1 b/1 c/1 a/2 b/2 a/3 a/4", Drain());
        Assert.Equal(0, _waiting.Count);
    }

    [Fact(DisplayName = "A bank that comes late should not wait behind all of a large one")]
    public void Late_bank()
    {
        Add("a/1 a/2 a/3 a/4");
        _waiting.Next();
        Add("b/1 b/2");

        Assert.Equal("a/2 b/1 a/3 b/2 a/4", Drain());
    }

    [Fact(DisplayName = "What was taken away should have no turn, and may come again at the end")]
    public void Removed()
    {
        Add("a/1 a/2 a/3 b/1");
        _waiting.Remove(Key("a/1"));
        _waiting.Remove(Key("b/1"));
        _waiting.Remove(Key("a/9"));
        Add("a/1");

        Assert.Null(_waiting.Find(Key("b/1")));
        Assert.NotNull(_waiting.Find(Key("a/1")));
        Assert.Equal("a/2 a/3 a/1", Drain());
        Add("b/1");
        Assert.Equal("b/1", Drain());
    }

    private void Add(string keys)
    {
        foreach (var key in keys.Split(' ')) _waiting.Add(new RunStart(new RunProtocol.StartRun(Key(key), "text"), _ => { }, null));
    }

    private string Drain()
    {
        var keys = new List<string>();
        while (_waiting.Next() is { } start) keys.Add($"{start.Request.Key.Bank}/{start.Request.Key.Source}");
        return string.Join(' ', keys);
    }

    private static CheckpointKey Key(string key) => new(key.Split('/')[0], key.Split('/')[1]);
}
