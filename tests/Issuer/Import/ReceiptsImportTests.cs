using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Import;

public sealed class ReceiptsImportTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    private readonly FleetVendor _vendor = new();
    private readonly SignedLicense _license;
    private readonly ImportBooks _books;

    public ReceiptsImportTests()
    {
        _license = _vendor.Issue(FleetVendor.Plan(1));
        _books = new ImportBooks(_license);
    }

    public void Dispose()
    {
        _books.Dispose();
        _vendor.Dispose();
    }

    [Fact]
    public void Receipts_are_stored_as_they_were_signed()
    {
        var node = Node();
        var result = Assert.Single(_books.Import("acme.receipts", node.Mail()));

        Assert.Equal((ImportOutcome.Added, node.Size), (result.Outcome, result.Added));
        Assert.Equal([new Customer(FleetVendor.Product, "Acme Telemedicine")], result.Customers);
        Assert.Equal(node.Mail(), Text(node));
    }

    [Fact]
    public void The_same_file_three_times_is_stored_once()
    {
        var node = Node();
        Assert.Equal(ImportOutcome.Added, _books.Outcome("a", node.Mail()));
        var books = _books.Dump();

        Assert.Equal(ImportOutcome.Known, _books.Outcome("a", node.Mail()));
        Assert.Equal(ImportOutcome.Known, _books.Outcome("renamed", node.Mail()));
        Assert.Equal(books, _books.Dump());
    }

    [Fact]
    public void Of_a_mail_that_overlaps_only_the_new_part_is_stored()
    {
        var node = Node();
        _books.Import("first", node.Mail(until: 6));

        var result = Assert.Single(_books.Import("all", node.Mail()));

        Assert.Equal((ImportOutcome.Added, node.Size - 6), (result.Outcome, result.Added));
        Assert.Equal(node.Size, _books.SizeOf(node));
    }

    [Fact]
    public void A_part_from_the_middle_of_what_is_stored_is_known()
    {
        var node = Node();
        _books.Import("all", node.Mail());

        for (var start = 0; start < node.Size; start++)
        {
            for (var end = start + 1; end <= node.Size; end++)
                Assert.Equal(ImportOutcome.Known, _books.Outcome("part", node.Mail(start, end)));
        }
    }

    [Fact]
    public void Receipts_after_a_gap_wait_and_are_taken_in_by_themselves_when_it_closes()
    {
        var node = Node();
        var gap = Assert.Single(_books.Import("second", node.Mail(from: 6)));
        Assert.Equal(ImportOutcome.Gap, gap.Outcome);
        Assert.Equal([new Customer(FleetVendor.Product, "Acme Telemedicine")], gap.Customers);
        Assert.Contains("receipts 0 to 5 are missing", gap.Detail, StringComparison.Ordinal);
        Assert.Equal([FindingKind.Gap], _books.OpenKinds());

        var results = _books.Import("first", node.Mail(until: 6));

        Assert.Equal([ImportOutcome.Added, ImportOutcome.Added], results.Select(result => result.Outcome));
        Assert.Equal("second", results[1].File);
        Assert.Equal(node.Size, _books.SizeOf(node));
        Assert.DoesNotContain(FindingKind.Gap, _books.OpenKinds());
    }

    [Fact]
    public void Every_order_of_overlapping_and_repeated_mails_gives_the_same_books()
    {
        var (node, other) = (Node(), FleetNode.Begin("acme", "second", Start).Hold(_license).Use(2, 30));
        byte[][] mails = [node.Mail(until: 5), node.Mail(3, 9), node.Mail(from: 7), [.. other.Mail(), .. node.Mail(2, 6)], node.Mail(5, 8)];
        var expected = Books(mails);

        foreach (var order in ImportBooks.Permutations(mails.Length))
            Assert.Equal(expected, Books([.. order.Select(index => mails[index])]));
    }

    [Fact]
    public void Concatenated_and_gzipped_files_are_read_as_one()
    {
        var (node, other) = (Node(), FleetNode.Begin("acme", "second", Start).Hold(_license).Use(2, 30));

        Assert.Equal(
            [ImportOutcome.Added, ImportOutcome.Added, ImportOutcome.Added],
            _books.Import("all.receipts.gz", Gzip(node.Mail(until: 6)), Gzip([.. other.Mail(), .. node.Mail(from: 6)])).Select(result => result.Outcome));
        Assert.Equal(node.Size, _books.SizeOf(node));
    }

    [Fact]
    public void A_byte_changed_anywhere_is_damage_and_changes_nothing()
    {
        var node = Node();
        var most = node.Size - 2;
        _books.Import("known", node.Mail(until: most));
        var books = Text(node);
        var mail = node.Mail(from: most);

        for (var index = 0; index < mail.Length; index++)
        {
            var changed = (byte[])mail.Clone();
            changed[index] ^= 1;
            var results = _books.Import("changed", changed);
            Assert.All(results, result => Assert.Equal(ImportOutcome.Damage, result.Outcome));
            Assert.NotEmpty(results);
        }

        Assert.Equal(books, Text(node));
        Assert.Equal(ImportOutcome.Added, _books.Outcome("whole", mail));
    }

    [Fact]
    public void Damage_in_one_ledger_does_not_keep_the_others_of_the_file_out()
    {
        var (node, other) = (Node(), FleetNode.Begin("acme", "second", Start).Hold(_license).Use(2, 30));
        var damaged = node.Mail();
        damaged[300] ^= 1;

        Assert.Equal(
            [ImportOutcome.Damage, ImportOutcome.Added],
            _books.Import("both", damaged, other.Mail()).Select(result => result.Outcome));
        Assert.Equal(other.Size, _books.SizeOf(other));
        Assert.Contains(FindingKind.Damage, _books.OpenKinds());
    }

    [Fact]
    public void A_state_folder_that_two_nodes_went_on_with_is_a_fork_and_anyone_can_check_the_proof()
    {
        var node = Node();
        var copy = node.Copy();
        node.Use(8, 5);
        copy.Use(2, 3);
        _books.Import("one", node.Mail());

        var fork = Assert.Single(_books.Import("two", copy.Mail(from: 4)));

        Assert.Equal(ImportOutcome.Fork, fork.Outcome);
        Assert.Equal(node.Mail(), Text(node));
        var finding = Assert.Single(_books.OpenFindings(), finding => finding.Kind == FindingKind.Fork);
        Assert.Equal(new Customer(FleetVendor.Product, "Acme Telemedicine"), finding.Customer);
        var (stored, second) = _books.Registry.Read(transaction => ForkEvidence.Of(transaction, finding));
        Assert.Equal(copy.Mail(from: 4), Bytes(second));
        Assert.True(ForkEvidence.Proves(stored.Open(), second.Open()));
        Assert.True(ForkEvidence.Proves(second.Open(), stored.Open()));
    }

    [Fact]
    public void Receipts_that_agree_are_no_proof_of_a_fork()
    {
        var node = Node();
        for (var start = 0; start < node.Size - 1; start++)
        {
            Assert.False(ForkEvidence.Proves(new MemoryStream(node.Mail(until: node.Size - 1)), new MemoryStream(node.Mail(from: start))));
            Assert.False(ForkEvidence.Proves(new MemoryStream(node.Mail(from: start)), new MemoryStream(node.Mail(until: node.Size - 1))));
        }
    }

    [Fact]
    public void Every_way_to_send_a_second_history_is_a_fork_and_its_proof_holds()
    {
        var node = Node();
        var copy = node.Copy();
        var common = node.Size;
        node.Use(8, 5);
        copy.Use(2, 9);
        _books.Import("one", node.Mail());
        var books = Text(node);

        for (var start = 0L; start <= node.Size; start++)
        {
            for (var end = Math.Max(start, common) + 1; end <= copy.Size; end++)
            {
                Assert.Equal(ImportOutcome.Fork, _books.Outcome("two", copy.Mail(start, end)));
                Assert.Equal(books, Text(node));
            }
        }

        foreach (var finding in _books.OpenFindings().Where(finding => finding.Kind == FindingKind.Fork))
        {
            var (stored, second) = _books.Registry.Read(transaction => ForkEvidence.Of(transaction, finding));
            Assert.True(ForkEvidence.Proves(stored.Open(), second.Open()));
        }
    }

    [Fact]
    public void A_second_history_that_waited_behind_a_gap_is_a_fork_when_the_gap_closes()
    {
        var node = Node();
        var copy = node.Copy();
        node.Use(8, 5);
        copy.Use(2, 9);
        var start = node.Size - 2;

        Assert.Equal(ImportOutcome.Gap, _books.Outcome("late", copy.Mail(from: start)));

        Assert.Equal([ImportOutcome.Added, ImportOutcome.Fork], _books.Import("one", node.Mail()).Select(result => result.Outcome));
        Assert.Contains(FindingKind.Fork, _books.OpenKinds());
        Assert.DoesNotContain(FindingKind.Gap, _books.OpenKinds());
    }

    [Fact]
    public void A_license_that_was_never_issued_is_unknown_until_it_reaches_the_registry()
    {
        var stranger = _vendor.Issue(FleetVendor.Plan(2));
        var node = FleetNode.Begin("acme", "first", Start).Hold(stranger).Use(4, 5);
        _books.Import("a", node.Mail());
        Assert.Equal([FindingKind.UnknownLicense], _books.OpenKinds());

        _books.Issue(stranger);
        _books.Import("a", node.Mail());

        Assert.Equal([FindingKind.NewInstallation], _books.OpenKinds());
    }

    [Fact]
    public void A_license_with_another_text_than_the_issued_one_is_altered()
    {
        var forged = _vendor.Issue(FleetVendor.Plan(1) with { Until = null });
        _books.Import("a", FleetNode.Begin("acme", "first", Start).Hold(forged).Use(4, 5).Mail());

        var finding = Assert.Single(_books.OpenFindings());
        Assert.Equal((FindingKind.AlteredLicense, _license.License.Id), (finding.Kind, finding.Subject));
    }

    [Fact]
    public void A_proof_copied_from_another_ledger_proves_nothing()
    {
        var honest = Node();
        var holds = honest.Receipts.OfType<LicenseReceipt>().First();
        _books.Import("a", FleetNode.Begin("thief", "first", Start).Write(holds).Mail());

        Assert.Equal([FindingKind.AlteredLicense], _books.OpenKinds());
    }

    [Fact]
    public void A_ledger_is_of_the_customer_whose_license_it_proves_whoever_mailed_it()
    {
        var license = _vendor.Issue(FleetVendor.Plan(2, "Beta GmbH"));
        _books.Issue(license);
        var node = FleetNode.Begin("acme", "first", Start).Hold(license).Use(4, 5);

        var result = Assert.Single(_books.Import("from-acme.receipts", node.Mail()));

        Assert.Equal([new Customer(FleetVendor.Product, "Beta GmbH")], result.Customers);
        Assert.Equal("Beta GmbH", Assert.Single(_books.OpenFindings()).Customer?.Licensee);
    }

    [Fact]
    public void A_bound_license_on_another_installation_is_told()
    {
        var here = FleetNode.Begin("here", "first", Start);
        var bound = _vendor.Issue(FleetVendor.Plan(2) with { Installations = [here.Installation] });
        _books.Issue(bound);

        _books.Import("a", here.Hold(bound).Use(4, 5).Mail());
        Assert.Empty(_books.OpenKinds());

        _books.Import("b", FleetNode.Begin("there", "first", Start).Hold(bound).Use(4, 5).Mail());
        Assert.Equal([FindingKind.WrongInstallation], _books.OpenKinds());

        // What a stranger uses of it is billed to nobody, and the customer's nodes are not told that it was used up.
        var used = _books.Registry.Write(transaction =>
        {
            var book = LicenseBook.Load(transaction);
            Assert.Contains("bound to other installations", RegistryStatement.Print(transaction, book, book.All.Single(known => known.Id == bound.License.Id), null).Text, StringComparison.Ordinal);
            var customer = new Customer(bound.License.Product, bound.License.Licensee);
            var made = new ReplyMaker(transaction, book).Make(customer, _vendor.ReplyKey, here.Now)!;
            return Reply.Open(made.Note, [_vendor.ReplyKey.VerifierKey]).Document!.Used.Single(use => use.License == bound.License.Id);
        });
        Assert.Equal(5 * 3600, used.NodeSeconds);
    }

    [Fact]
    public void An_installation_is_to_be_confirmed_once_for_all_of_its_ledgers()
    {
        _books.Import("a", Node().Mail(), FleetNode.Begin("acme", "second", Start).Hold(_license).Use(2, 30).Mail());

        Assert.Equal([FindingKind.NewInstallation], _books.OpenKinds());
    }

    [Fact]
    public void A_node_that_crashed_lost_its_disk_or_was_off_is_found_nothing_against()
    {
        var node = Node().Crash(hoursOff: 30);
        node.Hold(_license, LicenseState.Grace).Use(3, 4).Crash(hoursOff: 1).Use(3, 4).Hold(_license).Use(1, 2).Stop();
        var followed = FleetNode.Begin("acme", "next", node.Now, node).Hold(_license, LicenseState.Grace).Use(2, 5).Crash(2).Use(1, 1);

        _books.Import("a", followed.Mail(), node.Mail());

        Assert.Equal([FindingKind.NewInstallation], _books.OpenKinds());
    }

    [Fact]
    public void Meter_readings_that_do_not_add_up_are_told_once_with_the_first_receipt()
    {
        var node = Node();
        var last = node.Receipts.OfType<UsageReceipt>().Last();
        node.Write(last with { From = last.At, At = last.At.AddHours(1), TotalCoreSeconds = 7, LicensedSeconds = 1 });
        node.Write(last with { From = last.At, At = last.At.AddHours(1), TotalCoreSeconds = 7, LicensedSeconds = 1 });

        _books.Import("a", node.Mail());

        var contradictions = _books.OpenFindings().Where(finding => finding.Kind == FindingKind.Contradiction).ToList();
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

        _books.Import("a", node.Mail(until: node.Size - 1));
        Assert.Equal(ImportOutcome.Added, _books.Outcome("b", node.Mail()));
        Assert.Contains(FindingKind.Contradiction, _books.OpenKinds());
    }

    [Fact]
    public void Receipts_of_a_later_version_are_kept_and_told()
    {
        var node = Node().Write(new UnknownReceipt("gpu", ",\"cards\":2}") { At = Start });

        Assert.Equal(ImportOutcome.Added, _books.Outcome("a", node.Mail()));
        Assert.Contains(FindingKind.NeedsNewerVersion, _books.OpenKinds());
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
                        using var registry = VendorRegistry.Open(_books.Path);
                        new ReceiptsImport(registry, _books.Time).Import(ImportBooks.FileOf("other", node.Mail(until: 5)));
                    });
                }

                return new MemoryStream(node.Mail());
            },
        };

        var result = Assert.Single(new ReceiptsImport(_books.Registry, _books.Time).Import(racing));

        Assert.Equal((ImportOutcome.Added, node.Size - 5, 5L), (result.Outcome, result.Added, result.StoredBefore));
        Assert.Equal(node.Size, _books.SizeOf(node));
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
        var (node, other) = (Node(), FleetNode.Begin("acme", "second", Start).Hold(_license).Use(2, 30));
        _books.Import("a", other.Mail(until: 8));
        other.Restart(hoursOff: 1).Use(3, 2);
        var books = _books.Dump();
        _books.Registry.Write(transaction => transaction.Execute(
            $"CREATE TRIGGER power_loss BEFORE {(table == "ledgers" ? "UPDATE" : "INSERT")} ON {table} BEGIN SELECT RAISE(ABORT, 'power loss'); END"));

        Assert.Throws<RegistryException>(() => _books.Import("b", other.Mail()));

        Assert.Equal(books, _books.Dump());
        _books.Registry.Write(static transaction => transaction.Execute("DROP TRIGGER power_loss"));
        Assert.Equal([ImportOutcome.Added, ImportOutcome.Added], _books.Import("c", other.Mail(), node.Mail()).Select(result => result.Outcome));
    }

    [Fact]
    public void The_journal_tells_every_file_and_what_became_of_it()
    {
        var node = Node();
        _books.Import("second", node.Mail(from: 6));
        _books.Import("first", node.Mail(until: 6));
        _books.Import("noise", [1, 2, 3]);

        var entries = _books.Registry.Read(static transaction => new ImportJournal(transaction).All());

        Assert.Equal(
            ["second gap", "first added", "second added", "noise damage"],
            entries.Select(entry => $"{entry.File} {entry.Outcome}"));
    }

    [Fact]
    public void A_ledger_of_many_pieces_is_found_again_at_every_border()
    {
        var node = Node();
        while (node.Size < 12_000)
            node.Use(3, 2_000);
        _books.Import("a", node.Mail(until: 9_000));
        Assert.True(_books.Registry.Read(transaction => new LedgerTable(transaction).PieceStarts(node.Ledger)).Count > 1);

        foreach (var end in (long[])[1, 3_000, 4_500, 8_999, 9_000])
            Assert.Equal(ImportOutcome.Known, _books.Outcome("part", node.Mail(until: end)));
        Assert.Equal(ImportOutcome.Added, _books.Outcome("rest", node.Mail(from: 5_000)));
        Assert.Equal(node.Mail(), Text(node));
    }

    private FleetNode Node() => FleetNode.Begin("acme", "first", Start).Hold(_license).Use(4, 5).Restart(hoursOff: 2).Use(1, 2);

    private string Books(byte[][] mails)
    {
        using var books = new ImportBooks(_license);
        foreach (var mail in mails)
            books.Import("mail", mail);
        return books.Dump();
    }

    private byte[] Text(FleetNode node) =>
        Bytes(_books.Registry.Read(transaction => new LedgerTable(transaction).Section(new LedgerTable(transaction).Find(node.Ledger)!, 0)));

    private static byte[] Bytes(ReceiptsSection section)
    {
        using var bytes = new MemoryStream();
        using var text = section.Open();
        text.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(zipped, System.IO.Compression.CompressionLevel.Fastest))
            gzip.Write(bytes);
        return zipped.ToArray();
    }

    // Something happens when the stream has been read to its end.
    private sealed class ActingStream(byte[] bytes, Action atEnd) : MemoryStream(bytes)
    {
        private Action? _atEnd = atEnd;

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = base.Read(buffer, offset, count);
            if (read == 0)
                Interlocked.Exchange(ref _atEnd, null)?.Invoke();
            return read;
        }
    }
}
