using RetainActors.Cli.Report;

namespace RetainActors.Cli.Tests.Report;

/// <summary>A root of many sources in 20 banks, some of them failed, as the report reads it.</summary>
internal static class ManySources
{
    public static ReportModel Model(int count)
    {
        var builder = ReportSamples.Builder(findings: 0);
        for (var i = 0; i < count; i++)
        {
            var key = new CheckpointKey($"bank-{i % 20}", NameOf(i));
            var context = i % 50 == 0 ? ReportSamples.Parked(key) : ReportSamples.Completed(key);
            builder.Add(i < 100 ? ReportSamples.Full(context, ReportSamples.Now) : ReportSamples.Brief(context, ReportSamples.Now));
        }

        return builder.Finish();
    }

    public static string NameOf(int i) => $"guides/section-{i / 100}/page-{i}.md";
}
