using System.Globalization;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>Disks that refuse: the product opens and works, the verdict says so, and what was used is written once.</summary>
public sealed class DiskTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void A_state_folder_that_is_read_only_is_Grace_and_mends_by_itself()
    {
        using var site = new NodeSite { LookEvery = Minute };
        site.Put();
        var disk = new FailingDisk { IsReadOnly = true };
        using (var node = site.Open(disk))
        {
            AssertUnwritable(node, since: Licenses.Begin);
            using (Begin(node, 2))
                site.Time.Advance(12 * Minute);
            AssertUnwritable(node, since: Licenses.Begin);
            disk.IsReadOnly = false;
            site.Time.Advance(Minute);
            site.Time.Advance(Minute);
            Assert.Equal(LicenseState.Licensed, node.Verdict.State);
        }

        Assert.Equal((1440, 720), (site.UsageReceipts().Sum(u => u.CoreSeconds), site.UsageReceipts().Sum(u => u.Seconds)));
        Assert.Equal("start", site.Receipts()[0].Kind);
        Assert.True(File.Exists(Path.Combine(site.StateFolder, "licenses", Licenses.Plain.Id + ".lic")));
        LedgerAudit.Check(site);
    }

    [Fact]
    public void A_mistake_of_the_verifier_shows_in_the_verdict_and_is_tried_again_as_often_as_any_look_and_no_more()
    {
        using var site = new NodeSite { LookEvery = Minute };
        site.Put();
        var disk = new FailingDisk();
        using var node = site.Open(disk);
        disk.StampOf = static _ => throw new InvalidOperationException("a mistake");
        var before = disk.Lists;
        site.Time.Advance(30 * Minute);
        Assert.InRange(disk.Lists - before, 30, 100);
        Assert.Contains(node.Verdict.Warnings, warning => warning.Code == ReasonCode.Fault);
        Assert.True(node.Verdict.MayBegin);

        disk.StampOf = LedgerDisk.Real.Stamp;
        site.Time.Advance(Minute);
        Assert.Empty(node.Verdict.Warnings);
    }

    [Fact]
    public void A_file_in_the_place_of_the_state_folder_keeps_no_product_from_starting()
    {
        using var site = new NodeSite { LookEvery = Minute };
        site.Put();
        File.WriteAllText(site.StateFolder, "in the way");
        using (var node = site.Open())
        {
            AssertUnwritable(node, since: Licenses.Begin);
            Begin(node, 1).Dispose();
            site.Time.Advance(3 * Minute);
            File.Delete(site.StateFolder);
            site.Time.Advance(2 * Minute);
            Assert.Equal(LicenseState.Licensed, node.Verdict.State);
        }

        Assert.Equal(300, site.UsageReceipts().Sum(usage => usage.OpenSeconds));
        LedgerAudit.Check(site);
    }

    [Fact]
    public void A_key_that_others_can_read_signs_nothing_until_that_is_mended()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var site = new NodeSite { LookEvery = Minute };
        site.Put();
        site.Open().Dispose();
        var key = Path.Combine(site.StateFolder, "installation.key");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        using var node = site.Open();
        AssertUnwritable(node, since: Licenses.Begin);
        Assert.Contains("chmod 600", node.Verdict.Reasons[0].Mend, StringComparison.Ordinal);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        site.Time.Advance(2 * Minute);
        Assert.Equal(LicenseState.Licensed, node.Verdict.State);
        Assert.Single(site.Ledgers());
    }

    [Theory]
    [InlineData(false, Limits.SegmentBytes)]
    [InlineData(true, Limits.SegmentBytes)]
    [InlineData(false, 3000)]
    [InlineData(true, 3000)]
    public void Every_single_failure_of_the_disk_loses_nothing_and_writes_nothing_twice(bool doesItAllTheSame, int segmentBytes)
    {
        var calls = RunWithFailureAt(0, doesItAllTheSame, segmentBytes);
        Assert.InRange(calls, 20, 400);
        for (var failsAt = 1; failsAt <= calls; failsAt++)
            RunWithFailureAt(failsAt, doesItAllTheSame, segmentBytes);
    }

    [Fact]
    public void Grace_by_an_unwritable_ledger_ends_on_its_date_like_any_other()
    {
        using var site = new NodeSite { LookEvery = TimeSpan.FromHours(1) };
        site.Put(plain => plain with { Grace = new LicenseGrace { Days = 2 }, Receipts = new LicenseReceipts { Every = Duration.Parse("1h") } });
        var disk = new FailingDisk();
        using var node = site.Open(disk);
        site.Time.Advance(TimeSpan.FromDays(1));
        disk.IsReadOnly = true;
        site.Time.Advance(TimeSpan.FromDays(2));

        // The next receipt failed an hour later, and the look after that said so.
        Assert.Equal((LicenseState.Grace, Licenses.Day(3) + TimeSpan.FromHours(2)), (node.Verdict.State, node.Verdict.GraceEnds));
        site.Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(LicenseState.Lapsed, node.Verdict.State);
        disk.IsReadOnly = false;
        site.Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(LicenseState.Licensed, node.Verdict.State);
        LedgerAudit.Check(site, TimeSpan.FromHours(1));
    }

    [Fact]
    public void A_license_counts_on_when_its_file_goes_while_nothing_can_be_written()
    {
        using var site = new NodeSite { LookEvery = Minute };
        var license = site.Put();
        using var node = site.Open(new FailingDisk { IsReadOnly = true });
        site.Remove(license);
        site.Time.Advance(5 * Minute);
        AssertUnwritable(node, since: Licenses.Begin);
    }

    [Fact]
    public void A_ledger_that_another_process_took_meanwhile_is_left_to_it()
    {
        using var site = new NodeSite { LookEvery = Minute };
        site.Put();
        var disk = new FailingDisk();
        using (var node = site.Open(disk))
        {
            using var work = Begin(node, 2);
            site.Time.Advance(4 * Minute);
            disk.IsReadOnly = true;
            site.Time.Advance(2 * Minute);
            using (var other = site.Open())
            {
                Assert.Single(site.Ledgers());
                disk.IsReadOnly = false;
                site.Time.Advance(6 * Minute);
                Assert.Equal(2, site.Ledgers().Count);
            }
        }

        Assert.Equal(1440, site.UsageReceipts().Sum(usage => usage.CoreSeconds));
        LedgerAudit.Check(site);
    }

    [Fact]
    public void A_damaged_ledger_is_followed_by_a_new_one_that_carries_the_node_on()
    {
        using var site = new NodeSite { LookEvery = Minute };
        site.Put(plain => plain with { Quota = new LicenseQuota { NodeMinutes = 5 } });
        Verdict before;
        using (var node = site.Open())
        {
            using (Begin(node, 1))
                site.Time.Advance(20 * Minute);
            before = node.Verdict;
        }

        var file = site.Ledgers()[0].Segments[^1].Path;
        var text = File.ReadAllText(file);
        File.WriteAllText(file, text.Replace("\"kind\":\"stop\"", "\"kind\":\"stpo\"", StringComparison.Ordinal));
        using var again = site.Open();
        Assert.Equal(before.Reasons, again.Verdict.Reasons);
        Assert.Contains(again.Verdict.Warnings, warning => warning.Code == ReasonCode.LedgerDamaged);
        Assert.Equal(2, site.Ledgers().Count);
    }

    /// <summary>Twenty minutes of two cores with a change of license, and a disk that fails once.</summary>
    private static int RunWithFailureAt(int failsAt, bool doesItAllTheSame, int segmentBytes)
    {
        var place = "the call that failed: " + failsAt.ToString(CultureInfo.InvariantCulture);
        using var site = new NodeSite { LookEvery = Minute };
        var disk = new FailingDisk { FailsAt = failsAt, DoesItAllTheSame = doesItAllTheSame, LargestSegment = segmentBytes };
        var old = site.Put();
        using (var node = site.Open(disk))
        {
            using (Begin(node, 2))
            {
                site.Time.Advance(8 * Minute);
                site.Put(plain => plain with { Id = Licenses.Id(2), Replaces = old.Id });
                site.Time.Advance(12 * Minute);
            }

            site.Time.Advance(3 * Minute);
            Assert.True(node.Verdict.State == LicenseState.Licensed, place);
            Assert.True(node.Verdict.Warnings.Count == 0, place);
        }

        // What a process could not write at its very end is lost with it: a write and a sync, or a segment closed and the next begun.
        var callsOfAnAppend = segmentBytes == Limits.SegmentBytes ? 2 : 20;
        var isFailureAtTheEnd = failsAt > disk.Calls - callsOfAnAppend && failsAt > 0;
        if (!isFailureAtTheEnd)
        {
            Assert.True(site.UsageReceipts().Sum(usage => usage.CoreSeconds) == 2400, place);
            Assert.True(site.UsageReceipts().Sum(usage => usage.OpenSeconds) == 1380, place);
            Assert.True(site.UsageReceipts().Where(usage => usage.License == old.Id).Sum(usage => usage.CoreSeconds) == 1080, place);
        }

        LedgerAudit.Check(site);
        return disk.Calls;
    }

    private static void AssertUnwritable(Node node, DateTimeOffset since)
    {
        Assert.Equal(LicenseState.Grace, node.Verdict.State);
        Assert.Equal((ReasonCode.LedgerUnwritable, since), (node.Verdict.Reasons.Single().Code, node.Verdict.Reasons.Single().Since));
        Assert.Empty(node.Verdict.Warnings);
    }

    private static Usage Begin(Node node, int cores)
    {
        Assert.True(node.TryBegin(cores, out var usage, out var why), why?.Sentence);
        return usage;
    }
}
