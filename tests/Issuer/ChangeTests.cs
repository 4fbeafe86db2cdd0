using System.Text.Json;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Issuer;

/// <summary><c>issuer amend</c> and <c>issuer renew</c>: licenses that change in mid-term, and those that go on.</summary>
public sealed class ChangeTests
{
    private const string FullPlan = """
        licensee: Acme Telemedicine
        purpose: production
        term: {from: 2026-11-22, until: 2027-11-22}
        builds-until: 2027-11-22
        grace: {days: 20, earn: 1, limit: 60}
        quota: {per: term, cores: 64, node-minutes: 1_051_200, core-minutes: 33_638_400, node-cores: 16}
        overage: refuse
        enforcement: advisory
        receipts: {every: 1h, mail-every: 90d}
        needs: {trust: 3, reply: 7}
        installations: [offline-license/mfrggzdfmztwq2lknnwg23tpoa]
        features: {recording: "true", rooms: "12"}
        hints: {region: eu}
        notes: {order: A-1027}
        """;

    [Fact]
    public async Task An_amendment_says_all_that_the_old_license_says_but_for_the_flags()
    {
        using var desk = await IssuerDesk.WithHome();
        var old = await Full(desk);
        desk.Time.Advance(TimeSpan.FromDays(60));
        var license = await Change(desk, "amend", old.Id, "--cores", "+64", "--core-minutes", "50_000_000", "--feature", "recording=false");
        Assert.Equal(
            old with
            {
                Id = license.Id,
                Replaces = old.Id,
                Issued = desk.Time.Wall,
                Quota = old.Quota with { Cores = 128, CoreMinutes = 50_000_000 },
                Features = new Dictionary<string, string>(StringComparer.Ordinal) { ["recording"] = "false", ["rooms"] = "12" },
            },
            license);
    }

    [Fact]
    public async Task What_changes_is_printed_line_by_line_before_anything_is_signed()
    {
        using var desk = await IssuerDesk.WithHome();
        var old = await Full(desk);
        var run = await desk.Run("amend", old.Id, "--node-cores", "-8", "--feature", "whiteboard=true", "--remove", "quota.node-minutes", "--key", "nobody");
        Assert.Equal((ExitCode.Failure, "error: no license key is named 'nobody'\nhint: 'issuer key show' lists the keys\n"), (run.ExitCode, run.Error));
        Assert.Equal($"""
            replaces  {old.Id}
            licensee  Acme Telemedicine
            key                  old      new
            quota.node-minutes   1051200  none
            quota.node-cores     16       8
            features.whiteboard  none     true

            """, run.Output);
        Assert.Single(desk.Ids());
    }

    [Fact]
    public async Task A_dry_run_of_a_change_tells_what_changes_and_leaves_nothing()
    {
        using var desk = await IssuerDesk.WithHome();
        var old = await Full(desk);
        var before = desk.Everything();
        var run = await desk.Run("amend", old.Id, "--cores", "65", "--dry-run");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        Assert.Contains("quota.cores  64   65\n\nformat: offline-license/license/v1\n", run.Output, StringComparison.Ordinal);
        var answer = JsonDocument.Parse((await desk.Run("renew", old.Id, "--dry-run", "--json")).Output).RootElement;
        Assert.Equal(
            ["term.from 2026-11-22T00:00:00Z 2027-11-22T00:00:00Z", "term.until 2027-11-22T00:00:00Z 2028-11-22T00:00:00Z", "builds-until 2027-11-22T00:00:00Z 2028-11-22T00:00:00Z"],
            answer.GetProperty("changes").EnumerateArray().Select(static change =>
                $"{change.GetProperty("key").GetString()} {change.GetProperty("old").GetString()} {change.GetProperty("new").GetString()}"));
        Assert.Equal(before, desk.Everything());
    }

