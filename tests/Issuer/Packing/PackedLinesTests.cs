using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using OfflineLicense.Issuer.Packing;
using OfflineLicense.Keys;
using OfflineLicense.Tests.Verifier.Ledger;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Packing;

/// <summary>What the registry keeps is evidence: every line comes back to the byte, or nothing does.</summary>
public sealed class PackedLinesTests
{
    private const int Seed = 20261122;

    private static readonly DateTimeOffset Begin = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    private static readonly UsageReceipt First = new()
    {
        Seq = 3,
        At = Begin.AddMinutes(5),
        From = Begin,
        License = "01JDA7X0R3Q8N5V2K6T9W4M1ZC",
        State = LicenseState.Licensed,
        Since = Begin,
        OpenSeconds = 300,
        Cores = 8,
        Seconds = 300,
        CoreSeconds = 2400,
        TotalSeconds = 300,
        TotalCoreSeconds = 2400,
        LicensedSeconds = 300,
        GraceSeconds = 0,
    };

    [Fact]
    public void Receipts_of_every_kind_in_every_order_come_back_to_the_byte()
    {
        var kinds = LedgerSamples.OfEveryKind;
        for (var first = 0; first < kinds.Count; first++)
        {
            for (var second = 0; second < kinds.Count; second++)
                ComesBack([kinds[first] with { Seq = 7 }, kinds[second] with { Seq = 8 }, First with { Seq = 9 }, kinds[first] with { Seq = 10 }, Next(First) with { Seq = 11 }]);
        }
    }

    [Fact]
    public void Numbers_at_their_ends_come_back_also_where_they_contradict_each_other()
    {
        var random = new Random(Seed);
        for (var round = 0; round < 3000; round++)
        {
            var before = Wild(random) with { Seq = 5 };
            ComesBack([before, Wild(random) with { Seq = random.Next(4, 8) }, Wild(random) with { Seq = 7, Since = before.Since, License = before.License, State = before.State }]);
        }
    }

    [Theory]
    [InlineData("Licensed")]
    [InlineData("Grace")]
    [InlineData("Lapsed")]
    [InlineData("Unlicensed")]
    [InlineData("a word of a later version")]
    public void A_ledger_in_which_anything_happens_comes_back(string word)
    {
        var random = new Random(Seed);
        for (var round = 0; round < 60; round++)
        {
            var receipts = new List<Receipt>();
            var last = First with { State = new StateWord(word) };
            for (var seq = 0L; seq < random.Next(1, 120); seq++)
            {
                Receipt receipt = random.Next(12) switch
                {
                    0 => LedgerSamples.OfEveryKind[random.Next(LedgerSamples.OfEveryKind.Count)],
                    1 => last = Next(last) with { State = LicenseState.Grace, GraceSeconds = last.GraceSeconds + 600 },
                    2 => last = Next(last) with { From = last.At.AddHours(3), At = last.At.AddHours(4) },
                    3 => last = Next(last) with { License = random.Next(2) == 0 ? "" : First.License, TotalSeconds = 0 },
                    _ => last = Next(last),
                };
                receipts.Add(receipt with { Seq = seq });
            }

            ComesBack(receipts);
        }
    }

    [Fact]
    public void A_full_piece_of_the_longest_lines_comes_back_and_takes_no_more()
    {
        var packer = new LinePacker();
        var lines = new List<byte[]>();
        var rest = $",\"text\":\"{new string('x', Limits.ReceiptBytes - 69)}\"}}";
        while (packer.LineBytes < PackedLines.FullAtBytes)
        {
            var receipt = new UnknownReceipt("later", rest) { At = Begin, Seq = 1000 + lines.Count };
            lines.Add(ReceiptLine.Print(receipt));
            packer.Add(lines[^1], receipt);
        }

        Assert.InRange(lines[0].Length, Limits.ReceiptBytes - 16, Limits.ReceiptBytes);
        Assert.Throws<InvalidOperationException>(() => packer.Add(lines[0], new UnknownReceipt("later", rest) { At = Begin }));
        Assert.Equal(Joined(lines), Unpacked(packer.Close()));
    }

