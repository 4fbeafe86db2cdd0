using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Tests.Issuer.Registry;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Import;

/// <summary>What becomes of a mail: stored once, in its order, whole or not at all.</summary>
public sealed class ReceiptsImportTests : ImportTest
{
    [Fact]
    public void Receipts_are_stored_as_they_were_signed()
    {
        var node = Node();
        var result = Assert.Single(Mailbox.Import("acme.receipts", node.Mail()));

        Assert.Equal((ImportOutcome.Added, node.Size), (result.Outcome, result.Added));
        Assert.Equal([new Customer(FleetVendor.Product, "Acme Telemedicine")], result.Customers);
        Assert.Equal(node.Mail(), Text(node));
    }

    [Fact]
    public void The_same_file_three_times_is_stored_once()
    {
        var node = Node();
        Assert.Equal(ImportOutcome.Added, Mailbox.Outcome("a", node.Mail()));
        var books = Mailbox.Dump();

        Assert.Equal(ImportOutcome.Known, Mailbox.Outcome("a", node.Mail()));
        Assert.Equal(ImportOutcome.Known, Mailbox.Outcome("renamed", node.Mail()));
        Assert.Equal(books, Mailbox.Dump());
    }

    [Fact]
    public void Of_a_mail_that_overlaps_only_the_new_part_is_stored()
    {
        var node = Node();
        Mailbox.Import("first", node.Mail(until: 6));

        var result = Assert.Single(Mailbox.Import("all", node.Mail()));

        Assert.Equal((ImportOutcome.Added, node.Size - 6), (result.Outcome, result.Added));
        Assert.Equal(node.Size, Mailbox.SizeOf(node));
    }

    [Fact]
    public void A_part_from_the_middle_of_what_is_stored_is_known()
    {
        var node = Node();
        Mailbox.Import("all", node.Mail());

        for (var start = 0; start < node.Size; start++)
        {
            for (var end = start + 1; end <= node.Size; end++)
                Assert.Equal(ImportOutcome.Known, Mailbox.Outcome("part", node.Mail(start, end)));
        }
    }

    [Fact]
    public void Receipts_after_a_gap_wait_and_are_taken_in_by_themselves_when_it_closes()
    {
        var node = Node();
        var gap = Assert.Single(Mailbox.Import("second", node.Mail(from: 6)));
        Assert.Equal(ImportOutcome.Gap, gap.Outcome);
        Assert.Equal([new Customer(FleetVendor.Product, "Acme Telemedicine")], gap.Customers);
        Assert.Contains("receipts 0 to 5 are missing", gap.Detail, StringComparison.Ordinal);
        Assert.Equal([FindingKind.Gap], Mailbox.OpenKinds());

        var results = Mailbox.Import("first", node.Mail(until: 6));

        Assert.Equal([ImportOutcome.Added, ImportOutcome.Added], results.Select(result => result.Outcome));
        Assert.Equal("second", results[1].File);
        Assert.Equal(node.Size, Mailbox.SizeOf(node));
        Assert.DoesNotContain(FindingKind.Gap, Mailbox.OpenKinds());
    }

    [Fact]
    public void Every_order_of_overlapping_and_repeated_mails_gives_the_same_books()
    {
        var (node, other) = (Node(), FleetNode.Begin("acme", "second", Start).Hold(License).Use(2, 30));
        byte[][] mails = [node.Mail(until: 5), node.Mail(3, 9), node.Mail(from: 7), [.. other.Mail(), .. node.Mail(2, 6)], node.Mail(5, 8)];
        var expected = Books(mails);

        foreach (var order in ImportBooks.Permutations(mails.Length))
            Assert.Equal(expected, Books([.. order.Select(index => mails[index])]));
    }

    [Fact]
    public void Concatenated_and_gzipped_files_are_read_as_one()
    {
        var (node, other) = (Node(), FleetNode.Begin("acme", "second", Start).Hold(License).Use(2, 30));

        Assert.Equal(
            [ImportOutcome.Added, ImportOutcome.Added, ImportOutcome.Added],
            Mailbox.Import("all.receipts.gz", Gzip(node.Mail(until: 6)), Gzip([.. other.Mail(), .. node.Mail(from: 6)])).Select(result => result.Outcome));
        Assert.Equal(node.Size, Mailbox.SizeOf(node));
    }

