using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>What a vendor's reply changes on a node, and the duty to export (design 3.3, 4).</summary>
public sealed class ReplyTests
{
    private static readonly SigningKey ReplyKey = Licenses.KeyOf("vendor.example/replies/test", 2);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void A_reply_is_written_down_kept_and_never_goes_back()
    {
        using var site = new NodeSite { LookEvery = Minute };
        PutLicense(site);
        using (var node = site.Open())
        {
            site.Time.Advance(5 * Minute);
            Put(site, number: 7);
            site.Time.Advance(Minute);
            Put(site, number: 6);
            site.Time.Advance(Minute);
        }

        File.Delete(Path.Combine(site.LicenseFolder, "6.reply"));
        File.Delete(Path.Combine(site.LicenseFolder, "7.reply"));
        using (site.Open())
            site.Time.Advance(Minute);
        Assert.Equal([7], site.Receipts().OfType<ReplyReceipt>().Select(reply => reply.Number));
    }

    [Theory]
    [InlineData("other customer")]
    [InlineData("other product")]
    [InlineData("unknown key")]
    [InlineData("other customer, whose bound license lies there too")]
    [InlineData("garbage")]
    public void A_reply_that_is_not_ours_is_left_alone(string what)
    {
        using var site = new NodeSite { LookEvery = Minute };
        PutLicense(site);
        using (var node = site.Open())
        {
            var path = Path.Combine(site.LicenseFolder, "7.reply");
            var ours = ReplyOf(7, []);
            if (what.EndsWith("lies there too", StringComparison.Ordinal))
            {
                site.Put(license => license with
                {
                    Id = Licenses.Id(9),
                    Licensee = "Umbrella",
                    Installations = [Licenses.Installation],
                    Receipts = new LicenseReceipts { RepliesBy = [ReplyKey.VerifierKey.ToString()] },
                });
            }

            File.WriteAllBytes(path, what switch
            {
                "other customer, whose bound license lies there too" => (ours with { Licensee = "Umbrella" }).Sign(ReplyKey),
                "other customer" => (ours with { Licensee = "Umbrella" }).Sign(ReplyKey),
                "other product" => (ours with { Product = "another" }).Sign(ReplyKey),
                "unknown key" => ours.Sign(Licenses.KeyOf("stranger.example/replies", 9)),
                _ => [1, 2, 3],
            });
            site.Time.Advance(10 * Minute);
            Assert.Equal(LicenseState.Licensed, node.Verdict.State);
        }

        Assert.Empty(site.Receipts().OfType<ReplyReceipt>());
    }

    [Fact]
    public void A_reply_to_another_customer_of_this_machine_neither_displaces_ours_nor_counts_for_our_quota()
    {
        using var site = new NodeSite { LookEvery = Minute };
        var license = PutLicense(site, plain => plain with { Quota = new LicenseQuota { NodeMinutes = 1000 } });
        var theirs = PutLicense(site, plain => plain with { Id = Licenses.Id(9), Licensee = "Umbrella", Issued = plain.Issued.AddDays(-1) });
        Put(site, 7, [new ReplyUse(license.Id, license.From, 300 * 60, 300 * 60)]);
        File.WriteAllBytes(
            Path.Combine(site.LicenseFolder, "umbrella.reply"),
            (ReplyOf(99, []) with { Licensee = "Umbrella", Used = [new ReplyUse(theirs.Id, theirs.From, 60, 60)] }).Sign(ReplyKey));
        using (var node = site.Open())
        {
            site.Time.Advance(5 * Minute);
            Assert.Equal((license.Id, 300), (node.Verdict.License!.Id, node.Verdict.Quotas.Single().Used));
            Put(site, 8, [new ReplyUse(license.Id, license.From, 400 * 60, 400 * 60)]);
            site.Time.Advance(Minute);
            Assert.Equal(400, node.Verdict.Quotas.Single().Used);
        }

        // The kept copy is ours, too.
        foreach (var file in Directory.EnumerateFiles(site.LicenseFolder, "*.reply"))
            File.Delete(file);
        using (var again = site.Open())
            Assert.Equal(400, again.Verdict.Quotas.Single().Used);
        Assert.Equal([7, 8], site.Receipts().OfType<ReplyReceipt>().Select(reply => reply.Number));
    }

