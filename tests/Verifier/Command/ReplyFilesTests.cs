using System.Text;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Command;

/// <summary>An operator confuses replies: the number that was taken in once is never undone, and he is told which file is of no use.</summary>
public sealed class ReplyFilesTests : IDisposable
{
    private readonly OperatorSite _site = new();

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task An_older_reply_copied_over_a_newer_one_is_told_and_changes_nothing()
    {
        await TakeReply8();
        File.Copy(_site["mail/reply-7.reply"], _site["licenses/openvidu-pro.reply"], overwrite: true);
        await StatusTells("OlderReply  it is reply 7, and reply 8 was taken in here already", "nothing: what the newer one says counts");
        await Refused("mail/reply-7.reply", "it is reply 7, and reply 8 was taken in here already");
        Assert.Equal(ExitCode.Ok, (await _site.Run("install", "mail/reply-8.reply")).ExitCode);
        Assert.DoesNotContain("OlderReply", (await _site.Run("status")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_every_copy_of_the_newer_reply_gone_the_ledger_still_knows_of_it()
    {
        await TakeReply8();
        Directory.Delete(_site["state/replies"], recursive: true);
        File.Delete(_site["licenses/openvidu-pro.reply"]);
        await Refused("mail/reply-7.reply", "it is reply 7, and reply 8 was taken in here already");
        File.Copy(_site["mail/reply-7.reply"], _site["licenses/openvidu-pro.reply"]);
        await StatusTells("OlderReply  it is reply 7, and reply 8 was taken in here already", "put reply 8 in its place, which is not here any more");
        _site.Work(1, TimeSpan.FromHours(1));
        Assert.Equal([8], LedgerFolder.ScanAll(LedgerDisk.Real, _site["state"])
            .SelectMany(static ledger => ledger.Receipts(LedgerDisk.Real)).Select(static entry => entry.Receipt).OfType<ReplyReceipt>().Select(static reply => reply.Number));
        Assert.Equal(ExitCode.Ok, (await _site.Run("install", "mail/reply-8.reply")).ExitCode);
    }

    [Fact]
    public async Task An_older_reply_is_refused_also_where_only_the_state_folder_has_the_newer_one()
    {
        await TakeReply8();
        File.Delete(_site["licenses/openvidu-pro.reply"]);
        await Refused("mail/reply-7.reply", "it is reply 7, and reply 8 was taken in here already");
    }

    [Fact]
    public async Task A_reply_that_came_damaged_is_told_with_what_mends_it()
    {
        await _site.Run("install", "mail/acme.lic");
        var text = Encoding.UTF8.GetString(await File.ReadAllBytesAsync(_site["mail/reply-8.reply"]));
        _site.Put("licenses/changed.reply", text.Replace("number 8", "number 9", StringComparison.Ordinal));
        _site.Put("licenses/cut.reply", text[..40]);
        await StatusTells("BadSignature  the reply was changed after it was signed", "get the file again, as an attachment, or armored");
        await StatusTells("Malformed     it is not a whole reply", "get the file again, as an attachment, or armored");
    }

    [Fact]
    public async Task Replies_to_two_customers_on_one_machine_do_not_displace_each_other()
    {
        await _site.Run("install", "mail/acme.lic", "mail/reply-8.reply");
        var plan = FleetVendor.Plan(9) with { Licensee = "Umbrella" };
        _site.Put("mail/umbrella.lic", _site.Vendor.Note(plan with { Receipts = new LicenseReceipts { RepliesBy = [_site.Vendor.ReplyKey.VerifierKey.ToString()] } }));
        _site.Put("mail/umbrella.reply", new Reply { Product = FleetVendor.Product, Licensee = "Umbrella", Number = 3, Time = _site.Time.Wall }.Sign(_site.Vendor.ReplyKey));
        var run = await _site.Run("install", "mail/umbrella.lic", "mail/umbrella.reply");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        Assert.Equal(2, Directory.GetFiles(_site["licenses"], "*.reply").Length);
        Assert.Contains("already there", (await _site.Run("install", "mail/reply-8.reply")).Output, StringComparison.Ordinal);
        Assert.Contains("already there", (await _site.Run("install", "mail/umbrella.reply")).Output, StringComparison.Ordinal);
    }

    private async Task TakeReply8()
    {
        await _site.Run("install", "mail/acme.lic", "mail/reply-8.reply");
        _site.Work(1, TimeSpan.FromHours(1));
    }

    private async Task StatusTells(string reason, string mend)
    {
        var run = await _site.Run("status");
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Contains("Files that do not count", run.Output, StringComparison.Ordinal);
        Assert.Contains(reason, run.Output, StringComparison.Ordinal);
        Assert.Contains("mend: " + mend, run.Output, StringComparison.Ordinal);
    }

    private async Task Refused(string file, string why)
    {
        var run = await _site.Run("install", file);
        Assert.Equal(ExitCode.DoesNotFit, run.ExitCode);
        Assert.StartsWith($"error: {file}: {why}\nhint: ", run.Error, StringComparison.Ordinal);
    }
}
