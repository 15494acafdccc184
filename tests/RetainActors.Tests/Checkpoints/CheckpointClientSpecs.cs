using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests.Checkpoints;

/// <summary>The client in front of a region that a probe plays, in virtual time.</summary>
public sealed class CheckpointClientSpecs : TestKit
{
    private static readonly CheckpointKey Key = Contexts.Key;
    private readonly TestProbe _region;
    private readonly TestProbe _asker;
    private IActorRef _client;

    public CheckpointClientSpecs()
        : base(VirtualTime.Config.WithFallback(FaultyJournal.Config))
    {
        RetainCheckpoints.Get(Sys);
        _region = CreateTestProbe();
        _asker = CreateTestProbe();
        _client = Sys.ActorOf(CheckpointClientActor.PropsFor(_region, CheckpointSettings.From(Sys.Settings.Config)));
    }

    [Fact(DisplayName = "The client should give every save an id and hand the answer back")]
    public async Task Save_id()
    {
        _client.Tell(new Save(Contexts.After()), _asker);
        var request = await _region.ExpectMsgAsync<CheckpointRequest>();
        Assert.NotNull(((Save)request.Command).SaveId);
        _region.Reply(new CheckpointResponse(request.Number, new Saved(Key, 7)));
        await _asker.ExpectMsgAsync(new Saved(Key, 7));
    }

    [Fact(DisplayName = "Answers to several requests of one key should reach their own askers, in whatever order they come")]
    public async Task Numbers()
    {
        var other = CreateTestProbe();
        _client.Tell(new Load(Key), _asker);
        _client.Tell(new Delete(Key), other);
        var load = await _region.ExpectMsgAsync<CheckpointRequest>();
        var delete = await _region.ExpectMsgAsync<CheckpointRequest>();
        _region.Reply(new CheckpointResponse(delete.Number, new Deleted(Key, 1, true)));
        _region.Reply(new CheckpointResponse(load.Number, new NotFound(Key)));
        await _asker.ExpectMsgAsync(new NotFound(Key));
        await other.ExpectMsgAsync(new Deleted(Key, 1, true));
    }

    [Fact(DisplayName = "The client should say what waits for its answer, for which key and how long")]
    public async Task Status()
    {
        Assert.Equal((0, null, TimeSpan.Zero), await InspectAsync());
        _client.Tell(new Load(Key), _asker);
        var first = await _region.ExpectMsgAsync<CheckpointRequest>();
        await AdvanceAsync(TimeSpan.FromSeconds(3));
        _client.Tell(new Load(new CheckpointKey("bank", "later")), _asker);
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.Equal((2, Key, TimeSpan.FromSeconds(4)), await InspectAsync());

        _region.Send(_client, new CheckpointResponse(first.Number, new NotFound(Key)));
        await _asker.ExpectMsgAsync<NotFound>();
        Assert.Equal((1, new CheckpointKey("bank", "later"), TimeSpan.FromSeconds(1)), await InspectAsync());

        async Task<(int, CheckpointKey?, TimeSpan)> InspectAsync()
        {
            var completion = new TaskCompletionSource<CheckpointsStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
            _client.Tell(new CheckpointClientActor.Inspect(completion));
            var status = await completion.Task.WaitAsync(TimeSpan.FromSeconds(20));
            return (status.Unanswered, status.OldestKey, status.OldestAge);
        }
    }

    [Fact(DisplayName = "A save without an answer should be sent again under its id, and be SaveUnknown at the deadline")]
    public async Task Deadline()
    {
        _client.Tell(new Save(Contexts.After()), _asker);
        var first = await _region.ExpectMsgAsync<CheckpointRequest>();
        await AdvanceAsync(TimeSpan.FromSeconds(6));
        Assert.Equal(first, await _region.ExpectMsgAsync<CheckpointRequest>());
        await AdvanceAsync(TimeSpan.FromSeconds(25));
        Assert.Equal(((Save)first.Command).SaveId, (await _asker.ExpectMsgAsync<SaveUnknown>()).SaveId);
        _region.Send(_client, new CheckpointResponse(first.Number, new Saved(Key, 1)));
        await _asker.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact(DisplayName = "A load without an answer should be Unavailable at the deadline")]
    public async Task Load_deadline()
    {
        _client.Tell(new Load(Key), _asker);
        await _region.ExpectMsgAsync<CheckpointRequest>();
        await AdvanceAsync(TimeSpan.FromSeconds(31));
        Assert.Equal("DeadlineExceeded", (await _asker.ExpectMsgAsync<Unavailable>()).Reason);
    }

