using System.Text.Json;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Issuer;

/// <summary>A clerk works through what imports found, and finds again what was decided.</summary>
public sealed class FindingsCommandTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task What_is_seen_to_is_listed_no_more_and_is_found_again_by_its_state()
    {
        using var desk = await WithMail();
        Assert.Equal(["damage", "new-installation"], await Kinds(desk));

        await Ok(desk, "findings", "confirm", "1", "--by", "maria");
        await Ok(desk, "findings", "settle", "2", "--by", "maria", "--why", "sent again, whole");

        Assert.Equal("nothing of that is to be seen to", (await Ok(desk, "findings")).Split('\n')[0]);
        Assert.Contains("2 findings more", await Ok(desk, "findings"), StringComparison.Ordinal);
        Assert.Equal(["new-installation"], await Kinds(desk, "--state", "confirmed"));
        Assert.Equal(["damage"], await Kinds(desk, "--state", "settled"));
        Assert.Equal(["damage", "new-installation"], await Kinds(desk, "--state", "settled", "--state", "confirmed"));
        Assert.Equal(["damage"], await Kinds(desk, "--all", "--kind", "damage"));
        Assert.Equal(["new-installation"], await Kinds(desk, "--all", "--licensee", "Acme Telemedicine"));
        Assert.Equal([], await Kinds(desk, "--all", "--licensee", "Somebody Else"));
    }

    [Fact]
    public async Task One_is_shown_with_evidence_meaning_next_act_and_history()
    {
        using var desk = await WithMail();
        await Ok(desk, "findings", "settle", "2", "--by", "maria", "--why", "ticket 4711");

        var shown = await Ok(desk, "findings", "show", "2");

        foreach (var part in (string[])["damage", "settled", "damaged:", "it was cut off", "by maria: ticket 4711"])
            Assert.Contains(part, shown, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(await Ok(desk, "findings", "show", "2", "--json"));
        var decision = Assert.Single(json.RootElement.GetProperty("decisions").EnumerateArray());
        Assert.Equal(("maria", "settled", "ticket 4711"),
            (decision.GetProperty("by").GetString(), decision.GetProperty("state").GetString(), decision.GetProperty("why").GetString()));
    }

    [Fact]
    public async Task A_settled_finding_makes_no_exit_code_any_more()
    {
        using var desk = await WithMail();
        Assert.Equal(ExitCode.Damage, (await desk.Run("import", "damaged")).ExitCode);
        await Ok(desk, "findings", "settle", "2", "--by", "maria", "--why", "known");
        var again = await desk.Run("import", "damaged");
        Assert.Equal(ExitCode.Ok, again.ExitCode);
        Assert.Contains("damaged", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_logged_in_decides_where_nobody_is_named()
    {
        using var desk = await WithMail();
        Assert.Equal(ExitCode.Usage, (await desk.Run("findings", "confirm", "1")).ExitCode);
        var run = await desk.RunWithVariable("USER", "jo", "findings", "confirm", "1");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        Assert.Contains("by jo", await Ok(desk, "findings", "show", "1"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ExitCode.Failure, "show", "99")]
    [InlineData(ExitCode.Failure, "confirm", "1", "99", "--by", "maria")]
    [InlineData(ExitCode.Failure, "settle", "1", "--by", "maria", "--why", "x")]
    [InlineData(ExitCode.Failure, "decline", "2", "--by", "maria", "--why", "x")]
    [InlineData(ExitCode.Usage, "settle", "2", "--by", "maria")]
    [InlineData(ExitCode.Usage, "settle", "2", "--by", "maria", "--why", " ")]
    [InlineData(ExitCode.Usage, "settle", "--by", "maria", "--why", "x")]
    [InlineData(ExitCode.Usage, "--state", "done")]
    [InlineData(ExitCode.Usage, "--kind", "forks")]
    public async Task What_cannot_be_meant_is_refused_and_nothing_is_decided(int exitCode, params string[] args)
    {
        using var desk = await WithMail();
        var before = await Ok(desk, "findings", "--all", "--json");

        var run = await desk.Run(["findings", .. args]);

        Assert.Equal((exitCode, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("hint: ", run.Error, StringComparison.Ordinal);
        Assert.Equal(before, await Ok(desk, "findings", "--all", "--json"));
    }

    [Fact]
    public async Task A_clerk_s_list_reads_as_approved()
    {
        using var desk = await IssuerDesk.WithHome("2027-03-05T08:00:00Z");
        using var vendor = new FleetVendor();
        var license = vendor.Issue(FleetVendor.Plan(1) with { Quota = new LicenseQuota { Cores = 6, NodeMinutes = 100_000 } });
        var late = vendor.Issue(FleetVendor.Plan(2, "Beta Clinic") with { Receipts = new LicenseReceipts { MailEvery = Duration.Parse("30d") } });
        using (var registry = desk.OpenRegistry())
        {
            registry.Write(transaction =>
            {
                new LicenseTable(transaction).Add(StoredLicense.Of(license, []));
                new LicenseTable(transaction).Add(StoredLicense.Of(late, []));
            });
        }

        var node = FleetNode.Begin("acme", "one", Start).Hold(license).Use(4, 24);
        var copy = node.Copy().Use(1, 2).Mail();
        Mail(desk, "one", node.Use(4, 24 * 90).Mail());
        Mail(desk, "two", FleetNode.Begin("acme", "two", Start).Hold(license).Use(4, 24).Mail());
        Mail(desk, "copied", copy);
        Mail(desk, "gap", FleetNode.Begin("acme", "three", Start).Hold(license).Use(4, 24).Mail(from: 9));
        Mail(desk, "altered", FleetNode.Begin("thief", "one", Start).Hold(vendor.Issue(license.License with { Quota = new LicenseQuota() })).Use(90, 3).Mail());
        Mail(desk, "picture", [1, 2, 3]);

        var import = await desk.Run("import", "--no-reply", "one", "two", "copied", "gap", "altered", "picture");
        await Ok(desk, "findings", "settle", "2", "--by", "maria", "--why", "the machine was copied; both are switched off");

        Snapshot.Match(string.Join("\n", import.Output, await Ok(desk, "findings"), await Ok(desk, "findings", "show", "2")), "findings");
    }

    private static async Task<string> Ok(IssuerDesk desk, params string[] args)
    {
        var run = await desk.Run(args);
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        return run.Output;
    }

    private static async Task<IEnumerable<string?>> Kinds(IssuerDesk desk, params string[] args)
    {
        using var json = JsonDocument.Parse(await Ok(desk, ["findings", "--json", .. args]));
        return [.. json.RootElement.GetProperty("findings").EnumerateArray().Select(finding => finding.GetProperty("kind").GetString()).Order(StringComparer.Ordinal)];
    }

    private static void Mail(IssuerDesk desk, string name, byte[] mail) => File.WriteAllBytes(desk.Path(name), mail);

    private static async Task<IssuerDesk> WithMail()
    {
        var desk = await IssuerDesk.WithHome("2027-01-05T08:00:00Z");
        var id = await desk.IssueId("--from", "2026-11-22", "--date-is-right");
        var license = SignedLicense.Open(File.ReadAllBytes(desk.Path($"licenses/{id}.lic")), desk.OpenHome().ReadAnchors().ToTrust()).License!;
        var mail = FleetNode.Begin("acme", "one", Start).Hold(license).Use(4, 5).Mail();
        File.WriteAllBytes(desk.Path("whole"), mail);
        File.WriteAllBytes(desk.Path("damaged"), mail[..^30]);
        await desk.Run("import", "whole", "damaged");
        return desk;
    }
}
