namespace RetainActors.Tests;

public sealed class TimestampSpecs
{
    [Theory(DisplayName = "Timestamp should keep the text of every ISO form that the seed writes")]
    [InlineData("2026-11-20T00:25:14.999999", "2026-11-20T00:25:14.999999Z")]
    [InlineData("2026-03-06T18:17:10.120000+05:30", "2026-03-06T12:47:10.12Z")]
    [InlineData("2024-11-04T22:27:33-08:00", "2024-11-05T06:27:33Z")]
    [InlineData("2024-11-04", "2024-11-04T00:00:00Z")]
    [InlineData("2024-11-04T01:02:03.123456789Z", "2024-11-04T01:02:03.1234567Z")]
    [InlineData("2024-11-04T00:00:00+05:30:15", "2024-11-03T18:30:00Z")]
    public void Keeps_text(string text, string instant)
    {
        var timestamp = Timestamp.Parse(text);

        Assert.Equal(text, timestamp.Text);
        Assert.Equal(DateTimeOffset.Parse(instant, null), timestamp.Instant);
    }

    [Theory(DisplayName = "Timestamp should refuse what is no ISO 8601 time")]
    [InlineData("")]
    [InlineData("yesterday")]
    [InlineData("2024-13-01")]
    [InlineData("2024-11-04T25:00:00")]
    [InlineData("2024-11-04T01:02:03Z\n")]
    public void Refuses(string text) => Assert.Throws<FormatException>(() => Timestamp.Parse(text));

    [Fact(DisplayName = "Timestamp should read back the instant that it was made from")]
    public void From_instant()
    {
        var instant = new DateTimeOffset(2026, 5, 6, 7, 8, 9, TimeSpan.FromHours(-3)).AddMicroseconds(123456);
        Assert.Equal(instant, Timestamp.Parse(Timestamp.From(instant).Text).Instant);
    }
}