    [Fact]
    public void A_byte_changed_anywhere_is_damage_and_changes_nothing()
    {
        var node = Node();
        var most = node.Size - 2;
        Mailbox.Import("known", node.Mail(until: most));
        var books = Text(node);
        var mail = node.Mail(from: most);

        for (var index = 0; index < mail.Length; index++)
        {
            var changed = (byte[])mail.Clone();
            changed[index] ^= 1;
            var results = Mailbox.Import("changed", changed);
            Assert.All(results, result => Assert.Equal(ImportOutcome.Damage, result.Outcome));
            Assert.NotEmpty(results);
        }

        Assert.Equal(books, Text(node));
        Assert.Equal(ImportOutcome.Added, Mailbox.Outcome("whole", mail));
    }

    [Fact]
    public void Damage_in_one_ledger_does_not_keep_the_others_of_the_file_out()
    {
        var (node, other) = (Node(), FleetNode.Begin("acme", "second", Start).Hold(License).Use(2, 30));
        var damaged = node.Mail();
        damaged[300] ^= 1;

        Assert.Equal(
            [ImportOutcome.Damage, ImportOutcome.Added],
            Mailbox.Import("both", damaged, other.Mail()).Select(result => result.Outcome));
        Assert.Equal(other.Size, Mailbox.SizeOf(other));
        Assert.Contains(FindingKind.Damage, Mailbox.OpenKinds());
    }

    [Fact]
    public void A_node_that_crashed_lost_its_disk_or_was_off_is_found_nothing_against()
    {
        var node = Node().Crash(hoursOff: 30);
        node.Hold(License, LicenseState.Grace).Use(3, 4).Crash(hoursOff: 1).Use(3, 4).Hold(License).Use(1, 2).Stop();
        var followed = FleetNode.Begin("acme", "next", node.Now, node).Hold(License, LicenseState.Grace).Use(2, 5).Crash(2).Use(1, 1);

        Mailbox.Import("a", followed.Mail(), node.Mail());

        Assert.Equal([FindingKind.NewInstallation], Mailbox.OpenKinds());
    }

    [Fact]
    public void Meter_readings_that_do_not_add_up_are_told_once_with_the_first_receipt()
    {
        var node = Node();
        var last = node.Receipts.OfType<UsageReceipt>().Last();
        node.Write(last with { From = last.At, At = last.At.AddHours(1), TotalCoreSeconds = 7, LicensedSeconds = 1 });
        node.Write(last with { From = last.At, At = last.At.AddHours(1), TotalCoreSeconds = 7, LicensedSeconds = 1 });

        Mailbox.Import("a", node.Mail());

        var contradictions = Mailbox.OpenFindings().Where(finding => finding.Kind == FindingKind.Contradiction).ToList();
        Assert.Equal(2, contradictions.Count);
        Assert.All(contradictions, finding => Assert.Contains(FormattableString.Invariant($"receipt {node.Size - 2} "), finding.Evidence, StringComparison.Ordinal));
    }

    [Fact]
    public void Numbers_of_strangers_up_to_the_greatest_add_up_without_a_fault()
    {
        var node = Node();
        var last = node.Receipts.OfType<UsageReceipt>().Last();
        for (var count = 0; count < 3; count++)
            node.Write(last with { Seconds = Limits.Number, CoreSeconds = Limits.Number, OpenSeconds = Limits.Number, TotalSeconds = Limits.Number, LicensedSeconds = Limits.Number });

        Mailbox.Import("a", node.Mail(until: node.Size - 1));
        Assert.Equal(ImportOutcome.Added, Mailbox.Outcome("b", node.Mail()));
        Assert.Contains(FindingKind.Contradiction, Mailbox.OpenKinds());
    }

    [Fact]
    public void Receipts_of_a_later_version_are_kept_and_told()
    {
        var node = Node().Write(new UnknownReceipt("gpu", ",\"cards\":2}") { At = Start });

        Assert.Equal(ImportOutcome.Added, Mailbox.Outcome("a", node.Mail()));
        Assert.Contains(FindingKind.NeedsNewerVersion, Mailbox.OpenKinds());
    }

