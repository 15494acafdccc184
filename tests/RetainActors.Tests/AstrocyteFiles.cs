using System.Text;
using System.Text.Json;
using RetainActors.Json;

namespace RetainActors.Tests;

/// <summary>Checkpoint files as the Python seed writes them, made for these tests.</summary>
internal static class AstrocyteFiles
{
    /// <summary>A file with everything that is hard: escapes, raw numbers, naive and odd times, edges, open steps.</summary>
    public const string Hard = """
        {
          "schema_version": 1,
          "bank_id": "lagoon",
          "source_id": "charts/r\u00e9cif \ud83d\udc1a.md",
          "md_text_len": 8123,
          "reference_date": "2025-02-28",
          "document_id": "doc-\u007f\u2028",
          "entities": [
            "Tide \"7\"",
            "\u6f6e\\\n\t\u0000"
          ],
          "wikis_created": [
            "w-1"
          ],
          "wikis_updated": [],
          "supersedes_edges": [
            [
              "new",
              "old"
            ]
          ],
          "last_state": "parallel:\u00c9TAT",
          "step_log": [
            {
              "state": "INIT",
              "started_at": "2025-03-01T08:00:00.000001",
              "completed_at": "2025-03-01T08:00:01.120000+05:30",
              "duration_ms": 1120.0,
              "error": null,
              "notes": {}
            },
            {
              "state": "parallel:\u00c9TAT",
              "started_at": "0001-12-18T09:33:47+00:00",
              "completed_at": null,
              "duration_ms": null,
              "error": "ValueError: no tide",
              "notes": {
                "ratio": 1.10,
                "big": 123456789012345678901234567890,
                "tiny": 1e-07,
                "deep": {
                  "list": [
                    true,
                    [],
                    {},
                    -0.0
                  ]
                }
              }
            }
          ],
          "errors": [
            "parallel:\u00c9TAT: ValueError: no tide"
          ],
          "started_at": "2025-03-01T07:59:59.999999-08:00",
          "completed_at": null
        }
        """;

    /// <summary>The smallest file that the seed's loader takes, with members of the caller's.</summary>
    public static string Small(string more = "", string bank = "b", string source = "s") =>
        $$"""{"schema_version":1,"bank_id":{{JsonSerializer.Serialize(bank)}},"source_id":{{JsonSerializer.Serialize(source)}}{{more}}}""";

    public static RetainContext? Import(string file, out AstrocyteFileProblem? problem) => AstrocyteCheckpointFile.Import(Encoding.UTF8.GetBytes(file), out problem);

    public static string Export(RetainContext context)
    {
        var file = AstrocyteCheckpointFile.Export(context, out var problem);
        Assert.Null(problem);
        return Encoding.ASCII.GetString(file!);
    }

    public static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;
}
