using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;
using Xunit;
using static System.FormattableString;

namespace OfflineLicense.Tests.Verifier.Ledger;

public sealed class ReceiptsReaderTests
{
    private static readonly byte[] s_file = LedgerSamples.SmallExport();
    private static readonly byte[] s_other = LedgerSamples.SmallExport((byte)'x');
    private static readonly string[] s_lines = Encoding.UTF8.GetString(s_file).Split('\n');

    [Fact]
    public void An_export_gives_back_every_receipt_and_its_seal()
    {
        using var reader = new ReceiptsReader(new MemoryStream(s_file), "mail.receipts");
        var head = reader.NextLedger()!;
        Assert.Equal(InstallationName.Of(LedgerSamples.Installation.VerifierKey.PublicKey), InstallationName.InstallationOf(head.Ledger));
        Assert.Equal((0L, 1L), (head.Start, head.Line));
        var tree = new MerkleTree();
        var kinds = new List<string>();
        while (reader.NextReceipt() is { } entry)
        {
            tree.Append(entry.Line.Span);
            kinds.Add(entry.Receipt.Kind);
            Assert.Equal(tree.Root(), reader.Tree.Root());
        }

        Assert.Equal(["start", "license", "state", "usage"], kinds);
        Assert.Equal(tree.Root(), reader.Seal!.Root);
        Assert.Equal(4, reader.Seal.Size);
        Assert.IsType<UsageReceipt>(reader.Seal.Last);
        Assert.True(SignedNote.Read(reader.Seal.Note, [head.Key]).IsGood);
        Assert.Null(reader.NextLedger());
    }

    [Fact]
    public void Every_changed_byte_is_found_and_the_line_is_named()
    {
        var lineOf = 1L;
        for (var position = 0; position < s_file.Length; position++)
        {
            foreach (var change in new byte[] { 1, 0x20, 0x80 })
            {
                var changed = (byte[])s_file.Clone();
                changed[position] ^= change;
                var damage = LedgerSamples.Damage(changed);
                Assert.Equal("mail.receipts", damage.File);
                Assert.InRange(damage.Line, 1, s_lines.Length);
                // What is only seen by the root is told at the checkpoint, after the change; all else where it is.
                Assert.True(damage.Line >= lineOf || lineOf - damage.Line <= 1, Invariant($"byte {position} of line {lineOf} was told in line {damage.Line}"));
            }

            lineOf += s_file[position] == '\n' ? 1 : 0;
        }
    }

    [Fact]
    public void A_file_cut_off_anywhere_is_damaged()
    {
        for (var length = 0; length < s_file.Length; length++)
            LedgerSamples.Damage(s_file[..length]);
    }

    [Fact]
    public void Every_line_left_out_or_doubled_or_swapped_is_found()
    {
        for (var line = 0; line < s_lines.Length - 1; line++)
        {
            LedgerSamples.Damage(Join([.. s_lines[..line], .. s_lines[(line + 1)..]]));
            LedgerSamples.Damage(Join([.. s_lines[..line], s_lines[line], .. s_lines[line..]]));
            if (s_lines[line] != s_lines[line + 1] && line < s_lines.Length - 2)
                LedgerSamples.Damage(Join([.. s_lines[..line], s_lines[line + 1], s_lines[line], .. s_lines[(line + 2)..]]));
        }
    }

    [Fact]
    public void Files_that_were_put_together_are_read_one_after_the_other()
    {
        var ledgers = LedgerSamples.ReadAll([.. s_file, .. s_other, .. s_file]);
        Assert.Equal(3, ledgers.Count);
        Assert.Equal(ledgers[0].Ledger, ledgers[2].Ledger);
        Assert.NotEqual(ledgers[0].Ledger, ledgers[1].Ledger);
        Assert.All(ledgers, ledger => Assert.Equal(4, ledger.Receipts.Count));
    }

