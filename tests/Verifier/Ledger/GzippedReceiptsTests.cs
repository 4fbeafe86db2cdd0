using System.IO.Compression;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Ledger;

public sealed class GzippedReceiptsTests
{
    private static readonly byte[] s_file = LedgerSamples.SmallExport();
    private static readonly byte[] s_other = LedgerSamples.SmallExport((byte)'x');

    [Fact]
    public void Gzipped_files_are_read_like_plain_ones_also_when_put_together()
    {
        Assert.Single(LedgerSamples.ReadAll(Gzip(s_file)));
        Assert.Equal(2, LedgerSamples.ReadAll([.. Gzip(s_file), .. Gzip(s_other)]).Count);
        Assert.Equal(2, LedgerSamples.ReadAll(Gzip([.. s_file, .. s_other])).Count);
    }

    [Fact]
    public void Members_may_meet_within_a_line()
    {
        for (var cut = 0; cut <= s_file.Length; cut += 7)
            Assert.Single(LedgerSamples.ReadAll([.. Gzip(s_file[..cut]), .. Gzip(s_file[cut..])]));
    }

    [Fact]
    public void A_gzipped_file_that_was_cut_off_anywhere_is_damaged()
    {
        var file = Gzip(s_file);
        for (var length = 0; length < file.Length; length++)
            LedgerSamples.Damage(file[..length]);
    }

    [Fact]
    public void A_plain_file_behind_a_gzipped_one_is_never_lost_unseen()
    {
        Assert.Contains("not gzip", LedgerSamples.Damage([.. Gzip(s_file), .. s_other]).Reason, StringComparison.Ordinal);
        LedgerSamples.Damage([.. Gzip(s_file), 0]);
        LedgerSamples.Damage([.. s_file, .. Gzip(s_other)]);
    }

    [Fact]
    public void Every_changed_byte_of_a_gzipped_file_is_found_or_means_nothing()
    {
        var file = Gzip(s_file);
        var plain = LedgerSamples.ReadAll(s_file).Single().Receipts;
        for (var position = 0; position < file.Length; position++)
        {
            var changed = (byte[])file.Clone();
            changed[position] ^= 0x10;
            try
            {
                // A member's time and system, and the bits that fill up its last byte, say nothing of its content.
                Assert.Equal(plain, LedgerSamples.ReadAll(changed).Single().Receipts);
            }
            catch (ReceiptsDamageException damage)
            {
                Assert.Equal("mail.receipts", damage.File);
            }
        }
    }

    [Fact]
    public void A_bomb_is_refused_long_before_it_is_expanded()
    {
        byte[] line = [.. Enumerable.Repeat((byte)'x', 4000), (byte)'\n'];
        using var reader = new ReceiptsReader(new MemoryStream(Gzip(line, times: 10_000)), "bomb.receipts.gz");
        Assert.Throws<ReceiptsDamageException>(() => reader.NextLedger());
        Assert.False(reader.SkipToNextLedger());
        Assert.InRange(reader.Position, 0, Limits.GzipRatioFreeBytes + 200 * 1024 * Limits.GzipRatio);
    }

    [Fact]
    public void A_bomb_within_the_free_mebibyte_is_only_a_bad_file() =>
        LedgerSamples.Damage(Gzip(new byte[1024], times: 900));

    private static byte[] Gzip(byte[] content, int times = 1)
    {
        var file = new MemoryStream();
        using (var gzip = new GZipStream(file, CompressionLevel.Optimal))
        {
            for (var time = 0; time < times; time++)
                gzip.Write(content);
        }

        return file.ToArray();
    }
}