    [Theory]
    [InlineData("--from 2026-11-22 --until 2027-11-22", "2027-11-22T00:00:00Z", "2028-11-22T00:00:00Z")] // a leap day is no reason to end a day early
    [InlineData("--from 2026-11-22 --days 90", "2027-02-20T00:00:00Z", "2027-05-21T00:00:00Z")]
    [InlineData("--from 2026-12-01 --until 2027-01-01", "2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z")]
    [InlineData("--from 2026-11-22T12:00:00Z --until 2026-11-29T18:00:00Z", "2026-11-29T18:00:00Z", "2026-12-07T00:00:00Z")]
    public async Task A_renewal_begins_where_the_term_ends_and_is_as_long_by_the_calendar(string term, string from, string until)
    {
        using var desk = await IssuerDesk.WithHome();
        var old = await desk.IssueId(term.Split(' '));
        var license = await Change(desk, "renew", old);
        Assert.Equal((Time(from), Time(until)), (license.From, license.Until));
    }

    [Fact]
    public async Task A_renewal_keeps_what_was_granted_and_takes_flags_over_it()
    {
        using var desk = await IssuerDesk.WithHome();
        var old = await Full(desk);
        desk.Time.Advance(TimeSpan.FromDays(340));
        var license = await Change(desk, "renew", old.Id, "--days", "30", "--cores", "-32", "--note", "order=A-2001");
        Assert.Equal(
            old with
            {
                Id = license.Id,
                Replaces = old.Id,
                Issued = desk.Time.Wall,
                From = Time("2027-11-22T00:00:00Z"),
                Until = Time("2027-12-22T00:00:00Z"),
                BuildsUntil = Time("2027-12-22T00:00:00Z"),
                Quota = old.Quota with { Cores = 32 },
                Notes = new Dictionary<string, string>(StringComparer.Ordinal) { ["order"] = "A-2001" },
            },
            license);
    }

    [Fact]
    public async Task A_late_renewal_is_dated_back_so_that_no_day_of_use_is_unlicensed_unless_a_date_is_given()
    {
        using var desk = await IssuerDesk.WithHome();
        var old = await desk.IssueId("--from", "2026-11-22", "--until", "2027-11-22");
        desk.Time.Advance(TimeSpan.FromDays(395));
        Assert.Equal(Time("2027-11-22T00:00:00Z"), (await Change(desk, "renew", old)).From);
        var other = await desk.IssueId("--licensee", "B", "--from", "2026-11-22", "--until", "2027-11-22");
        var later = await Change(desk, "renew", other, "--from", "2027-12-24");
        Assert.Equal((Time("2027-12-24T00:00:00Z"), Time("2028-12-24T00:00:00Z")), (later.From, later.Until));
        var run = await desk.Run("renew", await desk.IssueId("--licensee", "C", "--from", "2025-11-22", "--until", "2026-11-22"));
        Assert.Equal("error: the term would be over already, on 2027-11-22\nhint: let it begin later by --from, or end later by --until\n", run.Error);
    }

    [Fact]
    public async Task What_is_over_is_renewed_and_what_has_no_end_is_amended()
    {
        using var desk = await IssuerDesk.WithHome();
        var ended = await desk.IssueId("--days", "30");
        desk.Time.Advance(TimeSpan.FromDays(30));
        var run = await desk.Run("amend", ended, "--cores", "+1");
        Assert.Equal($"error: the term of the license {ended} ended on 2026-12-22; what is over cannot be amended\nhint: renew it: issuer renew {ended}\n", run.Error);
        var perpetual = await desk.IssueId("--licensee", "B");
        run = await desk.Run("renew", perpetual);
        Assert.Equal($"error: the license {perpetual} has no end, so there is nothing to renew\nhint: to change it: issuer amend {perpetual}\n", run.Error);
        Assert.Null((await Change(desk, "amend", perpetual, "--cores", "+1")).Until);
    }

    [Fact]
    public async Task A_license_that_has_not_begun_is_amended_in_its_whole_and_renewed_after_it()
    {
        using var desk = await IssuerDesk.WithHome();
        var ahead = await desk.IssueId("--from", "2027-01-01", "--until", "2028-01-01");
        var amended = await Change(desk, "amend", ahead, "--cores", "+1");
        Assert.Equal((Time("2027-01-01T00:00:00Z"), 65), (amended.From, amended.Quota.Cores));
        Assert.Equal(["replaced", "ahead"], await Standings(desk));
        Assert.Equal(Time("2028-01-01T00:00:00Z"), (await Change(desk, "renew", amended.Id)).From);
        Assert.Equal(["replaced", "ahead", "ahead"], await Standings(desk));
    }

