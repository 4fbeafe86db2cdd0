using System.Text;
using System.Text.Json;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Plans;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Tests.Issuer.Registry;
using Xunit;

namespace OfflineLicense.Tests.Issuer;

public sealed class IssueTests
{
    [Fact]
    public async Task A_license_is_recorded_and_reads_as_a_customers_node_reads_it()
    {
        using var desk = await IssuerDesk.WithHome();
        var id = await desk.IssueId("--until", "2027-11-22", "--node-minutes", "1_051_200", "--feature", "recording=true");
        var file = File.ReadAllBytes(desk.Path($"licenses/{id}.lic"));
        var reading = SignedLicense.Open(file, desk.OpenHome().ReadAnchors().ToTrust());
        var license = reading.License!.License;
        Assert.Equal((id, "Acme Telemedicine", IssuerDesk.Product, 64, 1051200), (license.Id, license.Licensee, license.Product, license.Quota.Cores, license.Quota.NodeMinutes));
        Assert.Equal(desk.Time.Wall, license.Issued);
        Assert.Equal(desk.OpenHome().VerifiersOf(KeyRole.Reply).Select(static key => key.ToString()), license.Receipts!.RepliesBy);
        using var registry = desk.OpenRegistry();
        var stored = registry.Read(transaction => new LicenseTable(transaction).WithId(id)).Single();
        Assert.Equal(file, stored.Note);
        Assert.Equal(reading.License.TextBytes, stored.Text);
        Assert.Equal("offline-license/license/v1", stored.Format);
        Assert.Equal(("license", id), desk.Signings().ConvertAll(static signing => (signing.Kind, signing.Subject)).Single());
    }

    [Fact]
    public async Task The_answer_names_the_license_and_its_file()
    {
        using var desk = await IssuerDesk.WithHome();
        var run = await desk.Issue(IssuerDesk.SmallPlan, "--days", "365", "--purpose", "trial");
        var id = desk.Ids().Single();
        Assert.Equal($"""
            license    {id}
            licensee   Acme Telemedicine
            product    openvidu-pro
            purpose    trial
            issued     2026-11-22 10:00:00 UTC
            term       2026-11-22 to 2027-11-22
            quota      64 cores
            replaces   none
            signed by  vendor.example/licenses/2026
            file       licenses/{id}.lic
            recorded, and verified as a customer's node does; 'issuer inspect' tells all of it in words

            """, run.Output.Replace('\\', '/'));
        run = await desk.Issue(IssuerDesk.SmallPlan, "--licensee", "Ärzte \"x\"", "--json");
        var answer = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal("Ärzte \"x\"", answer.GetProperty("licensee").GetString());
        Assert.True(File.Exists(answer.GetProperty("file").GetString()));
    }