    [Fact]
    public void Random_loads_take_6_bytes_a_receipt_at_most_and_steady_ones_half_of_one()
    {
        var random = new Random(Seed);
        var (loaded, steady) = (new List<Receipt> { First }, new List<Receipt> { First });
        while (steady.Count < 3000)
        {
            loaded.Add(Loaded((UsageReceipt)loaded[^1], random));
            steady.Add(Next((UsageReceipt)steady[^1]));
        }

        Assert.InRange(ComesBack(loaded).Length, 1, 6 * loaded.Count);
        Assert.InRange(ComesBack(steady).Length, 1, steady.Count / 2);
    }

    [Fact]
    public void A_packer_that_was_closed_packs_the_next_lines_by_themselves()
    {
        var packer = new LinePacker();
        var next = Next(First);
        packer.Add(ReceiptLine.Print(First), First);
        var first = packer.Close();
        packer.Add(ReceiptLine.Print(next), next);

        Assert.Equal(Joined([ReceiptLine.Print(next)]), Unpacked(packer.Close()));
        Assert.Equal(Joined([ReceiptLine.Print(First)]), Unpacked(first));
        Assert.Throws<InvalidOperationException>(() => packer.Close());
    }

    [Theory]
    [InlineData(CompressionLevel.NoCompression)]
    [InlineData(CompressionLevel.Fastest)]
    [InlineData(CompressionLevel.Optimal)]
    [InlineData(CompressionLevel.SmallestSize)]
    public void Lines_that_were_packed_by_an_older_version_are_read(CompressionLevel level)
    {
        var lines = Joined([ReceiptLine.Print(First), ReceiptLine.Print(Next(First))]);
        var deflated = Deflated(lines, level);

        Assert.NotEqual(6, deflated[0] & 6);
        Assert.Equal(lines, Unpacked(deflated));
    }

    [Fact]
    public void Every_bit_that_changes_is_seen_and_every_end_that_is_missing()
    {
        var packed = ComesBack([LedgerSamples.OfEveryKind[0], First, Next(First), Next(Next(First)) with { Cores = 9 }]);
        var lines = Unpacked(packed);
        for (var length = 0; length < packed.Length; length++)
            IsDamagedOr(lines, packed[..length]);
        for (var bit = 0; bit < 8 * packed.Length; bit++)
        {
            var changed = (byte[])packed.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            IsDamagedOr(lines, changed);
        }
    }

    [Fact]
    public void Columns_that_a_stranger_made_are_refused_whatever_they_hold()
    {
        var random = new Random(Seed);
        var good = Inflated(ComesBack([LedgerSamples.OfEveryKind[0], First, Next(First), Next(Next(First)) with { Cores = 9, TotalSeconds = 1 }]));
        for (var round = 0; round < 20_000; round++)
        {
            var columns = (byte[])good.Clone();
            for (var changes = random.Next(1, 5); changes > 0; changes--)
                columns[random.Next(Math.Min(columns.Length, random.Next(2) == 0 ? 30 : columns.Length))] = (byte)(random.Next(3) == 0 ? 0xff : random.Next(256));
            if (columns.AsSpan().SequenceEqual(good))
                continue;
            var lines = new ArrayBufferWriter<byte>();
            Assert.Throws<InvalidDataException>(() => PackedLines.Unpack([PackedLines.Form, .. new byte[PackedLines.DigestBytes], .. Deflated(columns, CompressionLevel.Fastest)], lines));
            Assert.InRange(lines.WrittenCount, 0, PackedLines.MostBytes + Limits.ReceiptBytes);
        }
    }