    [Fact]
    public void After_a_damaged_ledger_the_next_one_is_read_all_the_same()
    {
        for (var line = 2; line < s_lines.Length - 1; line++)
        {
            byte[] file = [.. s_other, .. Join([.. s_lines[..line], .. s_lines[(line + 1)..]]), .. s_other];
            using var reader = new ReceiptsReader(new MemoryStream(file), "mail.receipts");
            var (good, damaged) = (0, 0);
            do
            {
                try
                {
                    while (reader.NextLedger() is not null)
                    {
                        while (reader.NextReceipt() is not null)
                        {
                            // Read to its end.
                        }

                        good++;
                    }
                }
                catch (ReceiptsDamageException)
                {
                    damaged++;
                }
            }
            while (reader.SkipToNextLedger());
            Assert.Equal((2, 1), (good, damaged));
        }
    }

    [Fact]
    public void A_file_that_stops_where_another_begins_costs_only_itself()
    {
        using var reader = new ReceiptsReader(new MemoryStream([.. Join([.. s_lines[..7], ""]), .. s_other]), "mail.receipts");
        reader.NextLedger();
        while (reader.Tree.Size < 3)
            reader.NextReceipt();
        var damage = Assert.Throws<ReceiptsDamageException>(() => reader.NextReceipt());
        Assert.Contains("another ledger begins here", damage.Reason, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => reader.NextLedger());
        Assert.Throws<InvalidOperationException>(() => reader.NextReceipt());
        Assert.True(reader.SkipToNextLedger());
        Assert.Equal(LedgerSamples.ReadAll(s_other)[0].Ledger, reader.NextLedger()!.Ledger);
    }