    [Fact]
    public async Task The_sample_plan_explains_every_key()
    {
        var sample = SamplePlan.Text(IssuerDesk.Product);
        foreach (var key in PlanKey.All.Where(static key => !key.IsFilledIn))
            Assert.Contains($" {key.Path[(key.Path.LastIndexOf('.') + 1)..]}:", sample.ReplaceLineEndings(" "), StringComparison.Ordinal);
        using var desk = await IssuerDesk.WithHome();
        // With every line that may count made to count, it is a license still, but for the two ways to say the end.
        var full = string.Join('\n', sample.Split('\n').Select(static line =>
            line.TrimStart().StartsWith("# ", StringComparison.Ordinal) && line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["#", var word, ..]
            && (word.EndsWith(':') || (word == "-" && line.Contains("offline-license/", StringComparison.Ordinal)))
                ? line.Replace("# ", "", StringComparison.Ordinal) : line));
        full = full.Replace("  days: 365\n", "", StringComparison.Ordinal).Replace("  replies-by:\n", "", StringComparison.Ordinal)
            .Replace("replaces: 01JC0000000000000000000000\n", "", StringComparison.Ordinal);
        var run = await desk.Issue(full);
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task A_dry_run_prints_the_text_and_leaves_nothing()
    {
        using var desk = await IssuerDesk.WithHome();
        File.WriteAllText(desk.Path("plan.yaml"), IssuerDesk.SmallPlan);
        File.Delete(desk.Path("keys/licenses-2026.key")); // no key is needed
        var before = desk.Everything();
        var run = await desk.Run("issue", "plan.yaml", "--dry-run");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        Assert.Equal("Acme Telemedicine", LicenseFormat.Parse(run.Output).Licensee);
        Assert.Equal(before, desk.Everything());
    }

    [Fact]
    public async Task An_armored_license_survives_the_mail_and_reads_the_same()
    {
        using var desk = await IssuerDesk.WithHome();
        var id = await desk.IssueId("--armor", "--out", "acme.txt");
        var armored = File.ReadAllText(desk.Path("acme.txt"));
        Assert.StartsWith("-----BEGIN OFFLINE LICENSE-----\n", armored, StringComparison.Ordinal);
        var mailed = Encoding.UTF8.GetBytes(armored.Replace("\n", " \r\n", StringComparison.Ordinal));
        Assert.Equal(id, SignedLicense.Open(mailed, desk.OpenHome().ReadAnchors().ToTrust()).License!.License.Id);
        Assert.False(File.Exists(desk.Path($"licenses/{id}.lic")));
    }

    [Fact]
    public async Task A_second_live_license_of_a_customer_is_a_slip_unless_said_otherwise()
    {
        using var desk = await IssuerDesk.WithHome();
        var first = await desk.IssueId("--days", "30");
        var run = await desk.Issue(IssuerDesk.SmallPlan);
        Assert.Equal((ExitCode.Failure, $"error: Acme Telemedicine has a live license for openvidu-pro already: {first}\n"
            + $"hint: replace it by --replaces {first}, or give --separate for other nodes: licenses never add up on one\n"), (run.ExitCode, run.Error));
        var second = await desk.IssueId("--replaces", first, "--days", "30");
        run = await desk.Issue(IssuerDesk.SmallPlan, "--replaces", first);
        Assert.Equal($"error: the license {first} is replaced by {second} already\nhint: replace that one: --replaces {second}\n", run.Error);
        await desk.IssueId("--separate", "--days", "10");
        await desk.IssueId("--licensee", "Another");
        desk.Time.Advance(TimeSpan.FromDays(31));
        await desk.IssueId();
        Assert.Equal(5, desk.Ids().Count);
    }

    [Fact]
    public async Task A_license_that_is_to_be_replaced_was_issued_here_to_that_customer()
    {
        using var desk = await IssuerDesk.WithHome();
        var old = await desk.IssueId("--licensee", "Acme GmbH");
        var run = await desk.Issue(IssuerDesk.SmallPlan, "--replaces", "01JC0000000000000000000000");
        Assert.StartsWith("error: the license 01JC0000000000000000000000, which is to be replaced, was never issued here\n", run.Error, StringComparison.Ordinal);
        run = await desk.Issue(IssuerDesk.SmallPlan, "--replaces", old, "--licensee", "Acme AG");
        Assert.Equal($"error: the license {old}, which is to be replaced, is of 'Acme GmbH', not of 'Acme AG'\n"
            + "hint: if the customer has a new name, give --renamed\n", run.Error);
        await desk.IssueId("--replaces", old, "--licensee", "Acme AG", "--renamed");
    }

    [Theory]
    [InlineData("issue none.yaml", ExitCode.Unreadable, "error: cannot read '")]
    [InlineData("issue plan.yaml --product other", ExitCode.Usage, "error: --product: this home issues licenses for 'openvidu-pro', not for 'other'")]
    [InlineData("issue other.yaml", ExitCode.Malformed, "error: line 1 of other.yaml: this home issues licenses for 'openvidu-pro', not for 'other'")]
    [InlineData("issue wrong.yaml", ExitCode.Malformed, "error: line 2 of wrong.yaml: 'core' is no key of a license hint: did you mean 'quota.cores'?")]
    [InlineData("issue empty.yaml", ExitCode.Malformed, "error: line 1 of empty.yaml: the text holds no YAML")]
    [InlineData("issue plan.yaml --cores 0", ExitCode.Usage, "error: --cores: 'quota.cores' is no whole number from 1 to 9007199254740991: '0'")]
    [InlineData("issue plan.yaml --from 2026-12-01 --until 2026-11-30", ExitCode.Usage, "error: --until: 'term.until' is not later than 'term.from'")]
    [InlineData("issue plan.yaml --until 2026-02-30", ExitCode.Usage, "error: --until: 'term.until' is no day such as 2026-12-01 and no time such as 2026-12-01T10:00:00Z: '2026-02-30'")]
    [InlineData("issue plan.yaml --from 2026-02-30 --days 30", ExitCode.Usage, "error: --from: 'term.from' is no day such as 2026-12-01 and no time such as 2026-12-01T10:00:00Z: '2026-02-30'")]
    [InlineData("issue plan.yaml --days 3 --until 2027-11-30", ExitCode.Usage, "error: '--until' and '--days' both say when the term ends")]
    [InlineData("issue plan.yaml --feature recording", ExitCode.Usage, "error: --feature: 'recording' is not NAME=TEXT")]
    [InlineData("issue plan.yaml --key nobody", ExitCode.Failure, "error: no license key is named 'nobody'")]
    [InlineData("issue plan.yaml --key replies/2026", ExitCode.Failure, "error: no license key is named 'replies/2026'")]
    [InlineData("issue plan.yaml --out plan.yaml", ExitCode.Unreadable, "error: '")]
    [InlineData("issue plan.yaml --out plan.yaml/x.lic", ExitCode.Unreadable, "error: cannot write '")]
    [InlineData("issue plan.yaml --out no/folder/x.lic", ExitCode.Unreadable, "error: cannot write '")]
    [InlineData("issue plan.yaml --passphrase-file none", ExitCode.Ok, "")]
    [InlineData("issue", ExitCode.Usage, "error: name one plan, or many licenses by --batch and --template")]
    [InlineData("show 01JC0000000000000000000000", ExitCode.Failure, "error: no license '01JC0000000000000000000000' was issued here")]
    public async Task What_cannot_be_issued_is_one_error_and_leaves_nothing(string line, int code, string error)
    {
        using var desk = await IssuerDesk.WithHome();
        File.WriteAllText(desk.Path("plan.yaml"), IssuerDesk.SmallPlan);
        File.WriteAllText(desk.Path("other.yaml"), "product: other\nlicensee: A\nquota: {}\n");
        File.WriteAllText(desk.Path("wrong.yaml"), "licensee: A\ncore: 5\n");
        File.WriteAllText(desk.Path("empty.yaml"), "");
        var before = desk.Everything();
        var run = await desk.Run(line.Split(' '));
        Assert.Equal(code, run.ExitCode);
        Assert.StartsWith(error, run.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
        if (code != ExitCode.Ok) Assert.Equal(before, desk.Everything());
    }

    [Fact]
    public async Task Keys_that_cannot_sign_are_named()
    {
        using var desk = await IssuerDesk.WithHome();
        var home = desk.OpenHome();
        var key = desk.Path("keys/licenses-2026.key");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.GroupRead);
            await Refused("error: keys/licenses-2026.key: others can read or change the key file");
            File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        using (var other = SigningKey.Generate("other"))
            File.WriteAllText(key, KeyFile.WriteUnencrypted(other));
        await Refused("error: keys/licenses-2026.pub is not the public half of keys/licenses-2026.key");
        File.WriteAllText(key, "not a key");
        await Refused("error: keys/licenses-2026.key: the file holds no PEM key");
        File.Delete(key);
        await Refused("error: the secret key keys/licenses-2026.key is not here");
        File.WriteAllText(desk.Path("keys/licenses-2026.pub"), "not a key");
        await Refused("error: keys/licenses-2026.pub: a verifier key is name+id+base64 on one line");
        File.Delete(desk.Path("keys/licenses-2026.pub"));
        await Refused("error: cannot read '");
        Assert.Empty(desk.Ids());

        async Task Refused(string error)
        {
            var run = await desk.Issue(IssuerDesk.SmallPlan);
            Assert.NotEqual(ExitCode.Ok, run.ExitCode);
            Assert.StartsWith(error, run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_license_that_customers_could_not_verify_is_not_signed()
    {
        using var desk = await IssuerDesk.WithHome();
        using var other = SigningKey.Generate("vendor.example/licenses/2025");
        File.WriteAllText(desk.Path("openvidu-pro.anchors"), $"offline-license/anchors/v1\nproduct {IssuerDesk.Product}\nlicense {other.VerifierKey}\n");
        var run = await desk.Issue(IssuerDesk.SmallPlan);
        Assert.Equal(ExitCode.NotTrusted, run.ExitCode);
        Assert.StartsWith("error: customers could not use this license, so it was not signed: not signed by a key trusted here", run.Error, StringComparison.Ordinal);
        Assert.Empty(desk.Ids());
        Assert.Empty(Directory.GetFiles(desk.Path("licenses")));
        File.WriteAllText(desk.Path("openvidu-pro.anchors"), "nonsense\n");
        Assert.Equal(ExitCode.Malformed, (await desk.Issue(IssuerDesk.SmallPlan)).ExitCode);
    }

    [Fact]
    public async Task A_doubtful_clock_signs_nothing_until_a_person_says_that_it_is_right()
    {
        using var desk = await IssuerDesk.WithHome();
        await desk.IssueId("--licensee", "A");
        desk.Time.Wall = desk.Time.Wall.AddSeconds(-1);
        var run = await desk.Issue(IssuerDesk.SmallPlan, "--licensee", "B");
        Assert.Equal("error: this machine's clock says 2026-11-22 09:59:59 UTC, which is before the last signing, of 2026-11-22 10:00:00 UTC; nothing was signed\n"
            + "hint: set the clock right; if it is right, say so with --date-is-right\n", run.Error);
        desk.Time.Wall = desk.Time.Wall.AddSeconds(1).AddDays(400);
        await desk.IssueId("--licensee", "B");
        desk.Time.Wall = desk.Time.Wall.AddDays(400).AddSeconds(1);
        run = await desk.Issue(IssuerDesk.SmallPlan, "--licensee", "C");
        Assert.Contains("more than 400 days after the last signing", run.Error, StringComparison.Ordinal);
        await desk.IssueId("--licensee", "C", "--date-is-right");
        await desk.IssueId("--licensee", "D"); // the newest entry is the measure, also after a wrong date was confirmed
        Assert.Equal(4, desk.Ids().Count);
    }

    [SqliteFact]
    public async Task Without_its_registry_or_folder_nothing_is_signed()
    {
        using var desk = await IssuerDesk.WithHome();
        Directory.Delete(desk.Path("licenses"));
        var run = await desk.Issue(IssuerDesk.SmallPlan);
        Assert.Equal(ExitCode.Unreadable, run.ExitCode);
        Assert.EndsWith(": its folder does not exist\n", run.Error, StringComparison.Ordinal);
        Assert.Empty(desk.Ids());
        using (var registry = desk.OpenRegistry())
            registry.Write(static transaction => transaction.Execute("INSERT INTO upgrades VALUES (999)"));
        run = await desk.Issue(IssuerDesk.SmallPlan, "--out", "x.lic");
        Assert.Equal(ExitCode.Unreadable, run.ExitCode);
        Assert.Contains("has version 999", run.Error, StringComparison.Ordinal);
        File.Delete(desk.Path("registry.db"));
        run = await desk.Issue(IssuerDesk.SmallPlan, "--out", "x.lic");
        Assert.Equal((ExitCode.Unreadable, $"error: the registry {desk.Path("registry.db")} is missing; restore it from a backup, or name the right file in issuer.yaml\n"),
            (run.ExitCode, run.Error));
        Assert.False(File.Exists(desk.Path("x.lic")));
        Assert.False(File.Exists(desk.Path("registry.db")));
    }

    [Fact]
    public async Task A_lost_file_is_written_again_out_of_the_registry()
    {
        using var desk = await IssuerDesk.WithHome();
        var id = await desk.IssueId();
        var file = File.ReadAllBytes(desk.Path($"licenses/{id}.lic"));
        File.Delete(desk.Path($"licenses/{id}.lic"));
        var run = await desk.Run("show", id, "--out", "again.lic");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        Assert.Equal(file, File.ReadAllBytes(desk.Path("again.lic")));
        Assert.Equal(file, (await desk.Run("show", id, "--out", "-")).OutputBytes);
        run = await desk.Run("show", id, "--out", "again.lic");
        Assert.Equal(ExitCode.Unreadable, run.ExitCode);
        Assert.Contains("is there already; nothing is overwritten", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_tells_where_licenses_stand()
    {
        using var desk = await IssuerDesk.WithHome();
        Assert.Equal("no such license is in the registry\n", (await desk.Run("list")).Output);
        var ended = await desk.IssueId("--days", "1");
        desk.Time.Advance(TimeSpan.FromDays(2));
        var renewed = await desk.IssueId("--days", "30");
        desk.Time.Advance(TimeSpan.FromSeconds(1));
        var ahead = await desk.IssueId("--replaces", renewed, "--from", "2027-01-01");
        desk.Time.Advance(TimeSpan.FromSeconds(1));
        var running = await desk.IssueId("--licensee", "Zeta");
        var list = await desk.Run("list");
        Assert.Equal($"""
            license                     licensee           purpose     term                        standing
            {ended}  Acme Telemedicine  production  2026-11-22 to 2026-11-23    ended
            {renewed}  Acme Telemedicine  production  2026-11-24 to 2026-12-24    running
            {ahead}  Acme Telemedicine  production  2027-01-01 on, without end  ahead
            {running}  Zeta               production  2026-11-24 on, without end  running

            """, list.Output);
        var live = JsonDocument.Parse((await desk.Run("list", "--live", "--json")).Output).RootElement.GetProperty("licenses");
        Assert.Equal([renewed, ahead, running], live.EnumerateArray().Select(static license => license.GetProperty("id").GetString()!));
        var over = JsonDocument.Parse((await desk.Run("list", "--ended", "--json")).Output).RootElement.GetProperty("licenses");
        Assert.Equal([ended], over.EnumerateArray().Select(static license => license.GetProperty("id").GetString()!));
        Assert.Contains($"replaced by  {ahead}\n", (await desk.Run("show", renewed)).Output, StringComparison.Ordinal);
        var one = JsonDocument.Parse((await desk.Run("list", "--licensee", "Zeta", "--json")).Output).RootElement.GetProperty("licenses");
        Assert.Equal(1, one.GetArrayLength());
        var nobody = await desk.Run("list", "--licensee", "Zebra");
        Assert.Equal((ExitCode.Failure, "", "error: no license was issued to 'Zebra' here\nhint: 'issuer list' shows all customers, spelled exactly\n"), (nobody.ExitCode, nobody.Output, nobody.Error));
        var both = await desk.Run("list", "--live", "--ended");
        Assert.Equal((ExitCode.Usage, ""), (both.ExitCode, both.Output));
        Assert.StartsWith("error: '--live' and '--ended' contradict each other", both.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_clerks_who_issue_at_once_do_not_give_a_customer_two_licenses()
    {
        using var desk = await IssuerDesk.WithHome();
        File.WriteAllText(desk.Path("plan.yaml"), IssuerDesk.SmallPlan);
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => desk.Run("issue", "plan.yaml"))));
        Assert.Single(runs, static run => run.ExitCode == ExitCode.Ok);
        Assert.Single(desk.Ids());
        Assert.Single(Directory.GetFiles(desk.Path("licenses")));
    }
}
