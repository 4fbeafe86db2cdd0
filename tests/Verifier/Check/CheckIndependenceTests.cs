using System.Text.RegularExpressions;
using OfflineLicense.Tests.Conventions;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Check;

/// <summary>A checker that shared code with what it checks would share its faults.</summary>
public sealed partial class CheckIndependenceTests
{
    private static readonly string[] Shared =
    [
        "using Disk = OfflineLicense.Verifier.Ledger.LedgerDisk;",
        "using Limits = OfflineLicense.Keys.Limits;",
        "using VerifierKey = OfflineLicense.Keys.VerifierKey;",
    ];

    [Fact]
    public void The_checker_knows_of_the_rest_a_key_the_limits_and_a_disk_to_read_from_and_nothing_else()
    {
        var files = Sources.Of("verifier/Check");
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var code = Comment().Replace(Sources.Text(file), "");
            Assert.Empty(Using().Matches(code).Select(match => match.Value).Where(line => !line.Contains(" System", StringComparison.Ordinal)
                && !line.StartsWith("using static System.", StringComparison.Ordinal)).Except(Shared));
            var rest = Using().Replace(code, "");
            foreach (var folder in (string[])["Keys.", "Ledger.Ledger", "Formats.", "Metering.", "Statements.", "Verdicts.", "disk.Create", "disk.Delete", "disk.OpenAppend", "disk.Rename", "disk.TryLock"])
                Assert.DoesNotContain(folder, rest, StringComparison.Ordinal);
        }
    }

    [GeneratedRegex("^using .*;$", RegexOptions.Multiline, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex Using();

    [GeneratedRegex("//.*$", RegexOptions.Multiline, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex Comment();
}