    [Fact]
    public void Line_ends_that_mail_changed_get_the_advice_to_send_gzip()
    {
        var damage = LedgerSamples.Damage(LedgerSamples.Utf8(Encoding.UTF8.GetString(s_file).Replace("\n", "\r\n", StringComparison.Ordinal)));
        Assert.Equal(1, damage.Line);
        Assert.Contains(".receipts.gz", damage.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_newer_version_of_the_format_is_told_from_nonsense()
    {
        Assert.Contains("newer version", LedgerSamples.Damage([.. "offline-license/receipts/v2\n"u8, .. s_file]).Hint, StringComparison.Ordinal);
        Assert.Contains("not a receipts file", LedgerSamples.Damage("Dear vendor,\n"u8.ToArray()).Reason, StringComparison.Ordinal);
        Assert.Contains("empty", LedgerSamples.Damage([]).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Receipts_of_a_kind_that_is_not_known_yet_are_kept_and_signed_like_others()
    {
        var disk = new MemoryDisk();
        using (var writer = LedgerSamples.NewLedger(disk))
            writer.Append(LedgerSamples.OfEveryKind[^2], LedgerSamples.Stop);
        var receipts = LedgerSamples.ReadAll(LedgerSamples.Export(disk)).Single().Receipts;
        Assert.Equal("weather", Assert.IsType<UnknownReceipt>(receipts[1]).Kind);
    }

    [Fact]
    public void Nobody_writes_receipts_under_the_name_of_anothers_key()
    {
        using var thief = LedgerSamples.KeyOf(77).WithName(LedgerSamples.ReadAll(s_file)[0].Ledger);
        var damage = LedgerSamples.Damage(Join(["offline-license/receipts/v1", $"key {thief.VerifierKey}", .. s_lines[2..]]));
        Assert.Equal(2, damage.Line);
        Assert.Contains("the key's name is not that of a ledger of", damage.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_small_order_for_which_anyone_can_sign_is_refused()
    {
        var zero = Convert.ToBase64String([1, .. new byte[32]]);
        Assert.Equal(2, LedgerSamples.Damage(Join([s_lines[0], $"key {LedgerSamples.ReadAll(s_file)[0].Ledger}+00000000+{zero}", .. s_lines[2..]])).Line);
    }

    [Theory]
    [InlineData("start 1", 3)]
    [InlineData("start 7", 4)]
    [InlineData("start 9007199254740991", 4)]
    [InlineData("start 9007199254740992", 3)]
    [InlineData("start 00", 3)]
    [InlineData("start -1", 3)]
    public void A_start_that_lies_is_found(string start, long line) =>
        Assert.InRange(LedgerSamples.Damage(Join([.. s_lines[..2], start, .. s_lines[3..]])).Line, line, 5);

    [Fact]
    public void A_ledger_begins_with_a_start_receipt()
    {
        using var key = LedgerSamples.Installation.WithName(LedgerSamples.ReadAll(s_file)[0].Ledger);
        var group = new LedgerGroup(first: 0);
        group.Add(LedgerSamples.Stop);
        byte[] file = [.. LedgerSamples.Utf8(LedgerHead.After(new MerkleTree(), key.VerifierKey).Print()), .. group.Seal(new MerkleTree(), key)];
        Assert.Equal((5L, "a ledger begins with a start receipt"), (LedgerSamples.Damage(file).Line, LedgerSamples.Damage(file).Reason));
    }

    [Fact]
    public void A_checkpoint_with_a_second_signature_is_not_ours()
    {
        using var other = SigningKey.Import("witness.example", new byte[32]);
        var note = LedgerSamples.Utf8(string.Join('\n', s_lines[9..]));
        var signedTwice = Encoding.UTF8.GetString(SignedNote.AddSignature(note, other)).Split('\n');
        LedgerSamples.Damage(Join([.. s_lines[..9], .. signedTwice]));
    }

    [Fact]
    public void Earlier_checkpoints_are_checked_for_form_and_the_last_one_for_truth()
    {
        var disk = new MemoryDisk();
        var segment = disk[LedgerSamples.SegmentOf(LedgerSamples.WriteLedger(disk))];
        Assert.Single(LedgerSamples.ReadAll(segment));
        var lines = Encoding.UTF8.GetString(segment).Split('\n');
        var signature = Array.FindIndex(lines, line => line.StartsWith('—'));
        // Another signature of the right key id: a form that is right, and a lie that the last checkpoint makes harmless.
        var bent = (string[])lines.Clone();
        bent[signature] = lines[Array.FindLastIndex(lines, line => line.StartsWith('—'))];
        Assert.Single(LedgerSamples.ReadAll(Join(bent)));
        bent[signature] = bent[signature][..^8] + "AAAAAAA\n";
        LedgerSamples.Damage(Join(bent));
    }

    [Fact]
    public void An_endless_line_ends_the_ledger_and_not_the_process()
    {
        byte[] file = [.. Join([.. s_lines[..4], new string('x', 300_000), ""]), .. s_other];
        using var reader = new ReceiptsReader(new MemoryStream(file), "mail.receipts");
        reader.NextLedger();
        Assert.Contains("longer than 4096 bytes", Assert.Throws<ReceiptsDamageException>(() => reader.NextReceipt()).Reason, StringComparison.Ordinal);
        Assert.True(reader.SkipToNextLedger());
        Assert.Equal(6, reader.NextLedger()!.Line);
    }

    [Fact]
    public void A_million_receipts_would_be_read_with_memory_for_one()
    {
        var disk = new MemoryDisk();
        using (var writer = LedgerSamples.NewLedger(disk))
            writer.Append(Enumerable.Range(1, 20_000).Select(interval => (Receipt)LedgerSamples.Usage(interval)).ToArray());
        using var reader = new ReceiptsReader(new MemoryStream(LedgerSamples.Export(disk)), "mail.receipts");
        reader.NextLedger();
        var before = GC.GetAllocatedBytesForCurrentThread();
        while (reader.NextReceipt() is not null)
        {
            // Only counted.
        }

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 20_000, 0, 350);
    }

    private static byte[] Join(string[] lines) => LedgerSamples.Utf8(string.Join('\n', lines));
}
