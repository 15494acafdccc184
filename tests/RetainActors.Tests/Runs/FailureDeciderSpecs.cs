using Akka.Actor;
using RetainActors.Runs;
using static RetainActors.Tests.Runs.Handlers;

namespace RetainActors.Tests.Runs;

public sealed class FailureDeciderSpecs
{
    private static readonly Timestamp Now = Timestamp.Parse("2026-01-02T03:04:05Z");

    [Theory(DisplayName = "A failure should be retried while tries remain in this attempt, then fail, and park after too many in a row over all attempts")]
    [InlineData("", CheckpointStatus.Running, 1)]
    [InlineData("1A", CheckpointStatus.Running, 2)]
    [InlineData("1A 1A", CheckpointStatus.Failed, 3)]
    [InlineData("1A 1A 1A", CheckpointStatus.Failed, 4)]
    [InlineData("0A 0A 0A", CheckpointStatus.Running, 4)]
    [InlineData("0A 0A 0A 1A", CheckpointStatus.Parked, 5)]
    [InlineData("0A 0A 0A 0A 0A", CheckpointStatus.Parked, 6)]
    [InlineData("0A 0A 0A 0A a", CheckpointStatus.Running, 1)]
    [InlineData("0A a 1A", CheckpointStatus.Running, 2)]
    [InlineData("0A 0B 0B 0B 1A", CheckpointStatus.Running, 3)]
    public void Judged(string log, CheckpointStatus status, int inRow)
    {
        var failure = Judge(log, new StatePolicy { Retry = new RetryPolicy { MaxTries = 3 } });

        Assert.Equal((status, inRow, status == CheckpointStatus.Running), (failure.Status, failure.InRow, failure.IsRetried));
    }

    [Fact(DisplayName = "A failure that the retry policy does not cover should not be retried")]
    public void Not_retryable() =>
        Assert.Equal(CheckpointStatus.Failed, Judge("", new StatePolicy { Retry = new RetryPolicy { MaxTries = 3 } }, retryable: false).Status);

    [Fact(DisplayName = "Failures up to the attempt after which a run was unparked should count no more")]
    public void Unparked()
    {
        Assert.Equal((CheckpointStatus.Failed, 1), Of(Judge("0A 0A 0A 0A 0A", StatePolicy.Default, unparkedAfter: 1)));
        Assert.Equal((CheckpointStatus.Parked, 5), Of(Judge("0A 1A 1A 1A 1A", StatePolicy.Default, unparkedAfter: 1)));

        static (CheckpointStatus, int) Of(StepFailure failure) => (failure.Status, failure.InRow);
    }

    [Fact(DisplayName = "A state's own number of failures should win over the setting, and one should park at once")]
    public void Own_number()
    {
        Assert.Equal(CheckpointStatus.Parked, Judge("", new StatePolicy { ParkAfter = 1 }).Status);
        Assert.Equal(CheckpointStatus.Failed, Judge("0A 0A 0A 0A 0A 0A", new StatePolicy { ParkAfter = 8 }).Status);
    }

    [Fact(DisplayName = "The wait should double from the smallest to the largest, by the tries of this attempt, less the jitter")]
    public void Waits()
    {
        var policy = new StatePolicy
        {
            ParkAfter = 100,
            Retry = new RetryPolicy { MaxTries = 100, MinBackoff = TimeSpan.FromSeconds(2), MaxBackoff = TimeSpan.FromSeconds(10), Jitter = 0.5 },
        };

        Assert.Equal([2, 4, 8, 10, 10], Enumerable.Range(0, 5).Select(n => Judge(Failures(n), policy).RetryAfter.TotalSeconds));
        Assert.Equal([1, 2, 4, 5, 5], Enumerable.Range(0, 5).Select(n => Judge(Failures(n), policy, chance: 1).RetryAfter.TotalSeconds));
        Assert.Equal(10, Judge(Failures(90), policy).RetryAfter.TotalSeconds);
        Assert.Equal(2, Judge("0A 0A 0A", policy).RetryAfter.TotalSeconds);

        static string Failures(int count) => string.Join(' ', Enumerable.Repeat("1A", count));
    }

    /// <summary>Judges a failure of A in attempt 2. The log before it: <c>A</c> failed, <c>a</c> succeeded; <c>0</c> in attempt 1, else in attempt 2.</summary>
    private static StepFailure Judge(string log, StatePolicy policy, bool retryable = true, int unparkedAfter = 0, double chance = 0)
    {
        var before = new RetainContext(new CheckpointKey("bank", "source.md"))
        {
            Attempt = 2,
            UnparkedAfterAttempt = unparkedAfter,
            StepLog = [.. log.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Entry)],
        };
        var outcome = new StepOutcome(Now, Now, TimeSpan.Zero, JsonMembers.Empty, null, null, "IOException: gone") { IsRetryable = retryable };
        var state = new StateDefinition("A", Completes, [], [], null) { Policy = policy };
        var table = new StateTableBuilder("A").Add("A", Completes).Alias("OLD", "A").Build();
        var environment = new RunEnvironment(table, RunSettings.From(RetainCheckpoints.DefaultConfig), ActorRefs.Nobody, TimeProvider.System);
        return FailureDecider.Judge(before, new StepEnded(state, "A", outcome), "gone", environment, chance);
    }

    private static StepLogEntry Entry(string text) =>
        new(text[^1..].ToUpperInvariant(), Now, Now, 1, char.IsUpper(text[^1]) ? "IOException: gone" : null, text[0] == '0' ? 1 : 2);
}
