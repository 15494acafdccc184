using System.Text.RegularExpressions;

namespace RetainActors.Cli.Configuration;

/// <summary>Takes secrets out of settings: whole values by the name of their key, and passwords within connection strings and addresses.</summary>
internal static partial class SecretMask
{
    public const string Mask = "***";

    public static string Apply(string key, string value) =>
        SecretKey().IsMatch(key) ? HoconWriter.Quoted(Mask) : UserInfo().Replace(Member().Replace(value, $"$1{Mask}"), $"$1{Mask}@");

    /// <summary>One part of the path is, or ends in, a word for a secret.</summary>
    [GeneratedRegex(
        @"(^|[.""_-])(password|passwd|pwd|passphrase|secret|token|credentials?|api[_-]?key|access[_-]?key|private[_-]?key|shared[_-]?key|account[_-]?key)(?=[.""]|\z)",
        RegexOptions.IgnoreCase)]
    private static partial Regex SecretKey();

    /// <summary>A member of a connection string, up to the next one.</summary>
    [GeneratedRegex(
        @"((?:password|passwd|pwd|passphrase|secret|token|(?:api|access|private|shared|account)[ _-]?key|sharedaccess(?:key|signature))\s*=\s*)('[^']*'|\\""[^""]*\\""|[^;&""]*)",
        RegexOptions.IgnoreCase)]
    private static partial Regex Member();

    /// <summary>The password of an address, as in scheme://user:password@host.</summary>
    [GeneratedRegex(@"(://[^/\s:@""]*:)[^/\s@""]*@")]
    private static partial Regex UserInfo();
}
