using OfflineLicense.Tests.Verifier.Ledger;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Check;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Check;

/// <summary>What is signed and does not add up. The node would never write it; whoever has the installation's key can.</summary>
public sealed class AccountTests
{
    private static readonly UsageReceipt s_first = LedgerSamples.Usage(1);
    private static readonly UsageReceipt s_second = LedgerSamples.Usage(2);

    private static readonly StartReceipt s_unclean = new() { At = s_first.At, Clean = 0 };

    private static readonly (FindingKind Kind, Receipt[] Receipts)[] s_lies =
    [
        (FindingKind.Totals, [s_first with { TotalSeconds = 299 }]),
        (FindingKind.Totals, [s_first, s_second with { TotalCoreSeconds = 4801 }]),
        (FindingKind.Totals, [s_first, LedgerSamples.License(Checks.Name) with { License = "01JC0000000000000000000000" }, s_second with { License = "01JC0000000000000000000000" }]),
        (FindingKind.Grace, [s_first with { LicensedSeconds = 301 }]),
        (FindingKind.Grace, [s_first with { GraceSeconds = 1 }]),
        (FindingKind.Grace, [s_first, Grace(1), s_second with { State = LicenseState.Grace, LicensedSeconds = 300, GraceSeconds = 600 }]),
        (FindingKind.Grace, [s_first, s_unclean, LedgerSamples.License(Checks.Name), Grace(1), s_second with { State = LicenseState.Grace, LicensedSeconds = 300, GraceSeconds = 300 }]),
        (FindingKind.Span, [s_first with { Seconds = 302, TotalSeconds = 302 }]),
        (FindingKind.Span, [s_first with { CoreSeconds = 2409, TotalCoreSeconds = 2409 }]),
        (FindingKind.Span, [s_first with { OpenSeconds = 611, LicensedSeconds = 611 }]),
        (FindingKind.Span, [s_first with { From = s_first.At.AddMinutes(6) }]),
        (FindingKind.Order, [s_first, LedgerSamples.Usage(3) with { From = s_first.From.AddMinutes(-1), TotalSeconds = 600, TotalCoreSeconds = 4800, LicensedSeconds = 600 }]),
        (FindingKind.Order, [s_first, new ReplyReceipt { At = LedgerSamples.Begin.AddHours(-1), Number = 1, Size = 1 }]),
        (FindingKind.Belonging, [s_first with { License = "01JC0000000000000000000000" }]),
        (FindingKind.Belonging, [s_first with { State = LicenseState.Lapsed, LicensedSeconds = 0 }]),
        (FindingKind.Belonging, [s_first, s_unclean, s_second]),
        (FindingKind.Start, [LedgerSamples.Stop, s_first with { From = LedgerSamples.Stop.At, At = LedgerSamples.Stop.At.AddMinutes(5) }]),
        (FindingKind.Start, [s_first, s_unclean with { Clean = 1 }]),
        (FindingKind.Start, [LedgerSamples.Stop, s_unclean with { At = LedgerSamples.Stop.At }]),
        (FindingKind.Proof, [LedgerSamples.License("offline-license/another")]),
    ];

    public static TheoryData<int> Lies { get; } = [.. Enumerable.Range(0, s_lies.Length)];

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_lie_that_is_signed_is_found_and_named(int number)
    {
        var (kind, receipts) = s_lies[number];
        var report = Assert.Single(Checks.OfFile(Checks.FileOf([.. Checks.Opening, .. receipts]), SignaturesToVerify.Last, Checks.ExampleText));
        var finding = Assert.Single(report.Findings);
        Assert.Equal((kind, CheckOutcome.Inconsistent, 1), (finding.Kind, report.Outcome, finding.Count));
        Assert.Contains("receipt ", finding.Sentence, StringComparison.Ordinal);
    }

    private static readonly Receipt[][] s_truths =
    [
        [s_first, s_second],
        // Fractions of a second that the receipt before left over.
        [s_first with { Seconds = 301, CoreSeconds = 2416, TotalSeconds = 301, TotalCoreSeconds = 2416 }],
        // A clock that was set back, and says so.
        [s_first, new ClockReceipt { At = LedgerSamples.Begin.AddDays(-1), AheadSeconds = 0, BehindSeconds = 86400 }, s_second with { From = LedgerSamples.Begin.AddDays(-1), At = LedgerSamples.Begin.AddDays(-1).AddMinutes(5) }],
        // A crash, and the interval that it may have cost; without and with the license's own length of one.
        [s_first, s_unclean, LedgerSamples.License(Checks.Name), Grace(1), s_second with { State = LicenseState.Grace, LicensedSeconds = 300, GraceSeconds = 600 }],
        // No license after a start is no license.
        [LedgerSamples.Stop, new StartReceipt { At = LedgerSamples.Stop.At, Clean = 1 }, new StateReceipt { At = LedgerSamples.Stop.At, State = LicenseState.Unlicensed, Reasons = [] },
            s_first with { License = "", State = LicenseState.Unlicensed, From = LedgerSamples.Stop.At, At = LedgerSamples.Stop.At.AddMinutes(5), LicensedSeconds = 0 }],
    ];

    public static TheoryData<int> Truths { get; } = [.. Enumerable.Range(0, s_truths.Length)];

    [Theory]
    [MemberData(nameof(Truths))]
    public void What_is_rare_and_right_is_no_finding(int number) =>
        Assert.Empty(Checks.OfFile(Checks.FileOf([.. Checks.Opening, .. s_truths[number]]), SignaturesToVerify.Last, Checks.ExampleText)[0].Findings);

    [Fact]
    public void An_earlier_checkpoint_that_was_changed_is_told_and_costs_no_receipt()
    {
        var text = System.Text.Encoding.UTF8.GetString(Checks.FileOf(Checks.Opening, [s_first], [s_second])).Split('\n');
        var roots = Enumerable.Range(0, text.Length).Where(line => text[line].Length == 44 && text[line].EndsWith('=')).ToList();
        (text[roots[0]], text[roots[1]]) = (text[roots[1]], text[roots[0]]);
        var report = Checks.OfFile(LedgerSamples.Utf8(string.Join('\n', text)))[0];
        Assert.Equal((5, FindingKind.Checkpoint, 2), (report.Receipts, report.Findings[0].Kind, report.Findings[0].Count));
    }

    [Fact]
    public void What_no_checkpoint_covers_is_no_finding()
    {
        var whole = Checks.FileOf(Checks.Opening, [s_first with { TotalSeconds = 1 }]);
        var disk = new MemoryDisk { [LedgerSamples.SegmentOf(Checks.Folder)] = whole[..^1] };
        var report = Checks.OfLedger(disk, Checks.Folder);
        Assert.Equal((CheckOutcome.Torn, 3), (report.Outcome, report.Receipts));
    }

    [Fact]
    public void Memory_is_bounded_whatever_a_stranger_signs()
    {
        var receipts = Enumerable.Range(0, 3000).Select(number => (Receipt)(s_first with { License = FormattableString.Invariant($"license-{number}") }));
        var report = Checks.OfFile(Checks.FileOf([.. Checks.Opening, .. receipts]))[0];
        Assert.Contains(report.Findings, finding => finding.Kind == FindingKind.Licenses);
        Assert.InRange(report.NotProven.Count, 0, 1000);
    }

    private static StateReceipt Grace(int interval) =>
        new() { At = LedgerSamples.Usage(interval).At, State = LicenseState.Grace, Reasons = [new HeldReason(ReasonCode.TermEnded, LedgerSamples.Begin)] };
}
