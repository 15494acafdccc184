using System.Text.Json.Serialization;

namespace RetainActors;

/// <summary>Where the run of a checkpoint stands. Names and numbers are stored: they are added to, never changed.</summary>
public enum CheckpointStatus
{
    /// <summary>States remain; the run goes on, or can be resumed.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>The last state completed; resuming does nothing.</summary>
    [JsonStringEnumMemberName("completed")]
    Completed,

    /// <summary>A state failed; resuming enters it again.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>A state failed too often; the run waits until it is unparked.</summary>
    [JsonStringEnumMemberName("parked")]
    Parked,
}