    [Fact(DisplayName = "SaveUnknown and Busy should be resolved by sending the save again")]
    public async Task Resolves()
    {
        _client.Tell(new Save(Contexts.After()), _asker);
        foreach (ICheckpointReply reply in new ICheckpointReply[] { new SaveUnknown(Key, null, ""), new SaveRefused(Key, RefuseReason.Busy, "") })
        {
            var request = await _region.ExpectMsgAsync<CheckpointRequest>();
            _region.Reply(new CheckpointResponse(request.Number, reply));
            await _asker.ExpectNoMsgAsync(TimeSpan.Zero);
            await AdvanceAsync(TimeSpan.FromSeconds(1));
        }

        var last = await _region.ExpectMsgAsync<CheckpointRequest>();
        _region.Reply(new CheckpointResponse(last.Number, new Saved(Key, 3)));
        await _asker.ExpectMsgAsync(new Saved(Key, 3));
    }

    [Fact(DisplayName = "A save that met a busy key each time should be answered so at the deadline, and not as unknown")]
    public async Task Busy_to_the_end()
    {
        _client.Tell(new Save(Contexts.After()), _asker);
        for (var i = 0; i < 31; i++)
        {
            var request = await _region.ExpectMsgAsync<CheckpointRequest>();
            _region.Reply(new CheckpointResponse(request.Number, new SaveRefused(Key, RefuseReason.Busy, "200 requests wait")));
            await _asker.ExpectNoMsgAsync(TimeSpan.Zero);
            await AdvanceAsync(TimeSpan.FromSeconds(1));
            if (_asker.HasMessages) break;
        }

        Assert.Equal(RefuseReason.Busy, (await _asker.ExpectMsgAsync<SaveRefused>()).Reason);
    }

    [Fact(DisplayName = "A save that may have landed should never be answered as surely not stored because the journal fails later")]
    public async Task Unresolved()
    {
        _client.Tell(new Save(Contexts.After()), _asker);
        var request = await _region.ExpectMsgAsync<CheckpointRequest>();
        _region.Reply(new CheckpointResponse(request.Number, new SaveUnknown(Key, null, "")));
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        request = await _region.ExpectMsgAsync<CheckpointRequest>();
        _region.Reply(new CheckpointResponse(request.Number, new SaveRefused(Key, RefuseReason.Failed, "JournalPoisoned: x")));
        Assert.Contains("JournalPoisoned", (await _asker.ExpectMsgAsync<SaveUnknown>()).Detail);
    }

    [Fact(DisplayName = "A refusal should not be the last word while a copy of the request is under way, since that may be done after all")]
    public async Task Copies()
    {
        _client.Tell(new Save(Contexts.After(), ExpectedRevision: 1), _asker);
        await _region.ExpectMsgAsync<CheckpointRequest>();
        await AdvanceAsync(TimeSpan.FromSeconds(6));
        var request = await _region.ExpectMsgAsync<CheckpointRequest>();
        _region.Reply(new CheckpointResponse(request.Number, new SaveRefused(Key, RefuseReason.Conflict, "too early")));
        await AdvanceAsync(TimeSpan.FromSeconds(1));
        await _asker.ExpectNoMsgAsync(TimeSpan.Zero);
        _region.Reply(new CheckpointResponse(request.Number, new Saved(Key, 2)));
        await _asker.ExpectMsgAsync(new Saved(Key, 2));
    }

