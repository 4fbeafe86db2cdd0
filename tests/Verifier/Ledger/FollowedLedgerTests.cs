using OfflineLicense.Verifier.Ledger;
using Xunit;
using static System.FormattableString;

namespace OfflineLicense.Tests.Verifier.Ledger;

public sealed class FollowedLedgerTests
{
    private readonly MemoryDisk _disk = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public void Reading_on_says_what_reading_whole_says_whatever_became_of_the_file(int seed)
    {
        _disk.LargestSegment = int.MaxValue;
        using var writing = new RandomLedger(_disk, seed);
        var followed = new FollowedLedger(_disk, writing.Folder, Begin);
        for (var step = 1; step <= 250; step++)
        {
            var did = writing.Step();
            followed.Look();
            Assert.True(Told(Whole(writing.Folder)) == Told(followed.Readings!), Invariant($"seed {seed}, step {step}: {did}"));
            writing.WasRead();
        }
    }

    [Fact]
    public void A_look_reads_what_was_appended_and_the_checkpoint_before_it()
    {
        using var writer = LedgerSamples.NewLedger(_disk);
        writer.Append(LedgerSamples.License(writer.Ledger), LedgerSamples.Licensed);
        for (var interval = 1; interval <= 300; interval++)
            writer.Append(LedgerSamples.Usage(interval));
        var followed = new FollowedLedger(_disk, writer.Folder, Begin);
        var segment = LedgerSamples.SegmentOf(writer.Folder);
        var whole = _disk[segment].Length;

        Assert.Equal(whole, BytesOf(followed.Look));
        var note = LedgerSamples.Scan(_disk, writer.Folder).Seal!.Note.Length;
        Assert.Equal(note, BytesOf(followed.Look));

        writer.Append(LedgerSamples.Usage(301));
        var appended = _disk[segment].Length - whole;
        Assert.Equal(note + appended, BytesOf(followed.Look));
        Assert.Equal(304, followed.Readings!.Size);
    }

    [Fact]
    public void A_byte_changed_in_what_was_read_moves_nothing_here_and_is_found_by_whoever_reads_next()
    {
        using var writer = LedgerSamples.NewLedger(_disk);
        for (var interval = 1; interval <= 5; interval++)
            writer.Append(LedgerSamples.Usage(interval));
        var followed = new FollowedLedger(_disk, writer.Folder, Begin);
        followed.Look();

        // The third interval becomes a shorter one, and its ledger goes on.
        var segment = LedgerSamples.SegmentOf(writer.Folder);
        var changed = System.Text.Encoding.UTF8.GetString(_disk[segment])
            .Replace("\"seconds\":300,\"coreSeconds\":2400,\"totalSeconds\":900,", "\"seconds\":001,\"coreSeconds\":2400,\"totalSeconds\":900,", StringComparison.Ordinal);
        _disk[segment] = LedgerSamples.Utf8(changed.Replace("\"seconds\":001,", "\"seconds\":200,", StringComparison.Ordinal));
        writer.Append(LedgerSamples.Usage(6));

        followed.Look();
        Assert.Equal((7, 1800L), (followed.Readings!.Size, followed.Readings.TotalsOf(LedgerSamples.LicenseId).Seconds));
        Assert.Equal(6 * 2400, followed.Readings.Days.Sum(day => day.CoreSeconds));
        Assert.Equal(6 * 300, followed.Readings.Days.Sum(day => day.Seconds));

        // The next process takes what is before the change; the ledger's own one takes no more of it, and says so.
        var next = new FollowedLedger(_disk, writer.Folder, Begin);
        next.Look();
        Assert.Equal(3, next.Readings!.Size);
        writer.Dispose();
        Assert.NotNull(Assert.IsType<LedgerOpening.Damaged>(LedgerWriter.Open(_disk, writer.Folder, LedgerSamples.Installation)).Past.Damage);
    }

