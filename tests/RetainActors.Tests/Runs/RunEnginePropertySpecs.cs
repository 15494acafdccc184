using System.Globalization;
using Akka.Actor;
using CsCheck;
using RetainActors.Checkpoints;
using RetainActors.Runs;
using RetainActors.Storage;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests.Runs;

/// <summary>
/// Random tables, killed or stopped at random saves and resumed until they complete, against a plain sequential interpreter.
/// <c>RETAIN_RUN_CASES</c> sets the number of cases.
/// </summary>
public sealed class RunEnginePropertySpecs
{
    private static readonly CheckpointKey Key = new("bank", "source.md");

    private static readonly Gen<(RunScript Script, Kill[] Kills, bool[] Renames)> Cases = Gen.Select(
        RunScript.Generator,
        Gen.Select(
            Gen.Int[0, 6], Gen.Enum<KillPoint>(), Gen.Enum<KillScope>(), Gen.Int[0, 1000],
            (after, point, scope, seed) => new Kill(after, point, scope, seed)).Array[0, 4],
        Gen.Bool.Array[1, 4]);

    private static int Count => int.Parse(Environment.GetEnvironmentVariable("RETAIN_RUN_CASES") ?? "300", CultureInfo.InvariantCulture);

    [Fact(DisplayName = "A run killed anywhere should end as an undisturbed one: what was acknowledged runs once, what was not at most once more per kill")]
    public Task Killed_anywhere() => CheckAsync(reply => reply, Count);

    [Fact(DisplayName = "The check should catch an engine that resumes at the finished state, as the seed did (U1)")]
    public Task Resumes_at_the_finished_state() => CaughtAsync(reply => reply is Loaded { Context: { CompletedState: { } finished } context } loaded
        ? loaded with { Context = context with { NextState = context.NextState is null ? null : finished, CompletedState = null } }
        : reply);

    [Fact(DisplayName = "The check should catch an engine that runs finished branches again, as the seed did (U3)")]
    public Task Forgets_branches() => CaughtAsync(reply => reply is Loaded loaded ? loaded with { Branches = [] } : reply);

    [Fact(DisplayName = "The check should catch an engine that loses its checkpoint")]
    public Task Forgets_all() => CaughtAsync(reply => reply is Loaded { Context.Status: not CheckpointStatus.Completed } ? new NotFound(Key) : reply);

    [Fact(DisplayName = "The check should catch an engine that forgets its failures when it resumes, and so never parks")]
    public Task Forgets_failures() => CaughtAsync(reply => reply is Loaded { Context: { } context } loaded
        ? loaded with { Context = context with { StepLog = [.. context.StepLog.Where(step => step.Error is null)] } }
        : reply, 200);

    private static async Task CaughtAsync(Func<ICheckpointReply, ICheckpointReply> broken, int count = 40) =>
        await Assert.ThrowsAsync<CsCheckException>(() => CheckAsync(broken, count));

    private static Task CheckAsync(Func<ICheckpointReply, ICheckpointReply> change, int count) => Cases.SampleAsync(
        async (script, kills, renames) =>
        {
            var violations = await ViolationsAsync(script, kills, renames, change);
            if (violations.Count > 0) throw new InvalidOperationException(string.Join("; ", violations));
        },
        iter: count,
        print: sample => $"{sample.Item1} killed by {string.Join(", ", sample.Item2.AsEnumerable())}, renamed {string.Join(", ", sample.Item3)}");

    private static async Task<IReadOnlyList<string>> ViolationsAsync(
        RunScript script, Kill[] plan, bool[] renames, Func<ICheckpointReply, ICheckpointReply> change)
    {
        var world = new RunWorld(script);
        var (starts, generation) = (0, 0);
        var kills = new Queue<Kill>(plan);
        var disk = new MemoryFileSystem();
        var attempts = script.Interpret().Marks.Sum(script.FailuresOf) + (2 * plan.Length) + 1;
        while (true)
        {
            var system = TestSystem.Start(disk);
            try
            {
                var powerCut = new TaskCompletionSource<MemoryFileSystem>(TaskCreationOptions.RunContinuationsAsynchronously);
                var checkpoints = RetainCheckpoints.Get(system).ClientActor;
                var tap = system.ActorOf(Props.Create(() => new KillingTapActor(
                    checkpoints, world, kills, disk, powerCut, change)));
                while (!powerCut.Task.IsCompleted)
                {
                    if (attempts-- == 0) return ["the run never completed"];
                    if (renames[starts++ % renames.Length]) generation++;
                    var run = Client(system, script.ToTable(world, generation), tap)
                        .RunAsync(Key, "text", ChangePolicy.Refuse, ChangePolicy.Continue, null, CancellationToken.None);
                    if (await Task.WhenAny(run, powerCut.Task).WaitAsync(TimeSpan.FromSeconds(60)) == powerCut.Task) break;
                    var result = await run;
                    if (result.Outcome is RunOutcome.Completed or RunOutcome.UpToDate) return world.Violations(result.Context);
                    // A kill may have kept the run from telling that it was parked.
                    if (result.Outcome == RunOutcome.Parked || result.Error?.Reason == "Parked")
                    {
                        world.Unpark();
                        await Client(system, StateTable.Default, checkpoints).UnparkAsync(Key, CancellationToken.None);
                    }
                    else if (result is not ({ Outcome: RunOutcome.Stopped } or { Outcome: RunOutcome.Failed, Error.Reason: "StateFailed" or "Crashed" }))
                        return [$"the run ended as {result}"];
                }

                disk = await powerCut.Task;
            }
            finally
            {
                await system.Terminate();
            }
        }
    }

    private static RunClient Client(ActorSystem system, StateTable table, IActorRef checkpoints) => new(
        system.ActorOf(RunManagerActor.PropsFor(new RunEnvironment(table, ProbedRun.Impatient, checkpoints, TimeProvider.System))),
        system.WhenTerminated, new UnfinishedKeys(RetainCheckpoints.Get(system).Client), ProbedRun.Impatient.MaxLiveRuns);
}