    [Fact(DisplayName = "A deletion that met nothing should not be the last word either, and be unknown when its copy is never heard of")]
    public async Task Copies_of_a_deletion()
    {
        _client.Tell(new Delete(Key), _asker);
        await _region.ExpectMsgAsync<CheckpointRequest>();
        await AdvanceAsync(TimeSpan.FromSeconds(6));
        var request = await _region.ExpectMsgAsync<CheckpointRequest>();
        _region.Reply(new CheckpointResponse(request.Number, new Deleted(Key, 0, Existed: false)));
        await AdvanceAsync(TimeSpan.FromSeconds(25));
        Assert.Equal("DeadlineExceeded", (await _asker.ExpectMsgAsync<Unavailable>()).Reason);
        await _region.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact(DisplayName = "A client that stops should leave no request without an answer")]
    public async Task Stops()
    {
        _client.Tell(new Save(Contexts.After()), _asker);
        _client.Tell(new Load(Key), _asker);
        await _region.ExpectMsgAsync<CheckpointRequest>();
        Sys.Stop(_client);
        await _asker.ExpectMsgAsync<SaveUnknown>();
        await _asker.ExpectMsgAsync<Unavailable>();
    }

    [Fact(DisplayName = "With retry-failures a failed request should be sent again until it succeeds, damage excepted")]
    public async Task Retries()
    {
        var client = Retrying();
        foreach (ICheckpointCommand command in new ICheckpointCommand[] { new Save(Contexts.After()), new Claim(Key), new Load(Key) })
        {
            client.Tell(command, _asker);
            var request = await _region.ExpectMsgAsync<CheckpointRequest>();
            _region.Reply(new CheckpointResponse(request.Number, Failure(command)));
            await AdvanceAsync(TimeSpan.FromSeconds(1));
            Assert.Equal(request, await _region.ExpectMsgAsync<CheckpointRequest>());
            _region.Reply(new CheckpointResponse(request.Number, new NotFound(Key)));
            await _asker.ExpectMsgAsync(new NotFound(Key));
        }

        client.Tell(new History(Key), _asker);
        var damaged = await _region.ExpectMsgAsync<CheckpointRequest>();
        _region.Reply(new CheckpointResponse(damaged.Number, new Unavailable(Key, "SegmentCorrupt", "d")));
        await _asker.ExpectMsgAsync(new Unavailable(Key, "SegmentCorrupt", "d"));
    }

    [Theory(DisplayName = "At the deadline a retried request should get its last failure, a save that may have landed SaveUnknown")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Retried_until_the_deadline(bool isAnswered)
    {
        Retrying().Tell(new Save(Contexts.After()), _asker);
        for (var i = 0; i < 31; i++)
        {
            if (i == 0 || isAnswered)
            {
                var request = await _region.ExpectMsgAsync<CheckpointRequest>();
                _region.Reply(new CheckpointResponse(request.Number, new SaveRefused(Key, RefuseReason.Failed, "down")));
            }

            await AdvanceAsync(TimeSpan.FromSeconds(1));
        }

        if (isAnswered) await _asker.ExpectMsgAsync(new SaveRefused(Key, RefuseReason.Failed, "down"));
        else await _asker.ExpectMsgAsync<SaveUnknown>();
    }

    private static ICheckpointReply Failure(ICheckpointCommand command) => command switch
    {
        Save => new SaveRefused(Key, RefuseReason.Failed, "down"),
        Claim => new ClaimRefused(Key, RefuseReason.Failed, "down"),
        _ => new Unavailable(Key, "IO", "down"),
    };

    private IActorRef Retrying() => _client = Sys.ActorOf(
        CheckpointClientActor.PropsFor(_region, CheckpointSettings.From(Sys.Settings.Config) with { RetryFailures = true }));

    /// <summary>Lets the client see every tick of the time that passes.</summary>
    private async Task AdvanceAsync(TimeSpan time)
    {
        Sys.Advance(time);
        // The client has handled what it got by now: it answers its own identity in order.
        await _client.Ask<ActorIdentity>(new Identify(null), TimeSpan.FromSeconds(3));
    }
}