    [Fact]
    public void A_machine_that_changes_from_one_customer_to_another_counts_by_the_reply_to_each()
    {
        using var site = new NodeSite { LookEvery = Minute };
        var license = PutLicense(site, plain => plain with { Quota = new LicenseQuota { NodeMinutes = 1000 } });
        Put(site, 7, [new ReplyUse(license.Id, license.From, 300 * 60, 300 * 60)]);
        using var node = site.Open();
        Assert.Equal(300, node.Verdict.Quotas.Single().Used);
        var theirs = PutLicense(site, plain => plain with
        {
            Id = Licenses.Id(9),
            Licensee = "Umbrella",
            Issued = plain.Issued.AddMinutes(1),
            Quota = new LicenseQuota { NodeMinutes = 50 },
        });
        File.WriteAllBytes(
            Path.Combine(site.LicenseFolder, "umbrella.reply"),
            (ReplyOf(2, []) with { Licensee = "Umbrella", Used = [new ReplyUse(theirs.Id, theirs.From, 40 * 60, 40 * 60)] }).Sign(ReplyKey));
        site.Time.Advance(2 * Minute);
        Assert.Equal((theirs.Id, 40), (node.Verdict.License!.Id, node.Verdict.Quotas.Single().Used));
        site.Remove(theirs);
        node.Dispose();
        Assert.Equal([7, 2], site.Receipts().OfType<ReplyReceipt>().Select(reply => reply.Number));
    }

    [Fact]
    public void The_reply_key_of_another_customers_license_signs_no_reply_to_us()
    {
        using var site = new NodeSite { LookEvery = Minute };
        var license = PutLicense(site, plain => plain with { Quota = new LicenseQuota { NodeMinutes = 1000 } });
        using var theirKey = Licenses.KeyOf("vendor.example/replies/trials", 4);
        PutLicense(site, plain => plain with
        {
            Id = Licenses.Id(9),
            Licensee = "Umbrella",
            Issued = plain.Issued.AddDays(-1),
            Receipts = new LicenseReceipts { RepliesBy = [theirKey.VerifierKey.ToString()] },
        });
        File.WriteAllBytes(
            Path.Combine(site.LicenseFolder, "7.reply"),
            (ReplyOf(7, []) with { Used = [new ReplyUse(license.Id, license.From, 999 * 60, 999 * 60)] }).Sign(theirKey));
        using var node = site.Open();
        Assert.Equal(0, node.Verdict.Quotas.Single().Used);
    }

    [Fact]
    public void What_the_vendor_has_and_what_it_does_not_have_yet_count_together()
    {
        using var site = new NodeSite { LookEvery = Minute };
        var license = PutLicense(site, plain => plain with { Quota = new LicenseQuota { NodeMinutes = 1000 } });
        using var node = site.Open();
        Assert.True(node.TryBegin(1, out var work, out _));
        site.Time.Advance(10 * Minute);
        Assert.Equal(10, node.Verdict.Quotas.Single().Used);

        // The vendor has the first five minutes of this node, and 300 minutes of others.
        var ledger = site.Ledgers()[0];
        var size = ledger.Receipts(LedgerDisk.Real).First(entry => entry.Receipt is UsageReceipt).Receipt.Seq + 1;
        Put(site, 7, [new ReplyUse(license.Id, license.From, 305 * 60, 305 * 60)], [
            new ReplyLedger(ledger.Key!.Name, size, Convert.ToBase64String(ledger.TreeAt(LedgerDisk.Real, size).Root()))]);
        site.Time.Advance(2 * Minute);
        Assert.Equal(305 + 7, node.Verdict.Quotas.Single().Used);
        Assert.Equal((7, size), site.Receipts().OfType<ReplyReceipt>().Select(reply => (reply.Number, reply.Size)).Single());
        work.Dispose();
        node.Dispose();

        using var again = site.Open();
        Assert.Equal(305 + 7, again.Verdict.Quotas.Single().Used);
    }

