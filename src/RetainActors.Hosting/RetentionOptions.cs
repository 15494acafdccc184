using System.Text;

namespace RetainActors.Hosting;

/// <summary>What happens to the checkpoint of a run that completed.</summary>
public enum SuccessRetention
{
    /// <summary>It stays, so that the same source is up to date.</summary>
    Keep,

    /// <summary>It is deleted at once, and the same source is run and paid for again.</summary>
    Delete,

    /// <summary>It counts as deleted after <see cref="RetentionOptions.ExpireAfter"/>.</summary>
    Expire,
}

/// <summary>How long the records of a key are kept (<c>retain.checkpoint.retention</c>). What is null is left to HOCON.</summary>
public class RetentionOptions
{
    /// <summary>The fewest newest revisions of a key to keep, at least 1; <see cref="int.MaxValue"/> keeps all.</summary>
    public int? KeepRevisions { get; set; }

    /// <summary>What happens after success.</summary>
    public SuccessRetention? OnSuccess { get; set; }

    /// <summary>The age at which a completed checkpoint expires; greater than zero.</summary>
    public TimeSpan? ExpireAfter { get; set; }

    internal StringBuilder AppendTo(StringBuilder hocon)
    {
        hocon = KeepRevisions == int.MaxValue
            ? hocon.AppendKey("keep-revisions", "off")
            : hocon.AppendKey("keep-revisions", KeepRevisions);
        return hocon.AppendKey("on-success", OnSuccess?.ToString().ToLowerInvariant()).AppendKey("expire-after", ExpireAfter);
    }
}

/// <summary>What is different for one bank; what is null is that of all banks.</summary>
public sealed class BankRetentionOptions : RetentionOptions
{
    /// <summary>The bank.</summary>
    public string Bank { get; set; } = "";
}

/// <summary>The retention of all banks, and of those that differ.</summary>
public sealed class CheckpointRetentionOptions : RetentionOptions
{
    /// <summary>The banks that differ; with any, they take the place of those in HOCON.</summary>
    public IList<BankRetentionOptions> Banks { get; } = [];

    internal StringBuilder AppendSectionTo(StringBuilder hocon)
    {
        AppendTo(hocon.AppendLine("retention {"));
        if (Banks.Count > 0)
        {
            hocon.AppendLine("banks = [");
            foreach (var bank in Banks) bank.AppendTo(hocon.AppendLine("{").AppendKey("bank", bank.Bank)).AppendLine("}");
            hocon.AppendLine("]");
        }

        return hocon.AppendLine("}");
    }
}
