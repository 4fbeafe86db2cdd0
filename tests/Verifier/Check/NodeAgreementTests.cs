using OfflineLicense.Tests.Verifier.Ledger;
using OfflineLicense.Verifier.Check;
using OfflineLicense.Verifier.Ledger;
using Xunit;
using Xunit.Abstractions;
using static System.FormattableString;

namespace OfflineLicense.Tests.Verifier.Check;

/// <summary>What the checker says of a ledger's folder is what becomes of it when a node opens it.</summary>
public sealed class NodeAgreementTests(ITestOutputHelper output)
{
    private static readonly byte[] s_ledger = SixtyFourReceipts();

    private readonly MemoryDisk _disk = new();

    private static string Segment => LedgerSamples.SegmentOf(Checks.Folder);

    [Fact]
    public void The_ledger_that_these_tests_break_is_good()
    {
        _disk[Segment] = s_ledger;
        var report = Checks.OfLedger(_disk, Checks.Folder, SignaturesToVerify.Every, Checks.ExampleText);
        Assert.Equal((CheckOutcome.Good, 64, 1), (report.Outcome, report.Receipts, report.Proven.Count));
    }

    [Fact]
    public void Every_bit_of_a_ledger_changed_is_found_or_is_in_a_tail_that_looks_never_written()
    {
        var (found, torn, harmless, opened) = (0, 0, 0, 0);
        Parallel.For(0, s_ledger.Length * 8, flip =>
        {
            var disk = new MemoryDisk();
            var (position, bit) = (flip / 8, flip % 8);
            var changed = (byte[])s_ledger.Clone();
            changed[position] ^= (byte)(1 << bit);
            disk[Segment] = changed;
            var report = Checks.OfLedger(disk, Checks.Folder);

            // What stands in an earlier checkpoint is told by its root, or where every signature is asked for.
            if (report.Outcome == CheckOutcome.Good)
                report = Checks.OfLedger(disk, Checks.Folder, SignaturesToVerify.Every);
            Assert.True(report.Outcome != CheckOutcome.Good, Invariant($"bit {bit} of byte {position} was not found"));
            _ = report.Outcome switch
            {
                CheckOutcome.Torn => Interlocked.Increment(ref torn),
                CheckOutcome.Inconsistent => Interlocked.Increment(ref harmless),
                _ => Interlocked.Increment(ref found),
            };

            // A node opens one of each byte; all where somebody has the time.
            if (bit != position % 8 && Environment.GetEnvironmentVariable("OFFLINE_LICENSE_EVERY_BIT") != "1")
                return;
            Interlocked.Increment(ref opened);
            AgreeWithNode(disk, report, Invariant($"bit {bit} of byte {position}"));
        });

        output.WriteLine(Invariant(
            $"{s_ledger.Length * 8} bits of {s_ledger.Length} bytes, {opened} of them opened by a node too: {found} damage, {harmless} in an earlier checkpoint (told, and no receipt lost), {torn} read as an append that was never whole"));

        // Only the last newline looks like a crash, whatever it became.
        Assert.Equal((s_ledger.Length * 8, 8), (found + torn + harmless, torn));
    }

    [Fact]
    public void A_ledger_cut_off_at_every_byte_is_torn_behind_its_last_whole_append_or_damaged_before_the_first()
    {
        var (torn, damaged, good) = (0, 0, 0);
        Parallel.For(0, s_ledger.Length + 1, length =>
        {
            var disk = new MemoryDisk { [Segment] = s_ledger[..length] };
            var report = Checks.OfLedger(disk, Checks.Folder);
            AgreeWithNode(disk, report, Invariant($"cut off at {length}"));
            Assert.Equal(length, report.Outcome == CheckOutcome.Damaged ? length : report.Good!.Bytes + (report.Torn?.Bytes ?? 0));
            _ = report.Outcome switch
            {
                CheckOutcome.Torn => Interlocked.Increment(ref torn),
                CheckOutcome.Damaged => Interlocked.Increment(ref damaged),
                _ => Interlocked.Increment(ref good),
            };
        });

        output.WriteLine(Invariant($"{s_ledger.Length + 1} lengths: {good} good, {torn} torn, {damaged} without a first checkpoint"));
        Assert.Equal(4, good);
    }

