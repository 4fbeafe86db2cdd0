using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Command;

public sealed class PlainFailureTests
{
    private static readonly IOException Full = new("No space left on device", 28);

    [Fact]
    public void A_full_disk_is_told_with_what_mends_it_wherever_it_was_met()
    {
        const string hint = "the disk is full: free some space, or name another place";
        Assert.Equal(hint, PlainFailure.At("write", "x.receipts", Full).Hint);
        Assert.Equal(hint, PlainFailure.Of(Full).Hint);
        Assert.Equal(hint, PlainFailure.Of(new LedgerDiskException("append to", "x.receipts", Full.Message, Full)).Hint);
        Assert.Null(PlainFailure.Of(new IOException("something else", 5)).Hint);
    }
}
