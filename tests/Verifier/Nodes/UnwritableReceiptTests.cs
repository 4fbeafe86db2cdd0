using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Metering;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>A receipt that no ledger could hold is a fault of the program, which must not cost a node its other receipts.</summary>
public sealed class UnwritableReceiptTests
{
    [Fact]
    public void It_is_refused_where_it_is_recorded_and_what_comes_before_and_after_it_is_written()
    {
        using var site = new NodeSite();
        var now = site.Time.Wall;
        using (var folder = new StateFolder(site.StateFolder, LedgerDisk.Real, site.Options.Machine))
        using (var journal = new NodeJournal(folder, new NodeView(site.Options, LedgerDisk.Real, folder)))
        {
            journal.Open(now);
            journal.Record(State(now, ReasonCode.MailOverdue));
            Assert.Throws<ArgumentException>(() => journal.Record(State(now, "a code with a \" in it")));
            Assert.Throws<ArgumentException>(() => journal.Record(State(now, new string('x', 4096))));
            journal.Record(new StopReceipt { At = now });
            journal.Flush(now, isLast: true);
            Assert.Null(journal.Problem);
        }

        Assert.Equal(["start", "state", "stop"], site.Receipts().Select(static receipt => receipt.Kind));
    }

    private static StateReceipt State(DateTimeOffset at, string code) =>
        new() { At = at, State = LicenseState.Grace, Reasons = [new HeldReason(code, at)] };
}
