using System.Globalization;
using System.Text.RegularExpressions;
using Akka.Actor;
using CsCheck;
using RetainActors.Checkpoints;
using RetainActors.Runs;
using RetainActors.Storage;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests.Runs;

/// <summary>
/// Random tables, killed or stopped at random saves and resumed until they complete, against a plain sequential interpreter.
/// Most cases live in one actor system, each in processes of its own: journal and log, region, client and runs, which end together
/// at a power cut and start again on what it left. One in <see cref="AloneOneIn"/> has actor systems of its own, to show that sharing
/// one hides nothing; those cost far more. <c>RETAIN_RUN_CASES</c> sets the number of cases. A failure names its seed; with that in
/// <c>CsCheck_Seed</c>, one case is that case alone.
/// </summary>
public sealed class RunEnginePropertySpecs
{
    /// <summary>Cases side by side: most of their time is timers that run out.</summary>
    private const int AtOnce = 64;

    private const int AloneOneIn = 50;

    /// <summary>For a machine with much else to do: a deadline that passes says nothing about the engine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly Gen<RunCase> Cases = Gen.Select(
        RunScript.Generator,
        Gen.Select(
            Gen.Int[0, 6], Gen.Enum<KillPoint>(), Gen.Enum<KillScope>(), Gen.Int[0, 1000],
            (after, point, scope, seed) => new Kill(after, point, scope, seed)).Array[0, 4],
        Gen.Bool.Array[1, 4],
        Gen.Int[1, AloneOneIn],
        (script, kills, renames, chance) => new RunCase(script, kills, renames, IsAlone: chance == AloneOneIn));

    private static int Count => int.Parse(Environment.GetEnvironmentVariable("RETAIN_RUN_CASES") ?? "5000", CultureInfo.InvariantCulture);

    [Fact(DisplayName = "A run killed anywhere should end as an undisturbed one: what was acknowledged runs once, what was not at most once more per kill")]
    public Task Killed_anywhere() => CheckAsync(reply => reply, Count);

    [Fact(DisplayName = "The check should catch an engine that resumes at the finished state, as the seed did (U1)")]
    public Task Resumes_at_the_finished_state() => CaughtAsync(reply => reply is Loaded { Context: { CompletedState: { } finished } context } loaded
        ? loaded with { Context = context with { NextState = context.NextState is null ? null : finished, CompletedState = null } }
        : reply);

    [Fact(DisplayName = "The check should catch an engine that runs finished branches again, as the seed did (U3)")]
    public Task Forgets_branches() => CaughtAsync(reply => reply is Loaded loaded ? loaded with { Branches = [] } : reply);

    [Fact(DisplayName = "The check should catch an engine that loses its checkpoint")]
    public Task Forgets_all() => CaughtAsync(reply => reply is Loaded { Context.Status: not CheckpointStatus.Completed } loaded ? new NotFound(loaded.Key) : reply);

    [Fact(DisplayName = "The check should catch an engine that forgets its failures when it resumes, and so never parks")]
    public Task Forgets_failures() => CaughtAsync(reply => reply is Loaded { Context: { } context } loaded
        ? loaded with { Context = context with { StepLog = [.. context.StepLog.Where(step => step.Error is null)] } }
        : reply, 200);

    [Fact(DisplayName = "A failure should name its seed, and that seed should bring the same case alone")]
    public async Task Seed()
    {
        static ICheckpointReply Broken(ICheckpointReply reply) => reply is Claimed claimed ? new ClaimRefused(claimed.Key, RefuseReason.Failed, "broken") : reply;
        var found = await CaughtAsync(Broken);
        var alone = await CaughtAsync(Broken, count: 1, Regex.Match(found, "CsCheck_Seed=([^ ]+)").Groups[1].Value);
        Assert.Equal(found.Split('\n')[1], alone.Split('\n')[1]);
    }

    private static async Task<string> CaughtAsync(Func<ICheckpointReply, ICheckpointReply> broken, int count = 40, string? seed = null) =>
        (await Assert.ThrowsAsync<CsCheckException>(() => CheckAsync(broken, count, seed))).Message;

    private static async Task CheckAsync(Func<ICheckpointReply, ICheckpointReply> change, int count, string? seed = null)
    {
        await using var house = new RunHouse(AtOnce);
        var cases = 0;
        await Cases.SampleAsync(
            async run =>
            {
                var key = new CheckpointKey("bank", $"source-{Interlocked.Increment(ref cases)}");
                var violations = await ViolationsAsync(
                    run, key, change, disk => run.IsAlone ? Task.FromResult(RunProcess.Alone(disk)) : RunProcess.InAsync(house, key, disk));
                if (violations.Count > 0) throw new InvalidOperationException(string.Join("; ", violations));
            },
            seed: seed, iter: count, threads: AtOnce, print: run => $"{run}");
    }

    private static async Task<IReadOnlyList<string>> ViolationsAsync(
        RunCase run, CheckpointKey key, Func<ICheckpointReply, ICheckpointReply> change, Func<MemoryFileSystem, Task<RunProcess>> startAsync)
    {
        var world = new RunWorld(run.Script);
        var (starts, generation) = (0, 0);
        var kills = new Queue<Kill>(run.Kills);
        var disk = new MemoryFileSystem();
        var attempts = run.Script.Interpret().Marks.Sum(run.Script.FailuresOf) + (2 * run.Kills.Length) + 1;
        while (true)
        {
            await using var process = await startAsync(disk);
            var powerCut = new TaskCompletionSource<MemoryFileSystem>(TaskCreationOptions.RunContinuationsAsynchronously);
            var tap = await process.StartAsync(ActorProps.From(() => new KillingTapActor(process.Checkpoints, world, kills, disk, powerCut, change)));
            while (!powerCut.Task.IsCompleted)
            {
                if (attempts-- == 0) return ["the run never completed"];
                if (run.Renames[starts++ % run.Renames.Length]) generation++;
                var running = (await ClientAsync(process, run.Script.ToTable(world, generation), tap))
                    .RunAsync(key, "text", ChangePolicy.Refuse, ChangePolicy.Continue, null, CancellationToken.None, CancellationToken.None);
                if (await Task.WhenAny(running, powerCut.Task).WaitAsync(Patience) == powerCut.Task) break;
                var result = await running;
                if (result.Outcome is RunOutcome.Completed or RunOutcome.UpToDate) return world.Violations(result.Context);
                // A kill may have kept the run from telling that it was parked.
                if (result.Outcome == RunOutcome.Parked || result.Error?.Reason == "Parked")
                {
                    world.Unpark();
                    await (await ClientAsync(process, StateTable.Default, process.Checkpoints)).UnparkAsync(key, CancellationToken.None);
                }
                else if (result is not ({ Outcome: RunOutcome.Stopped } or { Outcome: RunOutcome.Failed, Error.Reason: "StateFailed" or "Crashed" }))
                    return [$"the run ended as {result}"];
            }

            disk = await powerCut.Task;
        }
    }

    private static async Task<RunClient> ClientAsync(RunProcess process, StateTable table, IActorRef checkpoints) => new(
        await process.StartAsync(RunManagerActor.PropsFor(new RunEnvironment(table, ProbedRun.Impatient, checkpoints, TimeProvider.System))),
        process.Ended, new UnfinishedKeys(new CheckpointClient(process.Checkpoints, ActorRefs.Nobody, process.Ended)), ProbedRun.Impatient.MaxLiveRuns);

    private sealed record RunCase(RunScript Script, Kill[] Kills, bool[] Renames, bool IsAlone)
    {
        public override string ToString() =>
            $"{Script} killed by {string.Join(", ", Kills.AsEnumerable())}, renamed {string.Join(", ", Renames)}{(IsAlone ? ", alone" : "")}";
    }
}
