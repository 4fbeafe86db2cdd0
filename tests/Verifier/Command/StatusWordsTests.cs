using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Command;

/// <summary>What status says of each reason to an operator: what it leads to, and when, and nothing that is not so.</summary>
public sealed class StatusWordsTests
{
    [Fact]
    public void A_grace_that_runs_says_until_when_nothing_is_refused() =>
        Assert.Contains("nothing is refused for it before 2027-02-12", Said(new World().Where(ReasonCode.TermEnded, TimeSpan.FromDays(7))), StringComparison.Ordinal);

    [Theory]
    [InlineData(0)]
    [InlineData(86400)]
    public void A_grace_that_is_over_is_said_to_be_over_also_where_the_notice_still_runs(long graceSeconds)
    {
        var world = new World().Where(ReasonCode.TermEnded, TimeSpan.FromDays(20));
        var said = Said(world with { Facts = world.Facts with { GraceSeconds = graceSeconds } });
        Assert.Contains("its grace was over on 2027-01-30", said, StringComparison.Ordinal);
        Assert.DoesNotContain("nothing is refused", said, StringComparison.Ordinal);
        Assert.Equal(graceSeconds == 0, said.Contains("it lapses only after it has run 24 hours in Grace", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(7)]
    [InlineData(20)]
    public void Of_an_advisory_license_no_date_of_a_refusal_is_told(int days)
    {
        var world = new World { License = Licenses.Plain with { Enforcement = EnforcementRule.Advisory } };
        var said = Said(world.Where(ReasonCode.TermEnded, TimeSpan.FromDays(days)));
        Assert.Contains("nothing is refused for it: the license is advisory", said, StringComparison.Ordinal);
        Assert.Contains("never: an advisory license refuses nothing", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_no_license_counts_any_more_the_last_one_is_named_and_the_files_that_are_there_are_pointed_at()
    {
        var said = Said(new World().Where(ReasonCode.NoLicenseCounts, TimeSpan.FromDays(2)));
        Assert.Contains($"no license counts on this node any more; the last that did is {Licenses.Plain.Id}", said, StringComparison.Ordinal);
        Assert.Contains("mend: see why each file does not count, or install one that does: offline-license install FILE", said, StringComparison.Ordinal);
        Assert.Contains("BuildTooNew", said, StringComparison.Ordinal);
    }

    private static string Said(World world)
    {
        using var output = new StringWriter();
        var console = new CommandConsole
        {
            Input = Stream.Null,
            Output = output,
            OutputBytes = Stream.Null,
            Error = TextWriter.Null,
            Environment = _ => null,
            CurrentFolder = "/",
            ProgramFolder = "/",
        };
        StatusPage.Of(new StatusAnswer
        {
            Product = new ProductFiles
            {
                Anchors = new TrustAnchors { Product = Licenses.Product, LicenseKeys = [Licenses.Key.VerifierKey] },
                Trust = Licenses.Trust,
                LicenseFolder = "/licenses",
                StateFolder = "/state",
                Time = TimeProvider.System,
                Environment = _ => null,
            },
            Verdict = world.Verdict,
            TimeLine = [],
        }).Print(console);
        return output.ToString();
    }
}
