using System.Globalization;
using System.Text;
using CsCheck;
using RetainActors.Json;
using static RetainActors.Tests.AstrocyteFiles;

namespace RetainActors.Tests;

public sealed class AstrocyteCheckpointFileSpecs
{
    [Fact(DisplayName = "A file of the seed should come out byte for byte as it went in")]
    public void Unchanged() => Assert.Equal(Hard, Export(Import(Hard, out _)!));

    [SkippableFact(DisplayName = "Every checkpoint file that the Python Astrocyte wrote should be imported and come out byte for byte as it went in")]
    public void Unchanged_upstream()
    {
        Requires.SharedFolder("astrocyte-checkpoints");
        var root = Path.Combine(Repository.Shared, "astrocyte-checkpoints");
        var files = Directory.GetFiles(root, "*.json", SearchOption.AllDirectories);

        foreach (var file in files)
        {
            var bytes = File.ReadAllBytes(file);
            var context = AstrocyteCheckpointFile.Import(bytes, out var problem);
            Assert.True(problem is null, $"{file}: {problem}");
            Assert.Equal(Encoding.UTF8.GetString(bytes), Export(context!));
            Assert.True(AstrocyteFileName.IsPathOf(Path.GetRelativePath(root, file), context!.Key), file);
        }

        Assert.Equal(60, files.Length);
    }

    [Fact(DisplayName = "An imported run should go on at its last_state, and be completed when it has a completed_at")]
    public void States()
    {
        var running = Import(Small(""","last_state":"WIKI","md_text_len":7"""), out _)!;
        var completed = Import(Small(""","last_state":"COMPLETE","completed_at":"2025-03-01T08:00:00" """), out _)!;

        Assert.Equal((null, "WIKI", CheckpointStatus.Running, 7L, null, 1),
            (running.CompletedState, running.NextState, running.Status, running.TextLength, running.TextSha256, running.Attempt));
        Assert.Equal((null, "COMPLETE", CheckpointStatus.Completed), (completed.CompletedState, completed.NextState, completed.Status));
        Assert.Equal("2025-03-01T08:00:00", completed.CompletedAt!.Text);
    }

    [Fact(DisplayName = "What the seed's loader takes as absent or null should get the seed's defaults, and a whole file come out")]
    public void Defaults()
    {
        foreach (var file in new[] { Small(), Small(""","entities":null,"step_log":null,"last_state":null,"started_at":null,"errors":null,"supersedes_edges":null""") })
        {
            var context = Import(file, out var problem);
            Assert.Null(problem);
            Assert.Equal(new RetainContext(new CheckpointKey("b", "s")) { NextState = "INIT" }, context);
            Assert.Equal(
                ["schema_version", "bank_id", "source_id", "md_text_len", "reference_date", "document_id", "entities", "wikis_created", "wikis_updated",
                    "supersedes_edges", "last_state", "step_log", "errors", "started_at", "completed_at"],
                Parse(Export(context!)).EnumerateObject().Select(member => member.Name));
        }
    }

    [Fact(DisplayName = "Unknown members should be kept in their order behind the seed's, also those with names of ours, and durations in their digits")]
    public void Unknown_members()
    {
        const string file = """
            {"zeta":1.50,"schema_version":1,"status":"x","bank_id":"b","astrocyte.y":[],"source_id":"s","attempt":{"n":1E2},
             "step_log":[{"attempt":2,"state":"A","started_at":"2025-03-01T08:00:00","duration_ms":12,"cost":0.10,"durationMs":3}]}
            """;
        var context = Import(file, out var problem)!;
        Assert.Null(problem);
        Assert.Equal(12, context.StepLog[0].DurationMs);
        Assert.Equal("1.50", context.UnknownMembers.First().Value.GetRawText());

        var exported = Parse(Export(context)).EnumerateObject().ToList();

        Assert.Equal(["zeta", "status", "astrocyte.y", "attempt"], exported.Skip(15).Select(member => member.Name));
        Assert.Equal("1.50", exported[15].Value.GetRawText());
        var step = exported.Single(member => member.Name == "step_log").Value[0];
        Assert.Equal("12", step.GetProperty("duration_ms").GetRawText());
        Assert.Equal(["state", "started_at", "completed_at", "duration_ms", "error", "notes", "attempt", "cost", "durationMs"], step.EnumerateObject().Select(member => member.Name));
        Assert.Equal("0.10", step.GetProperty("cost").GetRawText());
    }