    [Fact]
    public async Task A_license_runs_until_its_renewal_begins()
    {
        using var desk = await IssuerDesk.WithHome();
        var old = await desk.IssueId("--from", "2026-11-22", "--until", "2027-11-22");
        desk.Time.Advance(TimeSpan.FromDays(300));
        await Change(desk, "renew", old);
        Assert.Equal(["running", "ahead"], await Standings(desk));
        desk.Time.Advance(TimeSpan.FromDays(65));
        Assert.Equal(["replaced", "running"], await Standings(desk));
    }

    [Fact]
    public async Task What_was_replaced_is_not_changed_again_and_its_newest_successor_is_named()
    {
        using var desk = await IssuerDesk.WithHome();
        var first = await desk.IssueId("--from", "2026-11-22", "--until", "2027-11-22");
        var second = await Change(desk, "amend", first, "--cores", "+1");
        var third = await Change(desk, "amend", second.Id, "--cores", "+1");
        var run = await desk.Run("amend", first, "--cores", "+1");
        Assert.Equal($"error: the license {first} is replaced already; the newest is {third.Id}, 2026-11-22 to 2027-11-22\n"
            + $"hint: do it to that one: issuer amend {third.Id}, with the same flags\n", run.Error);
        var next = await Change(desk, "renew", third.Id);
        run = await desk.Run("renew", first);
        Assert.Equal($"error: the license {first} is replaced already; the newest is {next.Id}, 2027-11-22 to 2028-11-22\n"
            + $"hint: it is renewed, then; to change the new one: issuer amend {next.Id}\n", run.Error);
        Assert.Equal(4, desk.Ids().Count);
    }

    [Fact]
    public async Task More_cores_for_a_term_whose_renewal_is_signed_already_take_the_renewal_back_and_make_it_again()
    {
        using var desk = await IssuerDesk.WithHome();
        var running = await desk.IssueId("--from", "2026-11-22", "--until", "2027-11-22");
        desk.Time.Advance(TimeSpan.FromDays(350));
        var renewal = await Change(desk, "renew", running);
        var run = await desk.Run("amend", running, "--cores", "+64");
        Assert.EndsWith($"hint: take the renewal back into this term: issuer amend {renewal.Id} --from 2026-11-22 --until 2027-11-22, with the same flags; then renew that\n", run.Error, StringComparison.Ordinal);
        var amended = await Change(desk, "amend", renewal.Id, "--from", "2026-11-22", "--until", "2027-11-22", "--cores", "+64");
        Assert.Equal((Time("2026-11-22T00:00:00Z"), 128), (amended.From, amended.Quota.Cores));
        var again = await Change(desk, "renew", amended.Id);
        Assert.Equal((renewal.From, renewal.Until, 128), (again.From, again.Until, again.Quota.Cores));
        Assert.Equal(["replaced", "replaced", "running", "ahead"], await Standings(desk));
    }

