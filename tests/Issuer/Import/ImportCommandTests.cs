using System.Text.Json;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Import;

public sealed class ImportCommandTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_mail_is_imported_answered_and_billed()
    {
        using var desk = await IssuerDesk.WithHome();
        var license = await Issue(desk);
        var node = FleetNode.Begin("acme", "one", Start).Hold(license).Use(4, 5);
        Put(desk, "mails/acme.receipts", node.Mail());
        desk.Time.Wall = node.Now;

        var import = await desk.Run("import", "mails");

        Assert.Equal((ExitCode.Ok, ""), (import.ExitCode, import.Error));
        Assert.Contains("mail the reply", import.Output, StringComparison.Ordinal);
        var reply = Reply.Open(File.ReadAllBytes(desk.Path("replies/acme-telemedicine-openvidu-pro.reply")), desk.OpenHome().VerifiersOf(KeyRole.Reply)).Document!;
        Assert.Equal(new ReplyLedger(node.Ledger, node.Size, ExactText.FormatBase64(node.RootAt(node.Size))), Assert.Single(reply.Ledgers));

        var statement = await desk.Run("statement", license.License.Id);
        var byName = await desk.Run("statement", "--licensee", "Acme Telemedicine");
        Assert.Equal((ExitCode.Ok, statement.Output), (statement.ExitCode, byName.Output));
        Assert.Contains("18000", statement.Output, StringComparison.Ordinal);
        await desk.Run("statement", license.License.Id, "--out", "acme.txt");
        Assert.Equal(statement.Output, File.ReadAllText(desk.Path("acme.txt")));
    }

    [Fact]
    public async Task The_gravest_finding_makes_the_exit_code_and_json_tells_all()
    {
        using var desk = await IssuerDesk.WithHome();
        var license = await Issue(desk);
        var node = FleetNode.Begin("acme", "one", Start).Hold(license).Use(4, 5);
        var copy = node.Copy().Use(1, 1);
        node.Use(2, 2);
        Put(desk, "good", node.Mail());
        Put(desk, "gap", FleetNode.Begin("acme", "two", Start).Hold(license).Use(4, 5).Mail(from: 3));
        Put(desk, "damage", [.. node.Mail()[..^3], (byte)'\n']);
        Put(desk, "unknown", Stranger("three", FleetVendor.Plan(7)).Mail());
        Put(desk, "altered", Stranger("four", license.License with { Quota = new LicenseQuota { Cores = 9999 } }).Mail());
        Put(desk, "fork", copy.Mail());

        Assert.Equal(ExitCode.Ok, (await desk.Run("import", "good")).ExitCode);
        Assert.Equal(ExitCode.Gap, (await desk.Run("import", "gap")).ExitCode);
        Assert.Equal(ExitCode.Damage, (await desk.Run("import", "damage", "gap")).ExitCode);
        Assert.Equal(ExitCode.UnknownLicense, (await desk.Run("import", "unknown", "damage", "gap")).ExitCode);
        Assert.Equal(ExitCode.AlteredLicense, (await desk.Run("import", "altered", "unknown", "damage")).ExitCode);
        var all = await desk.Run("import", "--json", "good", "gap", "damage", "unknown", "altered", "fork");
        Assert.Equal(ExitCode.Fork, all.ExitCode);
        using var json = JsonDocument.Parse(all.Output);
        Assert.Equal(
            ["known", "gap", "damage", "known", "known", "fork"],
            json.RootElement.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("outcome").GetString()));
        Assert.Equal(
            ["fork", "altered-license", "unknown-license", "damage", "gap", "new-installation"],
            json.RootElement.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("kind").GetString()).Distinct());

        // The good file by itself is good again: a code tells of the call, and 'findings' of the books.
        Assert.Equal(ExitCode.Ok, (await desk.Run("import", "good")).ExitCode);
        var findings = await desk.Run("findings");
        foreach (var kind in (string[])["fork", "altered-license", "unknown-license", "damage", "gap", "new-installation"])
            Assert.Contains(kind, findings.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gap_that_closes_within_the_call_is_no_gap()
    {
        using var desk = await IssuerDesk.WithHome();
        var node = FleetNode.Begin("acme", "one", Start).Hold(await Issue(desk)).Use(4, 5);
        Put(desk, "1", node.Mail(from: 4));
        Put(desk, "2", node.Mail(until: 4));

        var import = await desk.Run("import", "1", "2");

        Assert.Equal(ExitCode.Ok, import.ExitCode);
        Assert.Contains("taken in since", import.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Both_histories_of_a_fork_are_saved_as_files_that_verify()
    {
        using var desk = await IssuerDesk.WithHome();
        var node = FleetNode.Begin("acme", "one", Start).Hold(await Issue(desk)).Use(4, 5);
        var copy = node.Copy().Use(1, 1);
        Put(desk, "1", node.Use(2, 2).Mail());
        Put(desk, "2", copy.Mail());
        await desk.Run("import", "1", "2");
        using var registry = desk.OpenRegistry();
        var fork = registry.Read(static transaction => new FindingTable(transaction).All())
            .Single(finding => finding.Kind == OfflineLicense.Issuer.Import.FindingKind.Fork).Number.ToString(System.Globalization.CultureInfo.InvariantCulture);

        var save = await desk.Run("findings", "save", fork, "--out", "evidence");

        Assert.Equal((ExitCode.Ok, ""), (save.ExitCode, save.Error));
        Assert.Equal([node.Mail(), copy.Mail()], Directory.GetFiles(desk.Path("evidence")).Order(StringComparer.Ordinal).Select(File.ReadAllBytes));
        Assert.NotEqual(ExitCode.Ok, (await desk.Run("findings", "save", "99", "--out", "evidence")).ExitCode);
        Assert.Equal(ExitCode.Unreadable, (await desk.Run("findings", "save", fork, "--out", "evidence")).ExitCode);
    }

    [Fact]
    public async Task A_wrong_file_and_one_of_a_later_version_have_their_codes_and_keep_nothing_from_being_imported()
    {
        using var desk = await IssuerDesk.WithHome();
        var node = FleetNode.Begin("acme", "one", Start).Hold(await Issue(desk)).Use(4, 5);
        Put(desk, "mails/1.receipts", "Dear vendor\n"u8.ToArray());
        Put(desk, "mails/2.receipts", node.Mail());

        var import = await desk.Run("import", "mails");

        Assert.Equal(ExitCode.Malformed, import.ExitCode);
        Assert.Contains("it is no receipts file", import.Output, StringComparison.Ordinal);
        Assert.Contains("issuer inspect", import.Output, StringComparison.Ordinal);
        Assert.Contains("mail the reply", import.Output, StringComparison.Ordinal);
        Put(desk, "later", "offline-license/receipts/v2\n"u8.ToArray());
        Assert.Equal(ExitCode.DoesNotFit, (await desk.Run("import", "later")).ExitCode);
    }

    [LinuxFact]
    public async Task A_link_that_leads_nowhere_is_named_and_the_others_are_imported()
    {
        using var desk = await IssuerDesk.WithHome();
        var node = FleetNode.Begin("acme", "one", Start).Hold(await Issue(desk)).Use(4, 5);
        Put(desk, "mails/2.receipts", node.Mail());
        File.CreateSymbolicLink(desk.Path("mails/1.receipts"), desk.Path("gone"));

        var import = await desk.Run("import", "mails");

        Assert.Equal((ExitCode.Unreadable, ""), (import.ExitCode, import.Error));
        Assert.Contains("mails/1.receipts", import.Output, StringComparison.Ordinal);
        using var registry = desk.OpenRegistry();
        Assert.Single(registry.Read(static transaction => new LedgerTable(transaction).All()));
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("empty")]
    public async Task What_is_not_there_is_told_before_anything_is_imported(string name)
    {
        using var desk = await IssuerDesk.WithHome();
        var node = FleetNode.Begin("acme", "one", Start).Hold(await Issue(desk)).Use(4, 5);
        Put(desk, "good", node.Mail());
        Directory.CreateDirectory(desk.Path("empty"));

        var import = await desk.Run("import", "good", name);

        Assert.Equal(ExitCode.Unreadable, import.ExitCode);
        Assert.Contains(name, import.Error, StringComparison.Ordinal);
        using var registry = desk.OpenRegistry();
        Assert.Empty(registry.Read(static transaction => new LedgerTable(transaction).All()));
    }

    [Fact]
    public async Task A_clock_that_went_back_stops_the_reply_before_anything_is_imported_unless_a_person_insists()
    {
        using var desk = await IssuerDesk.WithHome();
        var node = FleetNode.Begin("acme", "one", Start).Hold(await Issue(desk)).Use(4, 5);
        Put(desk, "good", node.Mail());
        desk.Time.Wall = Start.AddYears(-1);

        var refused = await desk.Run("import", "good");

        Assert.Equal(ExitCode.Failure, refused.ExitCode);
        using (var registry = desk.OpenRegistry())
            Assert.Empty(registry.Read(static transaction => new ImportJournal(transaction).All()));
        Assert.Equal(ExitCode.Ok, (await desk.Run("import", "good", "--no-reply")).ExitCode);
        Assert.False(Directory.Exists(desk.Path("replies")) && Directory.EnumerateFiles(desk.Path("replies")).Any());
        Assert.Equal(ExitCode.Ok, (await desk.Run("import", "good", "--date-is-right")).ExitCode);
    }

    [Theory]
    [InlineData(ExitCode.Usage)]
    [InlineData(ExitCode.Usage, "01JDA7X0R3Q8N5V2K6T9W00001", "--licensee", "Acme Telemedicine")]
    [InlineData(ExitCode.Usage, "--licensee", "Acme Telemedicine", "--month", "2026-13")]
    [InlineData(ExitCode.Usage, "--licensee", "Acme Telemedicine", "--from", "2026-12-01")]
    [InlineData(ExitCode.Usage, "--licensee", "Acme Telemedicine", "--month", "2026-12", "--from", "2026-12-01", "--until", "2026-12-02")]
    [InlineData(ExitCode.Failure, "--licensee", "acme telemedicine")]
    [InlineData(ExitCode.Failure, "01JDA7X0R3Q8N5V2K6T9W00001")]
    public async Task A_statement_that_nobody_can_mean_is_refused(int exitCode, params string[] args)
    {
        using var desk = await IssuerDesk.WithHome();
        await desk.IssueId();

        var run = await desk.Run(["statement", .. args]);

        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
    }

    private static async Task<SignedLicense> Issue(IssuerDesk desk)
    {
        var id = await desk.IssueId();
        return SignedLicense.Open(File.ReadAllBytes(desk.Path($"licenses/{id}.lic")), desk.OpenHome().ReadAnchors().ToTrust()).License!;
    }

    // A node that wrote receipts for a text that the vendor never issued.
    private static FleetNode Stranger(string ledger, License license)
    {
        using var vendor = new FleetVendor();
        return FleetNode.Begin("acme", ledger, Start).Hold(vendor.Issue(license)).Use(1, 2);
    }

    private static void Put(IssuerDesk desk, string name, byte[] mail)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(desk.Path(name))!);
        File.WriteAllBytes(desk.Path(name), mail);
    }
}
