using OfflineLicense.Issuer.Import;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Statements;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Import;

/// <summary>
/// What a clerk reads when a machine was repaired, restored, copied or replaced: real nodes mail, and the books tell one
/// story for each ledger, accuse nobody, and bill each receipt once.
/// </summary>
public sealed class NewStartImportTests : IDisposable
{
    private static readonly SigningKey ReplyKey = Licenses.KeyOf("vendor.example/replies/test", 2);
    private static readonly Customer Acme = new(Licenses.Product, Licenses.Licensee);

    private readonly NodeSite _site = new() { LookEvery = TimeSpan.FromMinutes(5) };
    private readonly ImportBooks _books;
    private Reply? _reply;

    public NewStartImportTests()
    {
        _site.Put(WithReplies);
        _books = new ImportBooks(Licenses.Signed(WithReplies));
    }

    public void Dispose()
    {
        _books.Dispose();
        _site.Dispose();
    }

    [Fact]
    public void A_machine_that_was_restored_and_heard_of_it_at_once_is_one_story_and_billed_once()
    {
        Work(2);
        var snapshot = _site.Snapshot();
        Work(3);
        Mail();
        _site.Restore(snapshot);
        TakeReply();
        Work(4);
        Mail();

        var finding = Assert.Single(Told());
        Assert.Equal((FindingKind.CarriedOn, Acme), (finding.Kind, finding.Customer));
        Assert.Contains("did not have any more; they are billed", finding.Evidence, StringComparison.Ordinal);
        Assert.Equal((2 + 3 + 4) * 3600, Used());

        // Mailed again it is told no second time.
        Mail();
        Assert.Equal(finding, Assert.Single(Told()));
    }

    [Fact]
    public void A_restored_machine_that_mailed_a_second_history_learns_of_it_by_the_reply_and_goes_on()
    {
        Work(2);
        var snapshot = _site.Snapshot();
        Work(3);
        Mail();
        _site.Restore(snapshot);
        Work(6);
        Mail();
        var fork = Assert.Single(Told());
        Assert.Equal(FindingKind.Fork, fork.Kind);
        Assert.Contains("restored snapshot", fork.Kind.Meaning(), StringComparison.Ordinal);

        TakeReply();
        Work(4);
        Mail();
        Mail();
        Assert.Equal(fork.Number, Assert.Single(Told()).Number);
        Assert.Equal(2, _site.Ledgers().Count);
        Assert.Equal((2 + 3 + 4) * 3600, Used());
    }