    [Fact(DisplayName = "What the seed has no place for should be in the file's last member, and the context come back equal")]
    public void Extras()
    {
        var context = Contexts.After("INIT", "READ") with
        {
            TextSha256 = "ab12", Status = CheckpointStatus.Parked, Attempt = 3, UnknownMembers = JsonMembers.Empty.With("later", Parse("""{"n":1.10}""")),
        };
        context = context with { StepLog = context.StepLog.SetItem(1, context.StepLog[1] with { Attempt = 2, DurationMs = 0.1 + 0.2 }) };

        var file = Export(context);

        Assert.Equal(context, Import(file, out _));
        Assert.Equal("NEXT", Parse(file).GetProperty("last_state").GetString());
        Assert.Equal(["later", "retain_actors"], Parse(file).EnumerateObject().Skip(15).Select(member => member.Name));
        Assert.Equal("READ", Parse(Export(context with { NextState = null })).GetProperty("last_state").GetString());
        Assert.Equal(context with { NextState = null }, Import(Export(context with { NextState = null }), out _));
    }

    [Fact(DisplayName = "Any context that can be saved should come back equal from its file")]
    public void Round_trip() => Sample.Sample(
        context =>
        {
            var file = AstrocyteCheckpointFile.Export(context, out var problem);
            Assert.Null(problem);
            Assert.Equal(context, AstrocyteCheckpointFile.Import(file, out _));
        },
        iter: 2_000);

