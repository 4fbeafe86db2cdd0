using System.IO.Compression;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Ledger;

/// <summary>
/// Earlier exports put together. What is right is plain: the node's own mail of the same receipts, byte for byte.
/// </summary>
public sealed class MergedExportTests : IDisposable
{
    private const string Target = "/out/all.receipts";

    private readonly MemoryDisk _disk = new();
    private readonly FleetNode _node = FleetNode.Begin("acme", "node-1", LedgerSamples.Begin).Hold(null).Use(0, Intervals(20));
    private readonly List<EarlierExport> _files = [];

    public void Dispose() => _files.ForEach(file => file.Dispose());

    [Theory]
    [InlineData(10, 10)]
    [InlineData(10, 6)]
    [InlineData(22, 6)]
    [InlineData(1, 0)]
    [InlineData(22, 0)]
    public void Exports_that_touch_or_overlap_leave_as_one_that_the_node_itself_would_have_made(long firstEnds, long secondStarts)
    {
        byte[][] mails = [_node.Mail(0, firstEnds), _node.Mail(secondStarts)];
        Assert.Equal(_node.Mail(), Merge(mails)!);
        Assert.Equal(_node.Mail(), Merge([mails[1], mails[0], mails[1], Gzip(mails[0])])!);
    }

    [Fact]
    public void Whatever_the_vendor_has_is_left_out_at_every_size_also_in_the_middle_of_an_export()
    {
        for (var acknowledged = 0L; acknowledged < _node.Size; acknowledged++)
            Assert.Equal(_node.Mail(acknowledged), Merge([_node.Mail(0, 9), _node.Mail(7, 15), _node.Mail(15)], Reply(_node, acknowledged))!);
        Assert.Null(Merge([_node.Mail(0, 9), _node.Mail(7)], Reply(_node, _node.Size)));
    }

    [Fact]
    public void A_hole_is_told_and_what_stands_on_both_sides_of_it_leaves()
    {
        var merged = Merge([_node.Mail(0, 5), _node.Mail(12, 17), _node.Mail(9, 14), _node.Mail(20)], out var summary);
        Assert.Equal([.. _node.Mail(0, 5), .. _node.Mail(9, 17), .. _node.Mail(20)], merged!);
        Assert.Equal([(5L, 9L), (17L, 20L)], summary!.Missing.Select(hole => (hole.Start, hole.End)));
        Assert.Equal(1, summary.LedgerCount);
    }

    [Fact]
    public void An_export_that_begins_after_what_the_vendor_has_leaves_a_hole_and_before_it_none()
    {
        Merge([_node.Mail(9)], out var summary, Reply(_node, 5));
        Assert.Equal([new MissingReceipts(_node.Ledger, 5, 9)], summary!.Missing);
        Merge([_node.Mail(9)], out summary, Reply(_node, 9));
        Assert.Empty(summary!.Missing);
    }

    [Fact]
    public void Ledgers_in_any_order_and_file_leave_in_the_order_of_their_names()
    {
        var nodes = Enumerable.Range(0, 5)
            .Select(i => FleetNode.Begin("acme", "node-" + (char)('a' + i), LedgerSamples.Begin).Hold(null).Use(0, Intervals(9)))
            .OrderBy(node => node.Ledger, StringComparer.Ordinal).ToList();
        var merged = Merge([
            [.. nodes[3].Mail(0, 4), .. nodes[1].Mail(2), .. nodes[0].Mail()],
            Gzip([.. nodes[4].Mail(), .. nodes[2].Mail(0, 7)]),
            [.. nodes[1].Mail(0, 3), .. nodes[2].Mail(3), .. nodes[3].Mail(4)],
        ]);
        Assert.Equal(nodes.SelectMany(node => node.Mail()), merged!);
    }