    [Fact]
    public void A_machine_that_went_on_from_an_older_state_and_heard_of_it_before_it_mailed_is_no_fork()
    {
        Work(2);
        var snapshot = _site.Snapshot();
        Work(9);
        Mail();
        _site.Restore(snapshot);
        Work(1);
        TakeReply();
        Work(4);
        Mail();

        var finding = Assert.Single(Told());
        Assert.Equal(FindingKind.CarriedOn, finding.Kind);
        Assert.Contains("gone on from an older state", finding.Evidence, StringComparison.Ordinal);
        Assert.Equal((2 + 9 + 4) * 3600, Used());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Three_copies_of_a_template_are_one_story(bool goesOn)
    {
        _site.MachineId = new string('0', 32);
        Work(1);
        var template = _site.Snapshot();
        var mails = new List<byte[]>();
        foreach (var digit in "123")
        {
            _site.Restore(template);
            _site.MachineId = new string(digit, 32);
            Work(2);
            mails.Add(_site.Export());
        }

        if (goesOn)
        {
            _site.Restore(template);
            _site.MachineId = new string('0', 32);
            Work(5);
            mails.Add(_site.Export());
        }

        foreach (var mail in mails)
            _books.Import("mail", mail);
        var finding = Assert.Single(Told());
        Assert.Contains("3 machines went on from it, so it was copied", finding.Evidence, StringComparison.Ordinal);
        Assert.Equal(goesOn, finding.Evidence.Contains("both machines ran", StringComparison.Ordinal));
        Assert.Equal((1 + (3 * 2) + (goesOn ? 5 : 0)) * 3600, Used());
    }

    [Fact]
    public void A_machine_that_was_replaced_is_no_finding()
    {
        _site.MachineId = new string('1', 32);
        Work(30);
        _site.MachineId = new string('2', 32);
        Work(2);
        Mail();
        Assert.Equal(2, _site.Ledgers().Count);
        Assert.Empty(Told());
        Assert.Equal(32 * 3600, Used());
    }

    [Fact]
    public void A_damaged_ledger_that_the_vendor_has_more_of_is_told_with_how_much()
    {
        Work(2);
        Mail();
        var ledger = _site.Ledgers().Single();
        var segment = ledger.Segments[^1].Path;
        var bytes = File.ReadAllBytes(segment);
        bytes[bytes.AsSpan().LastIndexOf("\"cores\":"u8) + 8] ^= 1;
        File.WriteAllBytes(segment, bytes);
        Work(3);
        Mail();

        var finding = Assert.Single(Told());
        Assert.Equal((FindingKind.CarriedOn, ledger.Key!.Name), (finding.Kind, finding.Ledger));
        Assert.Equal((2 + 3) * 3600, Used());
    }

    [Fact]
    public void Both_sides_print_one_statement_after_all_of_that()
    {
        var mails = new List<byte[]>();
        Work(2);
        var snapshot = _site.Snapshot();
        Work(3);
        mails.Add(_site.Export());
        _books.Import("1", mails[0]);
        _site.Restore(snapshot);
        TakeReply();
        _site.MachineId = new string('b', 32);
        Work(4);
        mails.Add(_site.Export());
        _books.Import("2", mails[1]);
        Assert.Equal(OfCustomer(mails), OfVendor());
    }

    [Fact]
    public void A_ledger_that_claims_more_than_the_one_it_follows_had_is_a_contradiction()
    {
        var old = FleetNode.Begin("acme", "old", Licenses.Begin).Hold(Licenses.Signed(WithReplies)).Use(1, 5).Stop();
        var richer = old.Copy().Use(1, 100);
        var honest = FleetNode.Begin("acme", "honest", Licenses.Day(50), old).Hold(Licenses.Signed(WithReplies)).Use(1, 1);
        var liar = FleetNode.Begin("acme", "liar", Licenses.Day(50), richer, old.Size).Hold(Licenses.Signed(WithReplies)).Use(1, 1);
        foreach (var order in ImportBooks.Permutations(3))
        {
            using var books = new ImportBooks(Licenses.Signed(WithReplies));
            byte[][] mails = [old.Mail(), honest.Mail(), liar.Mail()];
            foreach (var index in order)
                books.Import("mail", mails[index]);
            var finding = Assert.Single(books.OpenFindings(), finding => finding.Kind == FindingKind.Contradiction);
            Assert.Equal((liar.Ledger, "carried"), (finding.Ledger, finding.Subject));
            Assert.Single(books.OpenFindings(), finding => finding.Kind == FindingKind.CarriedOn);
        }
    }

    private static License WithReplies(License plain) =>
        plain with { Receipts = new LicenseReceipts { RepliesBy = [ReplyKey.VerifierKey.ToString()] } };

    private void Work(int hours)
    {
        using var node = _site.Open();
        Assert.True(node.TryBegin(1, out var work, out var why), why?.Sentence);
        _site.Time.Advance(TimeSpan.FromHours(hours));
        work.Dispose();
    }

    // As the operator's command does it: what the reply at hand has is not sent again.
    private void Mail() => _books.Import("mail", _site.Export(_reply));

    private void TakeReply()
    {
        var note = _books.Registry.Write(transaction => new ReplyMaker(transaction, LicenseBook.Load(transaction)).Make(Acme, ReplyKey, _site.Time.Wall))!.Note;
        File.WriteAllBytes(Path.Combine(_site.LicenseFolder, "acme.reply"), note);
        _reply = Reply.Open(note, [ReplyKey.VerifierKey]).Document;
    }

    // A site that is new to the vendor is a question of its own.
    private List<Finding> Told() => [.. _books.OpenFindings().Where(finding => finding.Kind != FindingKind.NewInstallation)];

    private long Used() => _books.Registry.Read(transaction => new ReplyMaker(transaction, LicenseBook.Load(transaction))
        .Compose(Acme, 1, _site.Time.Wall)).Used.Single().NodeSeconds;

    private string OfVendor() => _books.Registry.Read(transaction =>
        RegistryStatement.Print(transaction, LicenseBook.Load(transaction), LicenseBook.Load(transaction).All.Single(), null).Text);

    private static string OfCustomer(List<byte[]> mails)
    {
        var ledgers = mails.SelectMany(RegistryStatementTests.Read).ToList();
        var license = Licenses.Signed(WithReplies);
        return Statement.Print(
            new StatementRequest
            {
                Newest = StatementLicense.Of(license),
                Known = [StatementLicense.Of(license)],
                Period = StatementPeriod.Default(license.License, ledgers.Max(ledger => ledger.Receipts.Last().At)),
            },
            ledgers);
    }
}
