using OfflineLicense.Issuer.Import;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Import;

/// <summary>
/// A changed program that writes receipts in good order, signed by the installation's own key, and lies in one thing to be
/// Licensed or in Grace for longer. The vendor recomputes it from the receipts, and finds which one it was.
/// </summary>
public sealed class CheatTests : ImportTest
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly DateTimeOffset _end;

    public CheatTests()
        : base(static plan => plan with { Grace = new LicenseGrace { Days = 3 } })
    {
        _end = License.License.Until!.Value;
        Mailbox.Time.Wall = _end.AddDays(30);
    }

    [Fact]
    public void Who_lies_in_nothing_is_not_told_of()
    {
        Assert.Empty(FoundIn(receipt => receipt));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3600)]
    [InlineData(86400)]
    public void Less_time_in_grace_than_there_was(long seconds) =>
        AssertFound(FindingKind.Contradiction, LedgerAccount.GraceSubject, receipt =>
            receipt is UsageReceipt { GraceSeconds: > 0 } usage ? usage with { GraceSeconds = Math.Max(0, usage.GraceSeconds - seconds) } : receipt);

    [Theory]
    [InlineData(1)]
    [InlineData(30 * 86400)]
    public void More_time_licensed_than_there_was(long seconds) =>
        AssertFound(FindingKind.Contradiction, LedgerAccount.GraceSubject, receipt =>
            receipt is UsageReceipt usage ? usage with { LicensedSeconds = usage.LicensedSeconds + seconds } : receipt);

    [Fact]
    public void An_interval_that_a_crash_owes_is_left_out() =>
        AssertFound(FindingKind.Contradiction, LedgerAccount.GraceSubject, receipt =>
            receipt is UsageReceipt { GraceSeconds: > 13 * 3600 } usage ? usage with { GraceSeconds = usage.GraceSeconds - 3600 } : receipt);

    [Fact]
    public void A_beginning_of_the_grace_that_moves_on() =>
        AssertFound(FindingKind.Overstay, TermCheck.BeginningSubject, receipt =>
            receipt is UsageReceipt { State.Known: LicenseState.Grace } usage ? usage with { Since = usage.Since + Hour } : receipt);

    [Fact]
    public void An_end_of_the_term_that_is_dated_later() =>
        AssertFound(FindingKind.Overstay, TermCheck.SinceSubject, receipt =>
            receipt is StateReceipt { Reasons.Count: > 0 } state ? state with { Reasons = [new HeldReason(ReasonCode.TermEnded, _end + Hour)] } : receipt);

    [Fact]
    public void An_end_of_the_term_that_is_kept_silent_about() =>
        AssertFound(FindingKind.Overstay, TermCheck.SinceSubject, receipt =>
            receipt is StateReceipt { Reasons.Count: > 0 } state ? state with { Reasons = [new HeldReason(ReasonCode.CoresExceeded, state.At)] } : receipt);

    [Fact]
    public void Licensed_for_ever() =>
        AssertFound(FindingKind.Overstay, TermCheck.LicensedSubject, receipt =>
            receipt is UsageReceipt usage ? usage with { State = LicenseState.Licensed, GraceSeconds = 0 } : receipt);

    [Fact]
    public void Grace_in_the_place_of_Lapsed() =>
        AssertFound(FindingKind.Overstay, TermCheck.GraceSubject, receipt => receipt switch
        {
            StateReceipt { State.Known: LicenseState.Lapsed } state => state with { State = LicenseState.Grace },
            UsageReceipt { State.Known: LicenseState.Lapsed } usage => usage with { State = LicenseState.Grace },
            _ => receipt,
        });

    [Fact]
    public void Work_begun_on_a_node_that_was_Lapsed_when_it_started() =>
        AssertFound(FindingKind.Overstay, TermCheck.LapsedSubject, receipt =>
            receipt is UsageReceipt { State.Known: LicenseState.Lapsed, Cores: 0 } usage
                ? usage with { Cores = 4, Seconds = usage.OpenSeconds, CoreSeconds = 4 * usage.OpenSeconds }
                : receipt);

    private void AssertFound(FindingKind kind, string subject, Func<Receipt, Receipt> lie) =>
        Assert.Contains((kind, subject), FoundIn(lie).Select(finding => (finding.Kind, finding.Subject)));

    private IEnumerable<Finding> FoundIn(Func<Receipt, Receipt> lie)
    {
        Mailbox.Import("a", Lived(lie).Mail());
        return Mailbox.OpenFindings().Where(finding => finding.Kind != FindingKind.NewInstallation);
    }

    /// <summary>
    /// The receipts of a node that was Licensed for a day, fell over in Grace, lapsed with work that ran, and was started
    /// again; each as the liar writes it.
    /// </summary>
    private FleetNode Lived(Func<Receipt, Receipt> lie)
    {
        var ended = new HeldReason(ReasonCode.TermEnded, _end);
        var node = FleetNode.Begin("acme", "first", _end - (24 * Hour)).Hold(License).Use(2, 24)
            .Hold(License, LicenseState.Grace, ended).Use(2, 12).Crash(hoursOff: 1).Use(2, 59)
            .Hold(License, LicenseState.Lapsed, ended).Use(2, 5).Restart(hoursOff: 5).Idle(10);
        var liar = FleetNode.Begin("acme", "first", _end - (24 * Hour));
        foreach (var receipt in node.Receipts.Skip(1))
            liar.Write(lie(receipt));
        return liar;
    }
}