    [Fact]
    public void What_expands_without_end_is_refused_at_the_bound()
    {
        var zeros = Deflated(new byte[64 * 1024 * 1024], CompressionLevel.Optimal);
        Assert.Contains("more than was ever packed", Refusal(zeros), StringComparison.Ordinal);
        Assert.Contains("more than was ever packed", Refusal([PackedLines.Form, .. new byte[PackedLines.DigestBytes], .. zeros]), StringComparison.Ordinal);

        // Two bytes a line in the columns, and 300 in the text.
        var kinds = new byte[400_000];
        kinds[0] = LinePacker.LiteralUsage;
        var columns = new NumberColumn();
        var literal = ReceiptLine.Print(First);
        foreach (var length in new[] { kinds.Length, kinds.Length, kinds.Length, kinds.Length, kinds.Length, 0, literal.Length + 2 })
            columns.AddNumber(length);
        columns.Add(kinds);
        for (var column = 0; column < 4; column++)
            columns.Add(new byte[kinds.Length]);
        columns.AddNumber(literal.Length);
        columns.Add(literal);
        Assert.Contains("more than was ever packed", Refusal([PackedLines.Form, .. new byte[PackedLines.DigestBytes], .. Deflated(columns.Bytes.ToArray(), CompressionLevel.Optimal)]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_form_of_a_later_version_is_told_from_damage() =>
        Assert.Equal("it is in a form that a later version writes", Refusal([0x07, .. new byte[100]]));

    private static UsageReceipt Next(UsageReceipt last) => last with
    {
        Seq = last.Seq + 1,
        From = last.At,
        At = last.At.AddSeconds(300),
        TotalSeconds = last.TotalSeconds + last.Seconds,
        TotalCoreSeconds = last.TotalCoreSeconds + last.CoreSeconds,
        LicensedSeconds = last.LicensedSeconds + last.OpenSeconds,
    };

    private static UsageReceipt Loaded(UsageReceipt last, Random random)
    {
        var open = random.Next(1, 301);
        var (cores, seconds) = (random.Next(1, 65), random.Next(open + 1));
        var coreSeconds = random.NextInt64(seconds, ((long)cores * seconds) + 1);
        return Next(last) with
        {
            At = last.At.AddSeconds(open),
            OpenSeconds = open,
            Cores = cores,
            Seconds = seconds,
            CoreSeconds = coreSeconds,
            TotalSeconds = last.TotalSeconds + seconds,
            TotalCoreSeconds = last.TotalCoreSeconds + coreSeconds,
            LicensedSeconds = last.LicensedSeconds + open,
        };
    }

    private static UsageReceipt Wild(Random random)
    {
        DateTimeOffset Time() => random.Next(3) switch { 0 => DateTimeOffset.UnixEpoch, 1 => new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero), _ => Begin };
        long Number() => random.Next(4) switch { 0 => 0, 1 => 1, 2 => Limits.Number, _ => random.NextInt64(Limits.Number) };
        return First with
        {
            At = Time(),
            From = Time(),
            Since = Time(),
            OpenSeconds = Number(),
            Cores = Number(),
            Seconds = Number(),
            CoreSeconds = Number(),
            TotalSeconds = Number(),
            TotalCoreSeconds = Number(),
            LicensedSeconds = Number(),
            GraceSeconds = Number(),
        };
    }

    // The packed lines, after they came back.
    private static byte[] ComesBack(IReadOnlyList<Receipt> receipts)
    {
        var packer = new LinePacker();
        var lines = receipts.Select(ReceiptLine.Print).ToList();
        for (var index = 0; index < lines.Count; index++)
            packer.Add(lines[index], receipts[index]);
        var packed = packer.Close();
        Assert.Equal(Joined(lines), Unpacked(packed));
        return packed;
    }

    private static byte[] Joined(IEnumerable<byte[]> lines) => [.. lines.SelectMany(static line => line.Append((byte)'\n'))];

    private static byte[] Unpacked(byte[] packed)
    {
        var lines = new ArrayBufferWriter<byte>();
        PackedLines.Unpack(packed, lines);
        return lines.WrittenSpan.ToArray();
    }

    // Some bits of deflated text mean nothing, and the lines are the same without them.
    private static void IsDamagedOr(byte[] lines, byte[] packed)
    {
        try
        {
            Assert.Equal(lines, Unpacked(packed));
        }
        catch (InvalidDataException damaged)
        {
            Assert.NotEmpty(damaged.Message);
        }
    }

    private static string Refusal(byte[] packed) => Assert.Throws<InvalidDataException>(() => Unpacked(packed)).Message;

    private static byte[] Deflated(byte[] bytes, CompressionLevel level)
    {
        using var deflated = new MemoryStream();
        using (var deflater = new DeflateStream(deflated, level))
            deflater.Write(bytes);
        return deflated.ToArray();
    }

    private static byte[] Inflated(byte[] packed)
    {
        Assert.Equal(SHA256.HashData(Unpacked(packed)), packed[1..(1 + PackedLines.DigestBytes)]);
        using var inflater = new DeflateStream(new MemoryStream(packed[(1 + PackedLines.DigestBytes)..]), CompressionMode.Decompress);
        using var columns = new MemoryStream();
        inflater.CopyTo(columns);
        return columns.ToArray();
    }
}