    [Fact]
    public void Whatever_happens_to_a_ledger_both_say_the_same()
    {
        for (var seed = 1; seed <= 40; seed++)
        {
            var disk = new MemoryDisk();
            using var ledger = new RandomLedger(disk, seed);
            var did = new List<string>();
            for (var step = 0; step < 25; step++)
            {
                did.Add(ledger.Step());
                Agree(LedgerSamples.Scan(disk, ledger.Folder), Checks.OfLedger(disk, ledger.Folder), Invariant($"seed {seed}: {string.Join("; ", did)}"));
            }
        }
    }

    [Fact]
    public void Tails_of_every_sort_are_told_alike()
    {
        var signature = s_ledger[(s_ledger.AsSpan()[..^1].LastIndexOf((byte)'\n') + 1)..];
        byte[][] tails =
        [
            new byte[1], new byte[100_000], "\n"u8.ToArray(), "\n{"u8.ToArray(), "x"u8.ToArray(), "x\n"u8.ToArray(), "\n\n"u8.ToArray(),
            [.. new byte[50], .. "\n"u8, .. signature], [.. new byte[2000], .. "\n"u8, .. signature], [.. new byte[2000], .. "\n"u8, .. signature, .. signature], [.. new byte[2000], .. signature, .. "x"u8], [.. "\n"u8, .. signature], signature, [.. signature, 0], signature[..^1],
            "offline-license/receipts/v1\n"u8.ToArray(), "offline-license/receipts/v2\n"u8.ToArray(), [.. s_ledger], [.. s_ledger[..100]],
            LedgerSamples.Utf8("\n" + new string('x', 5000)), LedgerSamples.Utf8(new string('x', 5000) + "\n\0"), LedgerSamples.Utf8("\n" + new string('x', 4096)),
        ];
        var outcomes = new HashSet<CheckOutcome>();
        foreach (var tail in tails)
        {
            _disk[Segment] = [.. s_ledger, .. tail];
            var report = Checks.OfLedger(_disk, Checks.Folder);
            outcomes.Add(report.Outcome);
            Assert.Equal(64, report.Good!.Size);
            AgreeWithNode(_disk, report, Invariant($"a tail of {tail.Length} bytes"));
        }

        Assert.Equal([CheckOutcome.Torn, CheckOutcome.Damaged], outcomes.Order());
    }

    private static void AgreeWithNode(MemoryDisk disk, LedgerReport report, string what)
    {
        var before = disk[Segment];
        switch (LedgerWriter.Open(disk, Checks.Folder, LedgerSamples.Installation))
        {
            case LedgerOpening.Opened opened:
                opened.Writer.Dispose();
                Agree(opened.Past, report, what);
                break;
            case LedgerOpening.Damaged damaged:
                Agree(damaged.Past, report, what);
                break;
            case var other:
                Assert.Fail($"{what}: opening ended as {other.GetType().Name}");
                break;
        }

        Assert.Equal(report.Torn is null ? before : before[..(int)report.Good!.Bytes], disk[Segment]);
    }

    private static void Agree(LedgerScan node, LedgerReport report, string what)
    {
        Assert.True(
            (node.Damage is not null, node.Size, node.TornBytes) == (report.Damage is not null, report.Good?.Size ?? 0, report.Torn?.Bytes ?? 0),
            Invariant($"{what}: the checker says {report.Outcome} with {report.Good?.Size} receipts and {report.Torn?.Bytes} bytes torn ({report.Damage?.Line}: {report.Damage?.Reason}); the node {node.Size} and {node.TornBytes} ({node.Damage?.Message})"));
        if (node.Size > 0)
            Assert.Equal(node.Root, report.Good!.Root);
    }

    // Four groups of sixteen; short receipts for the most part, so that every bit can be tried in a moment.
    private static byte[] SixtyFourReceipts()
    {
        var receipts = new List<Receipt>(Checks.Opening);
        for (var interval = 1; interval <= 4; interval++)
            receipts.Add(LedgerSamples.Usage(interval));
        while (receipts.Count < 62)
            receipts.Add(new UnknownReceipt("x", "}") { At = LedgerSamples.Begin.AddMinutes(20 + receipts.Count) });
        receipts.Add(new StopReceipt { At = LedgerSamples.Begin.AddHours(2) });
        receipts.Add(new StartReceipt { At = LedgerSamples.Begin.AddHours(3), Clean = 1 });
        return Checks.FileOf([.. receipts.Chunk(16)]);
    }
}
