using OfflineLicense.Keys;
using OfflineLicense.Tests.Verifier.Formats;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Trusts;

/// <summary>What trust documents change on a node of a product that embeds roots, and what they never change.</summary>
public sealed class NodeTrustTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public void A_product_with_roots_counts_no_license_before_a_document_says_whose_count()
    {
        using var site = Site();
        site.Put();
        using var node = site.Open();
        Assert.Equal((LicenseState.Unlicensed, 0), (node.Verdict.State, node.Verdict.TrustVersion));
        Assert.Equal(ReasonCode.UnknownKey, Assert.Single(node.Verdict.NotCounting).Code);

        site.PutTrust(TrustVendor.First);
        node.Look();
        Assert.Equal((LicenseState.Licensed, 1), (node.Verdict.State, node.Verdict.TrustVersion));
    }

    [Fact]
    public void A_document_is_kept_and_written_down_once()
    {
        using var site = Site();
        site.Put();
        site.PutTrust(TrustVendor.First);
        using (site.Open())
            site.Time.Advance(Hour);
        Directory.Delete(site.LicenseFolder, recursive: true);
        using (var node = site.Open())
        {
            site.Time.Advance(Hour);
            Assert.Equal((LicenseState.Licensed, 1), (node.Verdict.State, node.Verdict.TrustVersion));
        }

        var receipt = Assert.Single(site.Receipts().OfType<TrustReceipt>());
        Assert.Equal(1, receipt.Version);
        Assert.Equal(
            Convert.ToBase64String(Convert.FromHexString(TrustDocument.NameOf(System.Text.Encoding.UTF8.GetBytes(TrustFormat.Print(TrustVendor.First))))),
            receipt.Sha256);
    }

    [Fact]
    public void A_planned_rotation_is_seen_by_nobody()
    {
        using var site = Site();
        site.Put();
        site.PutTrust(TrustVendor.First);
        using var node = site.Open();
        site.PutTrust(TrustVendor.WithNextKey with { Keys = [.. TrustVendor.WithNextKey.Keys.Select(key => key.Key.Equals(Licenses.Key.VerifierKey) ? key with { Until = Licenses.Day(10) } : key)] });
        site.Time.Advance(TimeSpan.FromDays(20));
        Assert.Equal((LicenseState.Licensed, 2), (node.Verdict.State, node.Verdict.TrustVersion));
        PutBy(site, TrustVendor.NextLicenseKey, Licenses.Plain with { Id = Licenses.Id(2), Replaces = Licenses.Plain.Id, Issued = Licenses.Day(15) });
        site.Time.Advance(Hour);
        Assert.Equal((LicenseState.Licensed, Licenses.Id(2)), (node.Verdict.State, node.Verdict.License!.Id));
    }

    [Fact]
    public void P1_a_license_taken_back_ends_no_work_and_is_told_as_a_grace_with_a_date()
    {
        using var site = Site();
        site.Put();
        site.PutTrust(TrustVendor.First);
        using var node = site.Open();
        Assert.True(node.TryBegin(4, out var usage, out _));
        site.Time.Advance(Hour);
        site.PutTrust(TrustVendor.WithNextKey with { RevokedLicenses = [Licenses.Plain.Id] });
        site.Time.Advance(Hour);

        var reason = Assert.Single(node.Verdict.Reasons);
        Assert.Equal((LicenseState.Grace, ReasonCode.Revoked, true), (node.Verdict.State, reason.Code, node.Verdict.MayBegin));
        Assert.Equal(reason.Since!.Value.AddDays(14), reason.Until);
        var since = reason.Since;
        site.Time.Advance(TimeSpan.FromDays(13));
        Assert.Equal((LicenseState.Grace, since), (node.Verdict.State, node.Verdict.Reasons[0].Since));
        site.Time.Advance(TimeSpan.FromDays(2));
        Assert.Equal((LicenseState.Lapsed, 4), (node.Verdict.State, node.CoresInUse));
        Assert.False(node.TryBegin(1, out _, out var why));
        Assert.Equal(ReasonCode.Revoked, why.Code);
        usage.Dispose();

        PutBy(site, TrustVendor.NextLicenseKey, Licenses.Plain with { Id = Licenses.Id(2), Issued = Licenses.Day(15) });
        site.Time.Advance(Hour);
        Assert.Equal(LicenseState.Licensed, node.Verdict.State);
    }

    [Fact]
    public void P2_a_restart_changes_no_verdict_after_a_revocation()
    {
        using var site = Site();
        site.Put();
        site.PutTrust(TrustVendor.First);
        Verdict before;
        using (var node = site.Open())
        {
            site.Time.Advance(Hour);
            site.PutTrust(TrustVendor.WithoutStolenKey());
            site.Time.Advance(Hour);
            before = node.Verdict;
        }

        Assert.Equal(ReasonCode.Revoked, Assert.Single(before.Reasons).Code);
        foreach (var verdict in (Verdict[])[Node.Peek(site.Options), Opened()])
        {
            Assert.Equal((before.State, before.GraceEnds, before.TrustVersion), (verdict.State, verdict.GraceEnds, verdict.TrustVersion));
            Assert.Equal(before.Reasons, verdict.Reasons);
        }

        Verdict Opened()
        {
            using var node = site.Open();
            return node.Verdict;
        }
    }

    [Fact]
    public void A_thief_s_license_that_took_a_good_one_s_place_gives_it_back_when_its_key_is_revoked()
    {
        using var site = Site();
        site.Put();
        site.PutTrust(TrustVendor.First);
        using var node = site.Open();
        site.Put(license => license with { Id = Licenses.Id(66), Replaces = license.Id, Issued = Licenses.Day(1) });
        site.Time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(Licenses.Id(66), node.Verdict.License!.Id);

        site.PutTrust(TrustVendor.WithoutStolenKey(Licenses.Plain));
        site.Time.Advance(Hour);
        Assert.Equal((LicenseState.Licensed, Licenses.Plain.Id), (node.Verdict.State, node.Verdict.License!.Id));
        Assert.Equal(ReasonCode.Revoked, Assert.Single(node.Verdict.NotCounting).Code);
    }

    [Fact]
    public void A_forged_text_under_the_id_that_is_active_never_takes_the_kept_copy_s_place()
    {
        using var site = Site();
        site.Put();
        site.PutTrust(TrustVendor.First);
        using (site.Open())
            site.Time.Advance(Hour);
        site.PutTrust(TrustVendor.WithoutStolenKey(Licenses.Plain));
        PutBy(site, Licenses.Key, Licenses.Plain with { Quota = new LicenseQuota { Cores = 1_000_000 } });
        using var node = site.Open();
        site.Time.Advance(Hour);
        Assert.Equal((LicenseState.Licensed, null), (node.Verdict.State, node.Verdict.License!.Quota.Cores));
    }

    [Fact]
    public void A_node_that_was_off_for_years_takes_the_way_over_every_version_between()
    {
        using var site = Site();
        site.Put();
        site.PutTrust(TrustVendor.First);
        using (site.Open())
            site.Time.Advance(Hour);

        // By now all three roots are others.
        VerifierKey[] second = [TrustVendor.B.VerifierKey, TrustVendor.C.VerifierKey, TrustVendor.D.VerifierKey];
        VerifierKey[] third = [TrustVendor.D.VerifierKey, TrustVendor.E.VerifierKey, TrustVendor.F.VerifierKey];
        site.Time.Advance(TimeSpan.FromDays(3 * 365));
        site.PutTrust(TrustVendor.First with { Version = 4, Roots = third, Keys = [TrustVendor.Signs(TrustVendor.NextLicenseKey)] }, TrustVendor.E, TrustVendor.F);
        using (var node = site.Open())
        {
            Assert.Equal(1, node.Verdict.TrustVersion);
            Assert.Equal(ReasonCode.TrustRefused, Assert.Single(node.Verdict.Warnings).Code);
            site.PutTrust(TrustVendor.First with { Version = 3, Roots = third }, TrustVendor.B, TrustVendor.D);
            site.PutTrust(TrustVendor.First with { Version = 2, Roots = second }, TrustVendor.A, TrustVendor.B);
            node.Look();
            Assert.Equal((4, 0), (node.Verdict.TrustVersion, node.Verdict.Warnings.Count));
        }

        // The way is kept with the newest: no later start needs the files.
        Directory.Delete(site.LicenseFolder, recursive: true);
        Assert.Equal(4, Node.Peek(site.Options).TrustVersion);
    }

    [Fact]
    public void The_kept_copies_deleted_and_an_older_file_put_back_count_for_nothing()
    {
        using var site = Site();
        site.Put();
        site.PutTrust(TrustVendor.First);
        using (site.Open())
            site.Time.Advance(Hour);
        site.PutTrust(TrustVendor.WithoutStolenKey());
        using (site.Open())
            site.Time.Advance(Hour);
        Directory.Delete(Path.Combine(site.StateFolder, "trust"), recursive: true);
        File.Delete(Path.Combine(site.LicenseFolder, "trust-000003.trust"));

        using var node = site.Open();
        Assert.Equal((LicenseState.Grace, 0), (node.Verdict.State, node.Verdict.TrustVersion));
        Assert.Contains(node.Verdict.Warnings, warning => warning.Code == ReasonCode.TrustRefused);
        Assert.Equal(0, Node.Peek(site.Options).TrustVersion);
    }

    [Fact]
    public void Processes_that_share_a_state_folder_go_by_one_document()
    {
        using var site = Site();
        site.Put();
        site.PutTrust(TrustVendor.First);
        using var one = site.Open();
        using var other = site.Open();
        site.PutTrust(TrustVendor.WithNextKey);
        site.Time.Advance(Hour);
        Assert.Equal((2, 2), (one.Verdict.TrustVersion, other.Verdict.TrustVersion));
        Assert.Equal([1, 2], site.Receipts().OfType<TrustReceipt>().Select(receipt => receipt.Version).Order());
    }

    [Fact]
    public void A_stolen_reply_key_s_replies_stop_counting_where_they_were_taken_already()
    {
        using var site = Site();
        site.Put(license => license with { Quota = new LicenseQuota { NodeMinutes = 100 } });
        site.PutTrust(TrustVendor.First);
        var forged = Examples.Reply with
        {
            Licensee = Licenses.Licensee,
            Time = Licenses.Begin,
            Used = [new ReplyUse(Licenses.Plain.Id, Licenses.Begin, 6000, 6000)],
            Ledgers = [],
        };
        File.WriteAllBytes(Path.Combine(site.LicenseFolder, "forged.reply"), forged.Sign(TrustVendor.ReplyKey));
        using var node = site.Open();
        Assert.Equal((LicenseState.Grace, ReasonCode.NodeMinutesUsed), (node.Verdict.State, Assert.Single(node.Verdict.Reasons).Code));

        var newReplies = Licenses.KeyOf("vendor.example/replies/next", 70);
        site.PutTrust(TrustVendor.First with
        {
            Version = 2,
            Keys = [TrustVendor.Signs(Licenses.Key), TrustVendor.Signs(newReplies, TrustedRole.Reply)],
            RevokedKeys = [new RevokedKey { Key = TrustVendor.ReplyKey.VerifierKey }],
        });
        site.Time.Advance(Hour);
        Assert.Equal((LicenseState.Licensed, 0), (node.Verdict.State, node.Verdict.Quotas[0].Used));
        Assert.Equal(LicenseState.Licensed, Node.Peek(site.Options).State);
        File.WriteAllBytes(Path.Combine(site.LicenseFolder, "true.reply"), (forged with { Number = 6, Used = [] }).Sign(newReplies));
        site.Time.Advance(Hour);
        Assert.Equal(forged.Time, node.Verdict.LastReply);
    }

    [Fact]
    public void A_product_with_pinned_keys_takes_no_document_and_says_so()
    {
        using var site = new NodeSite();
        site.Put();
        site.PutTrust(TrustVendor.First with { RevokedLicenses = [Licenses.Plain.Id] });
        using var node = site.Open();
        Assert.Equal((LicenseState.Licensed, 0), (node.Verdict.State, node.Verdict.TrustVersion));
        Assert.Equal(ReasonCode.TrustRefused, Assert.Single(node.Verdict.Warnings).Code);
    }

    private static NodeSite Site() => new() { Trust = TrustVendor.Product, LookEvery = TimeSpan.FromMinutes(5) };

    private static void PutBy(NodeSite site, SigningKey key, License license) =>
        File.WriteAllBytes(Path.Combine(site.LicenseFolder, license.Id + ".lic"), Licenses.FileOf(license, key));
}