    [Fact]
    public void A_license_that_needs_a_reply_counts_from_the_moment_it_is_there()
    {
        using var site = new NodeSite { LookEvery = Minute };
        PutLicense(site, plain => plain with { Needs = new LicenseNeeds { Reply = 7 } });
        using var node = site.Open();
        Assert.Equal((LicenseState.Unlicensed, ReasonCode.NeedsReply), (node.Verdict.State, node.Verdict.NotCounting.Single().Code));
        Put(site, number: 6);
        site.Time.Advance(Minute);
        Assert.Equal(LicenseState.Unlicensed, node.Verdict.State);
        Put(site, number: 7);
        site.Time.Advance(Minute);
        Assert.Equal(LicenseState.Licensed, node.Verdict.State);
    }

    [Fact]
    public void Mail_by_is_set_by_the_oldest_receipt_that_never_left_and_settled_by_an_export()
    {
        using var site = new NodeSite { LookEvery = TimeSpan.FromHours(1) };
        site.Put(plain => plain with
        {
            Grace = new LicenseGrace { Days = 1 },
            Receipts = new LicenseReceipts { Every = Duration.Parse("1h"), MailEvery = Duration.Parse("3d") },
        });
        using var node = site.Open();
        site.Time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(Licenses.Day(3), node.Verdict.MailBy);
        site.Export();
        site.Time.Advance(TimeSpan.FromHours(2));
        Assert.InRange(node.Verdict.MailBy!.Value, Licenses.Day(5), Licenses.Day(5.1));

        site.Time.Advance(TimeSpan.FromDays(3.5));
        Assert.Equal((LicenseState.Grace, ReasonCode.MailOverdue), (node.Verdict.State, node.Verdict.Reasons.Single().Code));
        site.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(LicenseState.Lapsed, node.Verdict.State);
        site.Export();
        site.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(LicenseState.Licensed, node.Verdict.State);
    }

    [Fact]
    public void A_lost_exports_log_counts_as_no_export_of_what_the_vendor_does_not_have()
    {
        using var site = new NodeSite { LookEvery = TimeSpan.FromHours(1) };
        var license = PutLicense(site, plain => plain with { Receipts = plain.Receipts! with { MailEvery = Duration.Parse("30d") } });
        using var node = site.Open();
        site.Time.Advance(TimeSpan.FromDays(1));
        site.Export();
        File.Delete(Path.Combine(site.StateFolder, ExportsLog.FileName));
        site.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(Licenses.Day(30), node.Verdict.MailBy);

        // An export after this reply begins after what the vendor has, and has to be able to settle the duty.
        var ledger = site.Ledgers()[0];
        Put(site, 1, [new ReplyUse(license.Id, license.From, 0, 0)], [
            new ReplyLedger(ledger.Key!.Name, ledger.Size, Convert.ToBase64String(ledger.Root))]);
        site.Time.Advance(TimeSpan.FromHours(2));
        Assert.InRange(node.Verdict.MailBy!.Value, Licenses.Day(31), Licenses.Day(31.2));
    }

    private static License PutLicense(NodeSite site, Func<License, License>? change = null) => site.Put(plain =>
    {
        var license = plain with { Receipts = new LicenseReceipts { RepliesBy = [ReplyKey.VerifierKey.ToString()] } };
        return change?.Invoke(license) ?? license;
    });

    private static void Put(NodeSite site, long number, IReadOnlyList<ReplyUse>? used = null, IReadOnlyList<ReplyLedger>? ledgers = null) =>
        File.WriteAllBytes(
            Path.Combine(site.LicenseFolder, FormattableString.Invariant($"{number}.reply")),
            (ReplyOf(number, ledgers ?? []) with { Used = used ?? [] }).Sign(ReplyKey));

    private static Reply ReplyOf(long number, IReadOnlyList<ReplyLedger> ledgers) => new()
    {
        Product = Licenses.Product,
        Licensee = Licenses.Licensee,
        Number = number,
        Time = Licenses.Begin,
        Ledgers = ledgers,
    };
}