    [Fact]
    public void When_another_import_was_first_the_file_is_read_again()
    {
        var node = Node();
        var isFirst = true;
        var file = new ReceiptsFile("all", () => new MemoryStream(node.Mail()));
        var racing = file with
        {
            Open = () =>
            {
                // The second opening is the hash; by then nothing is compared yet. The reader is the first.
                if (isFirst)
                {
                    isFirst = false;
                    return new ActingStream(node.Mail(), () =>
                    {
                        using var registry = VendorRegistry.Open(Mailbox.Store);
                        new ReceiptsImport(registry, Mailbox.Time).Import(ImportBooks.FileOf("other", node.Mail(until: 5)));
                    });
                }

                return new MemoryStream(node.Mail());
            },
        };

        var result = Assert.Single(new ReceiptsImport(Mailbox.Registry, Mailbox.Time).Import(racing));

        Assert.Equal((ImportOutcome.Added, node.Size - 5, 5L), (result.Outcome, result.Added, result.StoredBefore));
        Assert.Equal(node.Size, Mailbox.SizeOf(node));
    }

    [Theory]
    [InlineData("ledgers")]
    [InlineData("pieces")]
    [InlineData("claims")]
    [InlineData("uses")]
    [InlineData("meters")]
    [InlineData("findings")]
    [InlineData("import_outcomes")]
    public void A_ledger_is_stored_whole_or_not_at_all_wherever_storing_stops(string table)
    {
        var (node, other) = (Node(), FleetNode.Begin("acme", "second", Start).Hold(License).Use(2, 30));
        Mailbox.Import("a", other.Mail(until: 8));
        other.Restart(hoursOff: 1).Use(3, 2);
        var books = Mailbox.Dump();
        var trigger = $"CREATE TRIGGER power_loss BEFORE {(table == "ledgers" ? "UPDATE" : "INSERT")} ON {table} ";
        Mailbox.Registry.Write(transaction => transaction.Execute(OwnRegistry.Database is null
            ? trigger + "BEGIN SELECT RAISE(ABORT, 'power loss'); END"
            : "CREATE FUNCTION power_loss() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'power loss'; END $$;" + trigger + "EXECUTE FUNCTION power_loss()"));

        Assert.Throws<RegistryException>(() => Mailbox.Import("b", other.Mail()));

        Assert.Equal(books, Mailbox.Dump());
        Mailbox.Registry.Write(transaction => transaction.Execute("DROP TRIGGER power_loss" + (OwnRegistry.Database is null ? "" : $" ON {table}")));
        Assert.Equal([ImportOutcome.Added, ImportOutcome.Added], Mailbox.Import("c", other.Mail(), node.Mail()).Select(result => result.Outcome));
    }

    [Fact]
    public void The_journal_tells_every_file_and_what_became_of_it()
    {
        var node = Node();
        Mailbox.Import("second", node.Mail(from: 6));
        Mailbox.Import("first", node.Mail(until: 6));
        Mailbox.Import("noise", [1, 2, 3]);

        var entries = Mailbox.Registry.Read(static transaction => new ImportJournal(transaction).All());

        Assert.Equal(
            ["second gap", "first added", "second added", "noise refused"],
            entries.Select(entry => $"{entry.File} {entry.Outcome}"));
    }

    [Fact]
    public void A_ledger_of_many_pieces_is_found_again_at_every_border()
    {
        var node = Node();
        while (node.Size < 12_000)
            node.Use(3, 2_000);
        Mailbox.Import("a", node.Mail(until: 9_000));
        Assert.True(Mailbox.Registry.Read(transaction => new LedgerTable(transaction).PieceStarts(node.Ledger)).Count > 1);

        foreach (var end in (long[])[1, 3_000, 4_500, 8_999, 9_000])
            Assert.Equal(ImportOutcome.Known, Mailbox.Outcome("part", node.Mail(until: end)));
        Assert.Equal(ImportOutcome.Added, Mailbox.Outcome("rest", node.Mail(from: 5_000)));
        Assert.Equal(node.Mail(), Text(node));
    }

    private string Books(byte[][] mails)
    {
        using var books = new ImportBooks(License);
        foreach (var mail in mails)
            books.Import("mail", mail);
        return books.Dump();
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(zipped, System.IO.Compression.CompressionLevel.Fastest))
            gzip.Write(bytes);
        return zipped.ToArray();
    }

    // Something happens when the stream has been read to its end.
}
