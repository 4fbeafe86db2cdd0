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

    [Fact]
    public void A_message_of_the_disk_names_the_path_once_and_in_our_own_words()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal($"cannot read '{folder["none"]}': there is no such file", Refused(() => LedgerDisk.Real.OpenRead(folder["none"])).Message);
        Assert.Equal($"cannot read '{folder["none/x"]}': its folder does not exist", Refused(() => LedgerDisk.Real.OpenRead(folder["none/x"])).Message);
        Assert.Equal($"cannot read '{folder.Path}': it is a folder", Refused(() => LedgerDisk.Real.OpenRead(folder.Path)).Message);
        Assert.Equal("cannot write '/x/y': no space left on device", PlainFailure.At("write", "/x/y", new IOException("No space left on device : '/x/y'", 28)).Message);
        var denied = PlainFailure.At("list", folder.Path, new UnauthorizedAccessException($"Access to the path '{folder.Path}' is denied."));
        Assert.Equal(($"cannot list '{folder.Path}': access is denied", "run this as a user who may, or let this user"), (denied.Message, denied.Hint));
    }

    private static CommandFailure Refused(Action act) => PlainFailure.Of(Assert.Throws<LedgerDiskException>(act));
}
