using Akka.Actor;
using Akka.Configuration;
using RetainActors.Checkpoints;
using RetainActors.Persistence;
using RetainActors.Storage;

namespace RetainActors.Tests.Runs;

/// <summary>
/// A process of a service on a disk in memory. Alone it has an actor system of its own. Among others in one system it has its own
/// journal, region and client of checkpoints, and everything of it ends together; nothing of them is replaced by a stand-in.
/// </summary>
internal sealed class RunProcess : IAsyncDisposable
{
    private readonly Func<Props, Task<IActorRef>> _start;
    private readonly Func<Task> _end;

    private RunProcess(IActorRef checkpoints, Func<Props, Task<IActorRef>> start, Func<Task> end, Task ended) =>
        (Checkpoints, _start, _end, Ended) = (checkpoints, start, end, ended);

    public IActorRef Checkpoints { get; }

    public Task Ended { get; }

    public static RunProcess Alone(MemoryFileSystem disk)
    {
        var system = TestSystem.Start(disk);
        return new RunProcess(
            RetainCheckpoints.Get(system).ClientActor, props => Task.FromResult(system.ActorOf(props)), system.Terminate, system.WhenTerminated);
    }

    /// <summary>Starts a process that serves one key, which no other process of the house serves.</summary>
    public static async Task<RunProcess> InAsync(RunHouse house, CheckpointKey key, MemoryFileSystem disk)
    {
        var folder = "/" + key.PersistenceId;
        house.Disks.Mount(folder, disk);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = house.System.ActorOf(ActorProps.From(() => new ParentActor(ended)));
        var section = ConfigurationFactory.ParseString($"root = \"{folder}/retain\"").WithFallback(house.JournalSection);
        var journal = await StartAsync(Props.Create<FileJournal>(section).WithDispatcher(RunHouse.JournalDispatcher), FilePersistence.MemoryJournalPath);
        house.Journals.Tell(new JournalByKey.Serve(key.PersistenceId, journal));
        var region = await StartAsync(CheckpointRegionActor.PropsFor(house.Settings));
        return new RunProcess(
            await StartAsync(CheckpointClientActor.PropsFor(region, house.Settings)),
            props => StartAsync(props),
            async () =>
            {
                house.System.Stop(process);
                await ended.Task;
                house.Disks.Unmount(folder);
            },
            ended.Task);

        Task<IActorRef> StartAsync(Props props, string? name = null) => process.Ask<IActorRef>(new Child(props, name));
    }

    public Task<IActorRef> StartAsync(Props props) => _start(props);

    /// <summary>Ends everything in it.</summary>
    public async ValueTask DisposeAsync() => await _end();

    private sealed record Child(Props Props, string? Name);

    /// <summary>The parent of a process among others; after the last of its children it tells that it ended.</summary>
    private sealed class ParentActor(TaskCompletionSource ended) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is Child child) Sender.Tell(Context.ActorOf(child.Props, child.Name));
            else Unhandled(message);
        }

        protected override void PostStop() => ended.SetResult();
    }
}
