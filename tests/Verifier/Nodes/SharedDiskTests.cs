using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>State folders on file systems that several machines have, and whose promises do not reach from one to the other.</summary>
public sealed class SharedDiskTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void A_mount_whose_locks_stay_on_the_machine_is_Grace_and_says_what_mends_it()
    {
        using var site = new NodeSite { LookEvery = Minute };
        site.Put();
        var disk = new FailingDisk { Mount = Mount("nfs", "rw,vers=3,nolock,local_lock=all") };
        using var node = site.Open(disk);
        Assert.Equal(LicenseState.Grace, node.Verdict.State);
        var reason = Assert.Single(node.Verdict.Reasons);
        Assert.Equal(ReasonCode.LedgerUnwritable, reason.Code);
        Assert.Equal(
            $"receipts cannot be written: cannot keep receipts in {site.StateFolder}: nfs at /srv/state is mounted with local_lock=all, "
            + "so locks do not reach the other machines",
            reason.Sentence);
        Assert.Equal("mount /srv/state without local_lock=all, or keep the state folder on a local disk, or on NFS with locks", reason.Mend);
        Assert.True(node.Verdict.MayBegin);
        Assert.False(Directory.Exists(Path.Combine(site.StateFolder, "ledgers")));

        disk.Mount = Mount("nfs", "rw,vers=3,local_lock=none");
        site.Time.Advance(Minute);
        site.Time.Advance(Minute);
        Assert.Equal(LicenseState.Licensed, node.Verdict.State);
        LedgerAudit.Check(site);
    }

    [Fact]
    public void Without_locks_nothing_is_begun_however_often_it_is_tried()
    {
        using var site = new NodeSite { LookEvery = Minute };
        site.Put();
        var disk = new FailingDisk { Mount = Mount("nfs4", "rw"), Locks = Locks.CannotBeHad };
        using var node = site.Open(disk);
        for (var attempt = 0; attempt < 10; attempt++)
            site.Time.Advance(Minute);
        var reason = Assert.Single(node.Verdict.Reasons);
        Assert.EndsWith("No locks available", reason.Sentence, StringComparison.Ordinal);
        Assert.Equal("keep it elsewhere", reason.Mend);
        Assert.False(Directory.Exists(Path.Combine(site.StateFolder, "ledgers")));
    }

    [Fact]
    public void Two_nodes_whose_locks_keep_nobody_out_find_each_other_and_lose_nothing()
    {
        using var site = new NodeSite { LookEvery = Minute };
        site.Put();
        var disk = new FailingDisk { Mount = Mount("virtiofs", "rw"), Locks = Locks.KeepNobodyOut };
        var hasFound = false;
        using (var one = site.Open(disk))
        using (var other = site.Open(disk))
        using (Begin(one, 2))
        using (Begin(other, 3))
        {
            for (var minute = 0; minute < 60; minute++)
            {
                site.Time.Advance(Minute);
                hasFound |= new[] { one, other }.SelectMany(node => node.Verdict.Reasons)
                    .Any(reason => reason.Sentence.Contains("another process writes it too", StringComparison.Ordinal));
            }

            Assert.True(one.Verdict.MayBegin && other.Verdict.MayBegin);
        }

        Assert.True(hasFound);
        Assert.Single(site.Ledgers());
        LedgerAudit.Check(site);
        var used = site.UsageReceipts().Sum(usage => usage.CoreSeconds);
        Assert.InRange(used, (5 * 3600) - (3 * 300), 5 * 3600);
    }

    [Fact]
    public void A_ledger_in_whose_place_another_was_put_is_not_written_any_more()
    {
        var disk = new MemoryDisk();
        using var writer = Ledger.LedgerSamples.NewLedger(disk);
        writer.Append(Ledger.LedgerSamples.Usage(1));
        var segment = Ledger.LedgerSamples.SegmentOf(writer.Folder);
        byte[] others = [.. disk[segment], .. "what another process appended"u8];
        disk[segment] = others;
        var refused = Assert.Throws<LedgerDiskException>(() => writer.Append(Ledger.LedgerSamples.Usage(2)));
        Assert.Equal("another process writes it too, although it is locked", refused.Reason);
        Assert.Equal(others, disk[segment]);
        Assert.True(writer.IsStopped);
    }

    private static MountedFileSystem Mount(string type, string options) =>
        MountedFileSystem.Find($"36 22 0:52 / /srv/state rw - {type} source {options}", 36)!;

    private static Usage Begin(Node node, int cores)
    {
        Assert.True(node.TryBegin(cores, out var usage, out var why), why?.Sentence);
        return usage;
    }
}