    [Fact]
    public async Task Two_clerks_who_amend_at_once_leave_one_successor()
    {
        using var desk = await IssuerDesk.WithHome();
        var old = await desk.IssueId();
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => desk.Run("amend", old, "--cores", "+64"))));
        Assert.Single(runs, static run => run.ExitCode == ExitCode.Ok);
        Assert.Equal(2, desk.Ids().Count);
    }

    [Fact]
    public async Task A_license_is_named_by_the_beginning_of_its_id_or_by_its_file()
    {
        using var desk = await IssuerDesk.WithHome();
        var first = await desk.IssueId();
        desk.Time.Advance(TimeSpan.FromMilliseconds(100));
        var second = await desk.IssueId("--licensee", "B", "--armor", "--out", "b.txt");
        Assert.Contains(second, (await desk.Run("show", "b.txt")).Output, StringComparison.Ordinal);
        Assert.Contains(second, (await desk.Run("show", Common(first, second, 1).ToLowerInvariant())).Output, StringComparison.Ordinal);
        var run = await desk.Run("show", Common(first, second, 0));
        Assert.StartsWith($"error: '{Common(first, second, 0)}' is the beginning of several ids: ", run.Error, StringComparison.Ordinal);
        foreach (var little in (string[])["01", first[..7]])
        {
            var slip = await desk.Run("amend", little, "--cores", "+1");
            Assert.Equal(ExitCode.Usage, slip.ExitCode);
            Assert.StartsWith($"error: '{little}' is too little of an id to name a license\nhint: write 8 characters of it at least", slip.Error, StringComparison.Ordinal);
        }

        Assert.Equal(first, (await Change(desk, "amend", $"licenses/{first}.lic", "--cores", "65")).Replaces);
        var wrong = second[..^1] + (second[^1] == '0' ? '1' : '0');
        Assert.Equal($"error: no license '{wrong}' was issued here\nhint: did you mean {second}?\n", (await desk.Run("show", wrong)).Error);

        static string Common(string a, string b, int more) => b[..(a.Zip(b).TakeWhile(static pair => pair.First == pair.Second).Count() + more)];
    }

    [Fact]
    public async Task A_file_that_says_otherwise_than_what_was_issued_is_not_what_is_amended()
    {
        using var desk = await IssuerDesk.WithHome();
        var id = await desk.IssueId();
        var text = File.ReadAllText(desk.Path($"licenses/{id}.lic"));
        File.WriteAllText(desk.Path("forged.lic"), text.Replace("cores: 64", "cores: 640", StringComparison.Ordinal));
        File.WriteAllText(desk.Path("other.txt"), "hello\n");
        var run = await desk.Run("amend", "forged.lic", "--cores", "+1");
        Assert.Equal((ExitCode.NotTrusted, true), (run.ExitCode, run.Error.StartsWith($"error: forged.lic is not the text that was issued here as {id}\n", StringComparison.Ordinal)));
        run = await desk.Run("amend", "other.txt", "--cores", "+1");
        Assert.Equal((ExitCode.Malformed, true), (run.ExitCode, run.Error.StartsWith("error: other.txt is no license: ", StringComparison.Ordinal)));
        Assert.Single(desk.Ids());
    }

    [Fact]
    public async Task Replies_count_by_the_keys_of_today()
    {
        using var desk = await IssuerDesk.WithHome();
        var old = await desk.IssueId();
        await desk.Run("key", "new", "replies/2027", "--role", "reply", "--no-passphrase");
        var license = await Change(desk, "amend", old); // new keys are reason enough
        Assert.Equal(["vendor.example/replies/2026", "vendor.example/replies/2027"],
            license.Receipts!.RepliesBy.Select(static key => key[..key.IndexOf('+', StringComparison.Ordinal)]));
    }

    [Fact]
    public async Task A_bound_license_takes_one_installation_more_and_a_customer_a_new_name()
    {
        using var desk = await IssuerDesk.WithHome();
        var old = await Full(desk);
        const string more = "offline-license/msap2il6bslmwpvjjzzzhg7uvu";
        var license = await Change(desk, "amend", old.Id, "--installation", more, "--licensee", "Acme AG");
        Assert.Equal([old.Installations[0], more], license.Installations);
        Assert.Equal("Acme AG", license.Licensee);
        Assert.Equal([more], (await Change(desk, "amend", license.Id, "--remove", "installations", "--installation", more)).Installations);
    }

    [Theory]
    [InlineData("amend ID", ExitCode.Usage, "error: nothing is to change in the license ID hint: say what, as in 'issuer amend ID --cores +16'")]
    [InlineData("amend ID --cores 64", ExitCode.Usage, "error: nothing is to change in the license ID")]
    [InlineData("amend ID --cores -65", ExitCode.Usage, "error: --cores: 'quota.cores' is 64, which is less than 65")]
    [InlineData("amend ID --cores -64", ExitCode.Usage, "error: --cores: 'quota.cores' is no whole number from 1 to 9007199254740991: '0'")]
    [InlineData("amend ID --cores +9007199254740991", ExitCode.Usage, "error: --cores: 'quota.cores' is no whole number from 1 to 9007199254740991: '9007199254741055'")]
    [InlineData("amend ID --cores +x", ExitCode.Usage, "error: --cores: '+x' is no whole number with a sign, such as +64")]
    [InlineData("amend ID --node-cores +1", ExitCode.Usage, "error: --node-cores: the license has no 'quota.node-cores' that +1 could change hint: give the number itself")]
    [InlineData("amend ID --remove quota.core", ExitCode.Usage, "error: --remove: the license has no 'quota.core' that could be taken away hint: did you mean 'quota.cores'?")]
    [InlineData("amend ID --remove quota", ExitCode.Usage, "error: --remove: the license has no 'quota' that could be taken away hint: name one of the keys under it, such as 'quota.per'")]
    [InlineData("amend ID --remove licensee", ExitCode.Usage, "error: --remove: a license cannot be without 'licensee'")]
    [InlineData("amend ID --remove features.recording", ExitCode.Usage, "error: --remove: the license has no 'features.recording' that could be taken away")]
    [InlineData("amend ID --until 2026-11-22", ExitCode.Usage, "error: --until: 'term.until' is not later than 'term.from'")]
    [InlineData("amend ID --from 2026-11-21", ExitCode.Usage, "error: --from: the term of the license ID has begun, on 2026-11-22, and minutes are counted from there hint: for a new term: issuer renew ID")]
    [InlineData("amend ID --days 30", ExitCode.Usage, "error: there is no option '--days'")]
    [InlineData("amend ID --replaces ID", ExitCode.Usage, "error: there is no option '--replaces'")]
    [InlineData("renew ID --from 2026-11-22", ExitCode.Usage, "error: --from: a renewal that begins on 2026-11-22 begins no later than what it renews, on 2026-11-22 hint: to change the license since then: issuer amend ID")]
    [InlineData("renew ID --from tomorrow", ExitCode.Usage, "error: --from: 'term.from' is no day such as 2026-12-01 and no time such as 2026-12-01T10:00:00Z: 'tomorrow'")]
    [InlineData("renew ID --days 0", ExitCode.Usage, "error: --days: 'term.days' is no whole number from 1 to 36525: '0'")]
    [InlineData("renew ID --until 2028-01-01 --days 3", ExitCode.Usage, "error: '--until' and '--days' both say when the term ends; give one of them")]
    [InlineData("amend 01JC0000000000000000000000 --cores 5", ExitCode.Failure, "error: no license '01JC0000000000000000000000' was issued here")]
    [InlineData("amend none.lic --cores 5", ExitCode.Unreadable, "error: cannot read '")]
    [InlineData("amend ID --cores 5 --out plan.yaml", ExitCode.Unreadable, "error: '")]
    public async Task What_cannot_be_changed_is_one_error_and_leaves_nothing(string line, int code, string error)
    {
        using var desk = await IssuerDesk.WithHome();
        var id = await desk.IssueId("--from", "2026-11-22", "--until", "2027-11-22");
        var before = desk.Everything();
        var run = await desk.Run(line.Replace("ID", id, StringComparison.Ordinal).Split(' '));
        Assert.Equal(code, run.ExitCode);
        Assert.StartsWith(error.Replace("ID", id, StringComparison.Ordinal), run.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal(before, desk.Everything());
    }

    private static async Task<License> Full(IssuerDesk desk)
    {
        var run = await desk.Issue(FullPlan);
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        return Licenses(desk)[^1];
    }

    /// <summary>Changes a license by the command, and reads the new one as a customer does.</summary>
    internal static async Task<License> Change(IssuerDesk desk, string verb, params string[] args)
    {
        desk.Time.Advance(TimeSpan.FromSeconds(1)); // so that ids sort as they were made
        var before = desk.Ids();
        var run = await desk.Run([verb, .. args]);
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        var id = Assert.Single(desk.Ids().Except(before));
        Assert.True(SignedLicense.Open(File.ReadAllBytes(desk.Path($"licenses/{id}.lic")), desk.OpenHome().ReadAnchors().ToTrust()).License is not null);
        return Licenses(desk).Single(license => license.Id == id);
    }

    private static List<License> Licenses(IssuerDesk desk)
    {
        using var registry = desk.OpenRegistry();
        return registry.Read(static transaction => new LicenseTable(transaction).All().ConvertAll(static license => license.License));
    }

    private static async Task<IEnumerable<string>> Standings(IssuerDesk desk) =>
        JsonDocument.Parse((await desk.Run("list", "--json")).Output).RootElement.GetProperty("licenses").EnumerateArray()
            .Select(static license => license.GetProperty("standing").GetString()!).ToList();

    internal static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
