using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>A node whose ledger fills several files.</summary>
public sealed class SegmentTests : IDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly NodeSite _site = new();
    private readonly FailingDisk _disk = new() { LargestSegment = 5000 };
    private readonly License _license;

    public SegmentTests() => _license = _site.Put(plain => plain with
    {
        Receipts = new LicenseReceipts { RepliesBy = [ReplyKey.VerifierKey.ToString()] },
        Quota = new LicenseQuota { CoreMinutes = 100_000 },
    });

    private static SigningKey ReplyKey { get; } = NewReplyKey();

    [Fact]
    public void Every_file_of_a_ledger_says_whose_its_use_is()
    {
        Run(hours: 6);
        var segments = _site.Ledgers().Single().Segments;
        Assert.InRange(segments.Count, 4, 30);
        foreach (var segment in segments.Skip(1))
        {
            var receipts = Receipts(segment);
            Assert.IsType<LicenseReceipt>(receipts[0]);
            Assert.IsType<StateReceipt>(receipts[1]);
        }

        Assert.Equal(6 * 2 * 3600, _site.UsageReceipts().Sum(usage => usage.CoreSeconds));
        LedgerAudit.Check(_site);
    }

    [Fact]
    public void A_restart_that_reads_the_summary_tells_the_verdict_of_one_that_reads_all()
    {
        Run(hours: 6);
        _site.Export();
        Run(hours: 3);
        using var byAll = Reopened(without: LedgerSummary.FileName);
        using var bySummary = Reopened(without: "nothing");
        Assert.Equal(byAll.Verdict.Reasons, bySummary.Verdict.Reasons);
        Assert.Equal(byAll.Verdict.Quotas, bySummary.Verdict.Quotas);
        Assert.Equal((byAll.Verdict.TermEnd, byAll.Verdict.GraceEnds, byAll.Verdict.MailBy), (bySummary.Verdict.TermEnd, bySummary.Verdict.GraceEnds, bySummary.Verdict.MailBy));
    }

    [Fact]
    public void A_product_that_wants_it_removes_what_a_reply_has_once_it_is_old_and_nothing_else()
    {
        Run(hours: 6);
        _site.Time.Advance(TimeSpan.FromDays(3));
        Run(hours: 1, removeAfter: TimeSpan.FromDays(1));
        var whole = _site.Ledgers().Single();
        Assert.Equal(0, whole.Start);

        PutReply(whole);
        Run(hours: 1);
        Assert.Equal(0, _site.Ledgers().Single().Start);
        Run(hours: 1, removeAfter: TimeSpan.FromDays(30));
        Assert.Equal(0, _site.Ledgers().Single().Start);
        Run(hours: 1, removeAfter: TimeSpan.FromDays(1));

        var pruned = _site.Ledgers().Single();
        Assert.Null(pruned.Damage);
        Assert.InRange(pruned.Start, 1, whole.Size);
        Assert.Equal(4 * 2 * 3600, _site.UsageReceipts().Where(usage => usage.At > Licenses.Begin + TimeSpan.FromDays(3)).Sum(usage => usage.CoreSeconds));
    }

    [Fact]
    public void A_node_that_runs_removes_receipts_when_the_reply_comes()
    {
        Run(hours: 6);
        _site.Time.Advance(TimeSpan.FromDays(3));
        using var node = Node.Open(_site.Options with { Disk = _disk, RemoveReceiptsAfter = TimeSpan.FromDays(1) });
        _site.Time.Advance(Hour);
        PutReply(_site.Ledgers().Single());
        _site.Time.Advance(Hour);
        Assert.InRange(_site.Ledgers().Single().Start, 1, 100);
        Assert.Equal(LicenseState.Licensed, node.Verdict.State);
    }

    [Fact]
    public void A_node_that_runs_on_removes_receipts_as_they_grow_old_with_no_new_reply()
    {
        using var node = Node.Open(_site.Options with { Disk = _disk, RemoveReceiptsAfter = TimeSpan.FromDays(1) });
        Assert.True(node.TryBegin(2, out var usage, out _));
        using (usage)
        {
            _site.Time.Advance(6 * Hour);
            var replied = _site.Ledgers().Single();
            PutReply(replied);
            _site.Time.Advance(12 * Hour);
            Assert.Equal(0, _site.Ledgers().Single().Start);
            _site.Time.Advance(36 * Hour);

            var pruned = _site.Ledgers().Single();
            Assert.Null(pruned.Damage);
            Assert.Equal(replied.Segments[^1].Start, pruned.Start);
        }
    }

    [Fact]
    public void Receipts_are_kept_for_a_day_at_least() =>
        Assert.Throws<ArgumentException>(() => Node.Open(_site.Options with { RemoveReceiptsAfter = TimeSpan.FromHours(23) }));

    public void Dispose() => _site.Dispose();

    private static SigningKey NewReplyKey() => SigningKey.Generate("vendor.example/replies/2026");

    private void Run(int hours, TimeSpan? removeAfter = null)
    {
        using var node = Node.Open(_site.Options with { Disk = _disk, RemoveReceiptsAfter = removeAfter });
        Assert.True(node.TryBegin(2, out var usage, out _));
        using (usage)
            _site.Time.Advance(hours * Hour);
    }

    private Node Reopened(string without)
    {
        _site.Restore(_site.Snapshot());
        foreach (var file in Directory.EnumerateFiles(_site.StateFolder, without, SearchOption.AllDirectories))
            File.Delete(file);
        return _site.Open();
    }

    private static List<Receipt> Receipts(LedgerSegment segment)
    {
        using var file = File.OpenRead(segment.Path);
        using var reader = new ReceiptsReader(file, segment.Path, ReceiptsReading.OnDisk);
        reader.NextLedger();
        var receipts = new List<Receipt>();
        while (reader.NextReceipt() is { } entry)
            receipts.Add(entry.Receipt);
        return receipts;
    }

    private void PutReply(LedgerScan ledger) => File.WriteAllBytes(Path.Combine(_site.LicenseFolder, "1.reply"), new Reply
    {
        Product = Licenses.Product,
        Licensee = Licenses.Licensee,
        Number = 1,
        Time = _site.Time.Wall,
        Used = [new ReplyUse(_license.Id, _license.From, 0, 0)],
        Ledgers = [new ReplyLedger(ledger.Key!.Name, ledger.Size, Convert.ToBase64String(ledger.Root))],
    }.Sign(ReplyKey));
}
