using RetainActors.Storage.Driver;

namespace RetainActors.Storage.Tests;

public class SizeSpecs
{
    private const int LargestPower = 25;

    [Fact(DisplayName = "FileLog should store payloads of any size around each power of two exactly, or refuse them as RecordTooLarge")]
    public async Task Powers_of_two()
    {
        using var host = LogHost.Create(onDisk: true);
        host.Settings = new FileLogSettings { Directory = host.Settings.Directory };
        var (stored, refused) = (new Dictionary<long, uint>(), 0);
        var random = new Random(24);
        using (var log = host.Open())
        {
            foreach (var size in Enumerable.Range(0, LargestPower + 1).SelectMany(power => new[] { (1 << power) - 1, 1 << power, (1 << power) + 1 }))
            {
                var payload = new byte[size];
                random.NextBytes(payload);
                var number = stored.Count + 1;
                try
                {
                    await log.AppendAsync([new LogEntry("a", number, payload)]);
                    stored[number] = LogModel.Hash(payload);
                }
                catch (RecordTooLargeException)
                {
                    // The limit is on what is stored, which is a little more than the payload.
                    Assert.True(size >= host.Settings.MaxUnitSizeBytes - 1, $"{size}");
                    refused++;
                }
            }
        }

        using var again = host.Open();
        Assert.Equal(6, refused);
        Assert.Equal(stored, again.Read("a", 1, long.MaxValue, long.MaxValue).ToDictionary(record => record.SequenceNumber, record => LogModel.Hash(record.Payload.Span)));
    }
}