    [Theory]
    [InlineData(0, 22, 0)]
    [InlineData(0, 12, 12)]
    [InlineData(0, 12, 5)]
    [InlineData(11, 15, 0)]
    [InlineData(4, 15, 13)]
    public void Exports_that_contradict_each_other_are_never_merged(long start, long end, long otherStart)
    {
        var copied = FleetNode.Begin("acme", "node-1", LedgerSamples.Begin).Hold(null).Use(0, Intervals(8));
        var other = copied.Copy().Use(3, Intervals(12));
        copied.Use(0, Intervals(12));
        foreach (var mails in new byte[][][] { [copied.Mail(start, end), other.Mail(otherStart)], [other.Mail(otherStart), copied.Mail(start, end)] })
        {
            var fork = Assert.Throws<LedgerForkException>(() => Merge(mails));
            Assert.Equal(["/in/0.receipts", "/in/1.receipts"], new[] { fork.One, fork.Other }.Order(StringComparer.Ordinal));
            Assert.Equal(copied.Ledger, fork.Ledger);
            Assert.DoesNotContain(_disk.Files, file => file.StartsWith(Target, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_reply_about_other_receipts_than_these_acknowledges_none_of_them()
    {
        var copied = FleetNode.Begin("acme", "node-1", LedgerSamples.Begin).Hold(null).Use(0, Intervals(8));
        var other = copied.Copy().Use(3, Intervals(12));
        copied.Use(0, Intervals(12));
        foreach (var size in new[] { 15, copied.Size })
        {
            Assert.Equal(copied.Mail(), Merge([copied.Mail()], out var summary, Reply(other, size))!);
            Assert.Equal([copied.Ledger], summary!.Contradicting);
        }

        Assert.Equal(copied.Mail(10), Merge([copied.Mail()], out var agreed, Reply(other, 10))!);
        Assert.Empty(agreed!.Contradicting);
    }

    [Fact]
    public void A_file_with_one_changed_byte_is_refused_by_name_and_line()
    {
        var changed = _node.Mail(5);
        changed[changed.AsSpan().IndexOf("\"cores\":0"u8) + 8] = (byte)'7';
        var damage = Assert.Throws<ReceiptsDamageException>(() => Merge([_node.Mail(0, 9), changed]));
        Assert.Equal("/in/1.receipts", damage.File);
        Assert.InRange(damage.Line, 2, 100);
    }

    [Fact]
    public void A_file_that_changes_after_it_was_verified_is_never_passed_on()
    {
        var mail = _node.Mail();
        foreach (var at in new[] { mail.AsSpan().IndexOf("\"cores\":0"u8) + 8, mail.AsSpan().LastIndexOf("\"cores\":0"u8) + 8 })
        {
            var plans = LedgerPlan.Of(Parts([mail]), static _ => null);
            var changed = (byte[])mail.Clone();
            changed[at] = (byte)'7';
            _disk["/in/0.receipts"] = changed;
            Assert.Contains("changed while it was read", Assert.Throws<ReceiptsDamageException>(() => LedgerExport.Write(_disk, Target, plans)).Reason, StringComparison.Ordinal);
            _disk["/in/0.receipts"] = mail[..at];
            Assert.ThrowsAny<Exception>(() => LedgerExport.Write(_disk, Target, plans));
            Assert.DoesNotContain(_disk.Files, file => file.StartsWith(Target, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_ledger_s_own_folder_tells_how_new_it_is_and_earlier_exports_do_not()
    {
        var folder = LedgerSamples.WriteLedger(_disk, appends: 9);
        var own = LedgerPart.Of(_disk, LedgerSamples.Scan(_disk, folder), LedgerSamples.StateFolder)!;
        LedgerExport.Write(_disk, "/in/early.receipts", LedgerPlan.Of([own], static _ => null));
        _files.Add(EarlierExport.Read(_disk, "/in/early.receipts", "early.receipts"));

        var both = LedgerExport.Write(_disk, "/out/both.receipts", LedgerPlan.Of([.. _files[0].Parts, own], static _ => null))!;
        Assert.Equal((true, folder, 0), (both.Ledgers.Single().IsNewest, both.Ledgers[0].Place, both.LedgersUpToAnExport));
        var alone = LedgerExport.Write(_disk, "/out/alone.receipts", LedgerPlan.Of(_files[0].Parts, static _ => null))!;
        Assert.Equal((false, "early.receipts", 1), (alone.Ledgers.Single().IsNewest, alone.Ledgers[0].Place, alone.LedgersUpToAnExport));
        Assert.Equal(_disk["/out/both.receipts"], _disk["/out/alone.receipts"]);
    }

    [Fact]
    public void Any_pieces_of_any_ledgers_leave_once_each_and_every_hole_is_told()
    {
        const int Seed = 20261201;
        var random = new Random(Seed);
        var nodes = Enumerable.Range(0, 4).Select(i => FleetNode.Begin(i % 2 == 0 ? "site" : "other-site", FormattableString.Invariant($"node-{i}"), LedgerSamples.Begin).Hold(null).Use(0, Intervals(12)))
            .OrderBy(node => node.Ledger, StringComparer.Ordinal).ToList();
        for (var round = 0; round < 300; round++)
        {
            var pieces = Enumerable.Range(0, random.Next(1, 9)).Select(_ =>
            {
                var node = nodes[random.Next(nodes.Count)];
                var start = random.Next((int)node.Size);
                return (Node: node, Start: (long)start, End: (long)random.Next(start, (int)node.Size) + 1);
            }).ToList();
            var acknowledged = nodes.ToDictionary(node => node.Ledger, node => (long)random.Next((int)node.Size + 1), StringComparer.Ordinal);
            var (expected, holes) = (new List<byte>(), new List<MissingReceipts>());
            foreach (var node in nodes)
            {
                var end = acknowledged[node.Ledger];
                var has = Enumerable.Range(0, (int)node.Size).Select(seq => seq >= end && pieces.Exists(piece => piece.Node == node && piece.Start <= seq && seq < piece.End)).ToList();
                for (var start = has.IndexOf(true); start >= 0; start = has.IndexOf(true, (int)end))
                {
                    if (start > end)
                        holes.Add(new MissingReceipts(node.Ledger, end, start));
                    end = has.IndexOf(false, start) is >= 0 and var stop ? stop : node.Size;
                    expected.AddRange(node.Mail(start, end));
                    if (end == node.Size)
                        break;
                }
            }

            var merged = Merge(
                [.. pieces.Select(piece => piece.Node.Mail(piece.Start, piece.End)).Select(mail => random.Next(3) == 0 ? Gzip(mail) : mail)], out var summary,
                ledger => Reply(nodes.Find(node => node.Ledger == ledger)!, acknowledged[ledger])(ledger));
            Assert.True(expected.SequenceEqual(merged ?? []), FormattableString.Invariant($"round {round} of seed {Seed}"));
            Assert.Equal(holes, summary?.Missing ?? []);
        }
    }

    private byte[]? Merge(byte[][] mails, Func<string, AcknowledgedReceipts?>? reply = null) => Merge(mails, out _, reply);

    private byte[]? Merge(byte[][] mails, out ExportSummary? summary, Func<string, AcknowledgedReceipts?>? reply = null)
    {
        if (_disk.Files.Contains(Target))
            _disk.Delete(Target);
        summary = LedgerExport.Write(_disk, Target, LedgerPlan.Of(Parts(mails), reply ?? (static _ => null)));
        return summary is null ? null : _disk[Target];
    }

    private List<LedgerPart> Parts(byte[][] mails)
    {
        var parts = new List<LedgerPart>();
        for (var index = 0; index < mails.Length; index++)
        {
            var name = FormattableString.Invariant($"/in/{index}.receipts");
            _disk[name] = mails[index];
            var file = EarlierExport.Read(_disk, name, name);
            _files.Add(file);
            parts.AddRange(file.Parts);
        }

        return parts;
    }

    private static Func<string, AcknowledgedReceipts?> Reply(FleetNode node, long size) =>
        ledger => ledger == node.Ledger && size > 0 ? new AcknowledgedReceipts(size, node.RootAt(size)) : null;

    // A receipt each.
    private static TimeSpan Intervals(int count) => TimeSpan.FromMinutes(5 * count);

    private static byte[] Gzip(byte[] file)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest))
            gzip.Write(file);
        return zipped.ToArray();
    }
}