    [Theory(DisplayName = "A file that cannot be imported should be refused with its reason and the place")]
    [InlineData(AstrocyteFileReason.Damaged, "the file is empty", "")]
    [InlineData(AstrocyteFileReason.Damaged, "no JSON", """{"schema_version":1,"bank_""")]
    [InlineData(AstrocyteFileReason.Damaged, "no JSON", "\0\0\0\0")]
    [InlineData(AstrocyteFileReason.Damaged, "no JSON", "{} trailing NaN")]
    [InlineData(AstrocyteFileReason.NotANumber, "line 2", "{\"schema_version\":1,\"bank_id\":\"b\",\"source_id\":\"s\",\n\"x\":[NaN]}")]
    [InlineData(AstrocyteFileReason.NotANumber, "line 1", """{"text":"\" NaN","x":-Infinity}""")]
    [InlineData(AstrocyteFileReason.LoneSurrogate, "entities[1]", """{"schema_version":1,"bank_id":"b","source_id":"s","entities":["a","\ud800"]}""")]
    [InlineData(AstrocyteFileReason.LoneSurrogate, "x.y has a member", """{"schema_version":1,"x":{"y":{"\udc00":1}}}""")]
    [InlineData(AstrocyteFileReason.LoneSurrogate, "bank_id", """{"schema_version":1,"bank_id":"\udc00","source_id":"s"}""")]
    [InlineData(AstrocyteFileReason.WrongShape, "Null", "null")]
    [InlineData(AstrocyteFileReason.WrongShape, "Array", "[]")]
    [InlineData(AstrocyteFileReason.Foreign, "no checkpoint", """{"name":"package"}""")]
    [InlineData(AstrocyteFileReason.WrongShape, "schema_version is missing", """{"bank_id":"b","source_id":"s"}""")]
    [InlineData(AstrocyteFileReason.WrongShape, "schema_version is \"1\"", """{"schema_version":"1","bank_id":"b","source_id":"s"}""")]
    [InlineData(AstrocyteFileReason.WrongShape, "schema_version is 0", """{"schema_version":0}""")]
    [InlineData(AstrocyteFileReason.TooNew, "99", """{"schema_version":99,"whatever":1}""")]
    [InlineData(AstrocyteFileReason.WrongShape, "source_id", """{"schema_version":1,"bank_id":"b"}""")]
    [InlineData(AstrocyteFileReason.WrongShape, "$.bank_id", """{"schema_version":1,"bank_id":null,"source_id":"s"}""")]
    [InlineData(AstrocyteFileReason.WrongShape, "empty", """{"schema_version":1,"bank_id":"","source_id":"s"}""")]
    [InlineData(AstrocyteFileReason.WrongShape, "bank_id is there twice", """{"schema_version":1,"bank_id":"b","bank_id":"c","source_id":"s"}""")]
    [InlineData(AstrocyteFileReason.WrongShape, "step_log[0].notes.a is there twice", """{"schema_version":1,"bank_id":"b","source_id":"s","step_log":[{"notes":{"a":1,"a":2}}]}""")]
    public void Refused(AstrocyteFileReason reason, string detail, string file)
    {
        Assert.Null(Import(file, out var problem));
        Assert.Equal(reason, problem!.Reason);
        Assert.Contains(detail, problem.Detail, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "A member of the wrong kind should be named")]
    [InlineData("$.md_text_len", "\"md_text_len\":1.5")]
    [InlineData("md_text_len", "\"md_text_len\":-1")]
    [InlineData("$.entities", "\"entities\":{}")]
    [InlineData("entities[1]", "\"entities\":[\"a\",null]")]
    [InlineData("$.errors[0]", "\"errors\":[7]")]
    [InlineData("supersedes_edges[1]", "\"supersedes_edges\":[[\"a\",\"b\"],[\"c\"]]")]
    [InlineData("$.document_id", "\"document_id\":7")]
    [InlineData("$.started_at", "\"started_at\":\"yesterday\"")]
    [InlineData("$.completed_at", "\"completed_at\":1751871045")]
    [InlineData("step_log[0]", "\"step_log\":[null]")]
    [InlineData("started_at", "\"step_log\":[{\"state\":\"A\"}]")]
    [InlineData("step_log[0].duration_ms", "\"step_log\":[{\"state\":\"A\",\"started_at\":\"2025-03-01\",\"duration_ms\":\"1\"}]")]
    [InlineData("step_log[0].duration_ms", "\"step_log\":[{\"state\":\"A\",\"started_at\":\"2025-03-01\",\"duration_ms\":1e999}]")]
    [InlineData("JSON object was expected", "\"step_log\":[{\"state\":\"A\",\"started_at\":\"2025-03-01\",\"notes\":[]}]")]
    [InlineData("retain_actors", "\"retain_actors\":null")]
    [InlineData("text_sha256", "\"retain_actors\":{}")]
    [InlineData("retain_actors does not fit", "\"last_state\":\"A\",\"retain_actors\":{\"text_sha256\":null,\"completed_state\":null,\"next_state\":\"B\",\"status\":\"running\",\"attempt\":1,\"step_attempts\":[]}")]
    public void Wrong_member(string detail, string member)
    {
        Assert.Null(Import(Small("," + member), out var problem));
        Assert.Equal(AstrocyteFileReason.WrongShape, problem!.Reason);
        Assert.Contains(detail, problem.Detail, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Bytes that are no UTF-8 should be refused with their offset")]
    public void Not_utf8()
    {
        Assert.Null(AstrocyteCheckpointFile.Import(new byte[] { (byte)'{', (byte)'"', 0xFF, (byte)'"' }, out var problem));
        Assert.Equal((AstrocyteFileReason.NotUtf8, "the byte at offset 2 is no UTF-8"), (problem!.Reason, problem.Detail));
    }

    [Theory(DisplayName = "JSON that is deeper than a context may be should be refused, however deep it is")]
    [InlineData(70)]
    [InlineData(900)]
    [InlineData(100_000)]
    public void Deep(int depth)
    {
        Assert.Null(Import(Small($",\"x\":{new string('[', depth)}{new string(']', depth)}"), out var problem));
        Assert.Contains(problem!.Reason, new[] { AstrocyteFileReason.WrongShape, AstrocyteFileReason.Damaged });
    }

    [Fact(DisplayName = "A file of very many unknown members should be read in time that grows with its size")]
    public void Many_members()
    {
        var members = string.Concat(Enumerable.Range(0, 200_000).Select(n => $",\"m{n}\":{n}"));
        Assert.Equal(200_000, Import(Small(members), out _)!.UnknownMembers.Count);
    }

    [Fact(DisplayName = "Cut at any byte, and with any byte overwritten, a file should give a context or a reason, never an exception")]
    public void Damage()
    {
        var file = Encoding.UTF8.GetBytes(Hard);
        for (var at = 0; at < file.Length; at++)
        {
            Assert.Null(AstrocyteCheckpointFile.Import(file.AsMemory(0, at), out var cut));
            Assert.NotNull(cut);
            foreach (var value in new byte[] { 0, 0xFF, (byte)'"', (byte)'7', (byte)'}' })
            {
                var damaged = file.ToArray();
                damaged[at] = value;
                Assert.True(AstrocyteCheckpointFile.Import(damaged, out var problem) is null == problem is not null);
            }
        }
    }

    [Theory(DisplayName = "A context whose file could not be read as it again should be refused by name")]
    [InlineData("bank_id")]
    [InlineData("retain_actors")]
    [InlineData("astrocyte.last_state")]
    public void Not_representable(string unknownMember)
    {
        Assert.Null(AstrocyteCheckpointFile.Export(Contexts.After() with { UnknownMembers = JsonMembers.Empty.With(unknownMember, Parse("1")) }, out var problem));
        Assert.Equal(AstrocyteFileReason.WrongShape, problem!.Reason);
        Assert.Contains(unknownMember, problem.Detail, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "Durations should be written as Python writes a float")]
    [InlineData(0.0, "0.0")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(3, "3.0")]
    [InlineData(1120.5, "1120.5")]
    [InlineData(7585.454355401395, "7585.454355401395")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(0.000123, "0.000123")]
    [InlineData(1.5e-7, "1.5e-07")]
    [InlineData(1e15, "1000000000000000.0")]
    [InlineData(1.234e15, "1234000000000000.0")]
    [InlineData(9999999999999998.0, "9999999999999998.0")]
    [InlineData(1e16, "1e+16")]
    [InlineData(1.25e100, "1.25e+100")]
    [InlineData(5e-324, "5e-324")]
    [InlineData(-1234.5, "-1234.5")]
    public void Floats(double value, string text)
    {
        Assert.Equal(text, AstrocyteJsonText.OfFloat(value));
        Assert.Equal(value, double.Parse(text, CultureInfo.InvariantCulture));
    }

    private static readonly string[] Hostile = ["é", "京都", "🚀", "a\"\\\n\0\u007f", "x\u2028y", "~", ".."];

    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.String[Gen.Char.AlphaNumeric, 1, 12], Gen.Int[0, Hostile.Length - 1].Select(i => Hostile[i]));

    private static readonly Gen<StepLogEntry> Step = Gen.Select(Text, Gen.Double, Gen.Int[1, 3], Text.Null(), Text)
        .Select((state, duration, attempt, error, note) => new StepLogEntry(
            state, Timestamp.Parse("2026-01-02T03:04:05.100000Z"), null, double.IsFinite(duration) ? duration : null, error, attempt)
        {
            Notes = JsonMembers.Empty.With(note, Parse("""{"n":1.10}""")),
        });

    private static readonly Gen<RetainContext> Sample = Gen.Select(
        Gen.Select(Text, Text, Text.Array[0, 4]), Gen.Select(Text.Null(), Text.Null(), Gen.Enum<CheckpointStatus>(), Gen.Int[1, 4]), Step.Array[0, 4], Gen.Bool)
        .Select((ids, states, steps, completed) => new RetainContext(new CheckpointKey(ids.Item1, ids.Item2))
        {
            Entities = [.. ids.Item3],
            SupersedesEdges = [.. ids.Item3.Select(text => new SupersedesEdge(text, "old"))],
            TextLength = ids.Item1.Length,
            TextSha256 = states.Item1,
            CompletedState = states.Item1,
            NextState = states.Item2,
            Status = states.Item3,
            Attempt = states.Item4,
            StepLog = [.. steps],
            CompletedAt = completed ? Timestamp.Parse("2026-01-02T03:04:05+02:00") : null,
        });
}
