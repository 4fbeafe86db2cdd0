using System.IO.Compression;
using System.Text;
using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Import;

/// <summary>A wrong file is refused and forgotten, one of a later version is told as that, and neither is called damaged.</summary>
public sealed class WrongFilesTests : ImportTest
{
    private static readonly byte[] Later = Encoding.UTF8.GetBytes("offline-license/receipts/v2\nkey of another form\n\n{\"seq\":0}\n");

    public static TheoryData<string> Strangers => ["empty", "license", "text", "gzipped text", "picture", "one endless line"];

    [Theory]
    [MemberData(nameof(Strangers))]
    public void A_file_that_was_never_receipts_is_refused_and_makes_no_finding(string kind)
    {
        var result = Assert.Single(Mailbox.Import("wrong", Stranger(kind)));

        Assert.Equal((ImportOutcome.Refused, ""), (result.Outcome, result.Ledger));
        Assert.NotNull(result.Hint);
        Assert.Empty(Mailbox.OpenFindings());
        Assert.Equal("refused", Assert.Single(Mailbox.Registry.Read(static transaction => new ImportJournal(transaction).All())).Outcome);
    }

    [Fact]
    public void Receipts_that_were_damaged_in_one_place_are_never_taken_for_another_file()
    {
        var mail = Node().Mail();
        for (var place = 0; place < 200; place++)
        {
            var damaged = mail.ToArray();
            damaged[place] ^= 1;
            Assert.Equal(ImportOutcome.Damage, Mailbox.Outcome("damaged", damaged));
        }

        Assert.Equal(ImportOutcome.Damage, Mailbox.Outcome("cut.gz", Gzipped(mail)[..^9]));
        Assert.Equal(ImportOutcome.Damage, Mailbox.Outcome("no.gz", [0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7]));
    }

    [Fact]
    public void A_ledger_in_a_later_version_needs_a_newer_issuer_and_what_else_is_in_the_file_is_taken_in()
    {
        var node = Node();
        var results = Mailbox.Import("both", Later, node.Mail());

        Assert.Equal([ImportOutcome.Newer, ImportOutcome.Added], results.Select(result => result.Outcome));
        var finding = Assert.Single(Mailbox.OpenFindings(), finding => finding.Kind == FindingKind.NeedsNewerVersion);
        Assert.Equal("both:1: a ledger in a later version of the format", finding.Evidence);
        Assert.DoesNotContain(FindingKind.Damage, Mailbox.OpenKinds());

        Mailbox.Import("both again", Later, node.Mail());
        Assert.Equal(finding.Number, Assert.Single(Mailbox.OpenFindings(), found => found.Kind == FindingKind.NeedsNewerVersion).Number);
    }

    [Fact]
    public void An_issuer_that_understands_the_file_mends_what_an_older_one_told_of_it()
    {
        var mail = Node().Mail();
        var sha256 = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(mail));
        Mailbox.Registry.Write(transaction => new FindingTable(transaction).Add(new Finding
        {
            Kind = FindingKind.NeedsNewerVersion,
            Ledger = "",
            Subject = sha256 + ":1",
            Evidence = "a:1",
            FoundAt = Mailbox.Time.Wall,
        }));
        Mailbox.Import("a", mail);
        Assert.DoesNotContain(FindingKind.NeedsNewerVersion, Mailbox.OpenKinds());
    }

    [Theory]
    [InlineData("offline-license/receipts/v")]
    [InlineData("offline-license/receipts/v1x")]
    [InlineData("offline-license/receipts/v02")]
    public void What_is_no_version_at_all_is_damage(string line)
    {
        Assert.Equal(ImportOutcome.Damage, Mailbox.Outcome("odd", Encoding.UTF8.GetBytes(line + "\n"), Node().Mail()[28..]));
    }

    [Fact]
    public void A_file_of_many_forks_is_read_a_fixed_number_of_times()
    {
        var nodes = Enumerable.Range(0, 40).Select(number => FleetNode.Begin("acme", ExactText.FormatNumber(number), Start).Hold(License).Use(1, 2)).ToList();
        var copies = nodes.ConvertAll(node => node.Copy().Use(2, 1).Mail());
        Mailbox.Import("first", [.. nodes.Select(node => node.Use(1, 3).Mail())]);
        var opened = 0;
        var second = ImportBooks.FileOf("second", [.. copies]);

        var results = new ReceiptsImport(Mailbox.Registry, Mailbox.Time).Import(second with { Open = () => (++opened, second.Open()).Item2 });

        Assert.Equal((40, 4), (results.Count(result => result.Outcome == ImportOutcome.Fork), opened));
    }

    [Fact]
    public void Forks_are_found_behind_ledgers_that_are_damaged()
    {
        var (first, second) = (Node(), FleetNode.Begin("acme", "second", Start).Hold(License).Use(1, 2));
        var (copy, other) = (first.Copy().Use(2, 1), second.Copy().Use(3, 1));
        Mailbox.Import("a", first.Use(1, 1).Mail(), second.Use(1, 1).Mail());
        byte[] damaged = [.. FleetNode.Begin("acme", "third", Start).Hold(License).Use(1, 2).Mail()];
        damaged[^60] ^= 1;

        var results = Mailbox.Import("b", damaged, copy.Mail(), Later, damaged, other.Mail());

        Assert.Equal(2, results.Count(result => result.Outcome == ImportOutcome.Fork));
        Assert.Equal([copy.Ledger, other.Ledger], results.Where(result => result.Outcome == ImportOutcome.Fork).Select(result => result.Ledger));
        Assert.Equal(2, results.Count(result => result.Outcome == ImportOutcome.Damage));
    }

    private byte[] Stranger(string kind) => kind switch
    {
        "empty" => [],
        "license" => License.TextBytes.ToArray(),
        "text" => Encoding.UTF8.GetBytes("Dear vendor,\n\nhere are our receipts.\n"),
        "gzipped text" => Gzipped(Encoding.UTF8.GetBytes("Dear vendor,\n\nhere are our receipts.\n")),
        "picture" => [0x89, (byte)'P', (byte)'N', (byte)'G', (byte)'\r', (byte)'\n', 0x1a, (byte)'\n', .. Enumerable.Range(0, 9000).Select(static number => (byte)((number * 7919 >> 3) & 0xff))],
        _ => [.. Enumerable.Repeat((byte)'x', 10_000)],
    };

    private static byte[] Gzipped(byte[] bytes)
    {
        using var gzipped = new MemoryStream();
        using (var gzip = new GZipStream(gzipped, CompressionLevel.Fastest))
            gzip.Write(bytes);
        return gzipped.ToArray();
    }
}
