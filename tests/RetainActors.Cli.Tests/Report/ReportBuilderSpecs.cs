using System.Text;
using System.Text.Json;
using RetainActors.Cli.Output;
using RetainActors.Cli.Report;
using RetainActors.Cli.Report.Html;
using RetainActors.Cli.Tests.MarkdownPipeline;

namespace RetainActors.Cli.Tests.Report;

public sealed class ReportBuilderSpecs
{
    [Fact(DisplayName = "retain report --json should write exactly the approved document")]
    public void Json() => Approval.Verify(JsonSerializer.Serialize(ReportSamples.OneOfEach(), OutputJson.Lines.ReportModel), Handbook.ApprovedFile("report.json"));

    [Fact(DisplayName = "Each trouble should be a finding with its place, what to do and a command, damage first")]
    public void Findings()
    {
        var findings = ReportSamples.OneOfEach().Findings;

        Assert.Equal(
            [ReportTrouble.Damaged, ReportTrouble.Damaged, ReportTrouble.Damaged, ReportTrouble.Unavailable, ReportTrouble.Parked, ReportTrouble.Failed, ReportTrouble.Retrying, ReportTrouble.Stuck],
            findings.Select(finding => finding.Trouble));
        Assert.All(findings, finding => Assert.NotEqual("", finding.ToDo));
        Assert.All(findings, finding => Assert.NotEmpty(finding.Commands));
        Assert.Equal("retain unpark --root '/srv/retain data' demo nested.md", findings[4].Commands[0]);
        Assert.Contains("Process 4711 owns the root and has saved nothing here for more than 15 min", findings[^1].ToDo, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "In a cluster each trouble should be a finding too, no command should want a root or change one, and the page should tell of no journal")]
    public void Cluster()
    {
        var model = ReportSamples.OfCluster();

        Assert.Null(model.Journal);
        Assert.Equal(
            [ReportTrouble.Damaged, ReportTrouble.Damaged, ReportTrouble.Unavailable, ReportTrouble.Parked, ReportTrouble.Failed, ReportTrouble.Retrying, ReportTrouble.Stuck],
            model.Findings.Select(finding => finding.Trouble));
        Assert.All(model.Findings, finding => Assert.DoesNotContain("the root", finding.ToDo, StringComparison.Ordinal));
        var commands = model.Findings.SelectMany(finding => finding.Commands)
            .Concat(model.Checkpoints.SelectMany(checkpoint => checkpoint.Commands.Look.Concat(checkpoint.Commands.Resume))).ToList();
        Assert.All(commands, command => Assert.Matches("^retain (node|show|history|diff) --config /etc/retain/node.conf", command));
        Assert.All(model.Checkpoints, checkpoint => Assert.Null(checkpoint.Commands.Rewind));
        var page = Encoding.UTF8.GetString(ReportPage.Render(model));
        Assert.Contains("the database retain on db:5432", page, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"journal\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"#journal\"", page, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Without an owner a run that is on its way is interrupted, with one it is stuck only after its time")]
    public void Owners()
    {
        Assert.Equal(2, ReportSamples.OneOfEach(owner: null).Findings.Where(finding => finding.Trouble == ReportTrouble.Interrupted).Sum(finding => finding.Count));

        var key = new CheckpointKey("b", "s");
        Assert.Empty(TroublesOf(ReportSamples.Now.AddMinutes(-15)));
        Assert.Equal([ReportTrouble.Stuck], TroublesOf(ReportSamples.Now.AddMinutes(-15).AddSeconds(-1)));
        // A clock of another machine may be ahead.
        Assert.Empty(TroublesOf(ReportSamples.Now.AddDays(1)));

        IEnumerable<ReportTrouble> TroublesOf(DateTimeOffset savedAt)
        {
            var builder = ReportSamples.Builder(findings: 0);
            builder.Add(ReportSamples.Brief(ReportSamples.InFork(key), savedAt));
            return builder.Finish().Findings.Select(finding => finding.Trouble);
        }
    }

    [Fact(DisplayName = "A resume should be offered for what nobody is at work on, and for nothing else")]
    public void Resume()
    {
        var resume = ReportSamples.OneOfEach().Checkpoints.ToDictionary(checkpoint => checkpoint.Row.Source, checkpoint => checkpoint.Commands.Resume.AsEnumerable());

        Assert.Equal(
            ["retain unpark --root '/srv/retain data' demo nested.md", "retain run --root '/srv/retain data' --bank demo FOLDER"], resume["nested.md"]);
        Assert.Equal(["retain run --root '/srv/retain data' --bank demo FOLDER"], resume["silent.md"]);
        Assert.All(["done.md", "flaky.md", "lost.md"], source => Assert.Empty(resume[source]));
    }

    [Fact(DisplayName = "Failures from before an unpark should count no more")]
    public void Unparked()
    {
        var builder = ReportSamples.Builder(findings: 0);
        builder.Add(ReportSamples.Brief(
            ReportSamples.Parked(new CheckpointKey("b", "s")) with { Status = CheckpointStatus.Running, UnparkedAfterAttempt = 3, Errors = [] }, ReportSamples.Now));

        Assert.Empty(builder.Finish().Findings);
    }

    [Fact(DisplayName = "Banks should count their sources by place and age")]
    public void Banks()
    {
        var banks = ReportSamples.OneOfEach().Banks;

        Assert.Equal([ReportSamples.Hostile, "demo", "other"], banks.Select(bank => bank.Bank));
        var demo = banks[1];
        Assert.Equal((4, 1, 2, 1), (demo.Sources, demo.Of("parked"), demo.Of("running"), demo.Of("unreadable")));
        Assert.Equal([0, 0, 0, 1, 0, 0, 0], demo.Standings.Single(standing => standing.Status == "parked").ByAge.AsEnumerable());
        Assert.Equal([0, 0, 0, 0, 0, 0, 1], demo.Standings.Single(standing => standing.Status == "unreadable").ByAge.AsEnumerable());
        // What cannot be read now is counted where its headers say that it stands.
        Assert.Equal(2, banks[2].Of("completed"));
        Assert.Equal([0, 0, 0, 0, 0, 1, 0], banks[0].Standings.Single().ByAge.AsEnumerable());
    }

    [Fact(DisplayName = "Times per state should be of the steps that succeeded, with the failures counted beside them")]
    public void States()
    {
        var builder = ReportSamples.Builder();
        foreach (var duration in Enumerable.Range(1, 100))
            builder.Add(ReportSamples.Brief(
                new RetainContext(new CheckpointKey("b", $"s{duration}")) { StepLog = [ReportSamples.Step("READ", 0, 5, "no"), ReportSamples.Step("READ", 10, duration)] }, ReportSamples.Now));

        var state = builder.Finish().States.Single();

        Assert.Equal((100, 100, 50, 95, 100, 5050), (state.Steps, state.Failures, state.P50Ms, state.P95Ms, state.MaxMs, state.TotalMs));
        Assert.Equal([1, 9, 90, 0, 0, 0, 0, 0], state.ByDuration.AsEnumerable());
    }

    [Fact(DisplayName = "A journal that cannot be opened should still give a report that says so")]
    public void Unopened()
    {
        var builder = ReportSamples.Builder(findings: 0);
        builder.OnUnopened("SegmentMissing: it is gone");
        var finding = builder.Finish().Findings.Single();

        Assert.Equal((ReportTrouble.Damaged, 1, "SegmentMissing: it is gone"), (finding.Trouble, finding.Count, finding.Examples[0].Cause));
    }

    [Fact(DisplayName = "A diff that is too large should be left out and its size be told")]
    public void Large_diff()
    {
        var key = new CheckpointKey("b", "s");
        var builder = ReportSamples.Builder();
        var large = ReportSamples.Full(ReportSamples.Completed(key) with { Entities = [.. Enumerable.Range(0, 20_000).Select(i => $"entity {i}")] }, ReportSamples.Now);
        builder.Add(large with { Previous = large.Previous! with { Context = ReportSamples.Completed(key) } });
        var checkpoint = builder.Finish().Checkpoints.Single();

        Assert.Null(checkpoint.Diff);
        Assert.True(checkpoint.DiffBytes > 200_000);
    }
}