    [Fact]
    public void Receipts_that_the_ledgers_key_did_not_sign_count_for_nothing()
    {
        string folder;
        using (var writer = LedgerSamples.NewLedger(_disk))
        {
            folder = writer.Folder;
            writer.Append(LedgerSamples.Usage(1));
        }

        var followed = new FollowedLedger(_disk, folder, Begin);
        followed.Look();
        var segment = LedgerSamples.SegmentOf(folder);
        var mine = _disk[segment];

        // Whoever can write the file appends a group of his own: the tree is right, the signature is not.
        using (var writer = Assert.IsType<LedgerOpening.Opened>(LedgerWriter.Open(_disk, folder, LedgerSamples.Installation)).Writer)
            writer.Append(LedgerSamples.Usage(2));
        var forged = _disk[segment];
        forged[^6] ^= 0x01;
        _disk[segment] = forged;
        followed.Look();
        Assert.Equal(2, followed.Readings!.Size);

        _disk[segment] = mine;
        followed.Look();
        Assert.Equal(2, followed.Readings!.Size);
    }

    [Fact]
    public void A_ledger_that_was_put_back_and_grew_another_way_to_the_same_length_is_read_anew()
    {
        string folder;
        using (var writer = LedgerSamples.NewLedger(_disk))
            folder = writer.Folder;
        var segment = LedgerSamples.SegmentOf(folder);
        var before = _disk[segment];
        var followed = new FollowedLedger(_disk, folder, Begin);
        Append(LedgerSamples.Usage(1));
        followed.Look();
        var length = _disk[segment].Length;
        _disk[segment] = before;
        Append(LedgerSamples.Usage(1) with { Cores = 4, CoreSeconds = 1200, TotalCoreSeconds = 1200 });
        Assert.Equal(length, _disk[segment].Length);
        followed.Look();
        Assert.Equal(1200, followed.Readings!.TotalsOf(LedgerSamples.LicenseId).CoreSeconds);

        void Append(Receipt receipt)
        {
            using var writer = Assert.IsType<LedgerOpening.Opened>(LedgerWriter.Open(_disk, folder, LedgerSamples.Installation)).Writer;
            writer.Append(receipt);
        }
    }

    [Fact]
    public void A_ledger_that_cannot_be_read_now_is_as_it_was()
    {
        var folder = LedgerSamples.WriteLedger(_disk);
        var followed = new FollowedLedger(_disk, folder, Begin);
        followed.Look();
        var told = Told(followed.Readings!);
        _disk.Delete(LedgerSamples.SegmentOf(folder));
        followed.Look();
        Assert.Equal(told, Told(followed.Readings!));
        var never = new FollowedLedger(_disk, "/state/ledgers/none", Begin);
        never.Look();
        Assert.Null(never.Readings);
    }

    private static LedgerReadings Begin(string ledger) => new(acknowledgedSize: ledger.Length > 0 ? 20 : 0, exportedSize: 40);

    private LedgerReadings Whole(string folder)
    {
        var scan = LedgerSamples.Scan(_disk, folder);
        var readings = Begin(scan.Key?.Name ?? "");
        foreach (var entry in scan.Receipts(_disk))
            readings.Add(entry.Receipt);
        return readings;
    }

    private long BytesOf(Action look)
    {
        var before = _disk.BytesRead;
        look();
        return _disk.BytesRead - before;
    }

    internal static string Told(LedgerReadings readings) => string.Join(
        '\n',
        Invariant($"{readings.Size} {readings.LastAt:s} {readings.OldestUnexported:s} {readings.IsStopped} {readings.HasState} {readings.State}"),
        Invariant($"{readings.License} {readings.LastLicense} {readings.WasLicensed} {readings.OwesInterval} {readings.Mark:s}"),
        Invariant($"{readings.LicensedSeconds} {readings.GraceSeconds} {readings.TrustVersion} {readings.LastUsage}"),
        string.Join(',', readings.ReplyNumbers.OrderBy(entry => entry.Key, StringComparer.Ordinal)),
        string.Join(',', readings.Held.Select(held => held.ToString())),
        string.Join(',', readings.Counted.Order(StringComparer.Ordinal)),
        string.Join(',', readings.Resets.Order(StringComparer.Ordinal)),
        string.Join(',', readings.Counted.Append("").Order(StringComparer.Ordinal).Select(license => readings.TotalsOf(license).ToString())),
        string.Join(',', readings.Days.Select(day => day.ToString()).Order(StringComparer.Ordinal)));
}
