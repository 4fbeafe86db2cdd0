using System.Text;
using System.Text.Json;
using OfflineLicense.Tests.Verifier.Command;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Batch;

/// <summary><c>issuer issue --batch</c>: many licenses at once, or none.</summary>
public sealed class BatchTests
{
    private const string Template = "quota: {cores: 8, node-minutes: 1000}\nterm: {days: 365}\nfeatures: {recording: \"true\"}\n";

    [Fact]
    public async Task Each_row_is_a_license_of_the_template_with_the_rows_fields_over_it()
    {
        using var desk = await IssuerDesk.WithHome();
        var run = await Batch(desk, "\uFEFFlicensee,quota.cores,term.until,features.rooms,installations,notes.order\r\n"
            + "Acme,16,2027-12-01,4,,A-1\r\n\"Smith, Jones\",,,,offline-license/mfrggzdfmztwq2lknnwg23tpoa offline-license/msap2il6bslmwpvjjzzzhg7uvu,\r\n");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        var licenses = Files(desk);
        var (acme, smith) = (licenses.Single(static license => license.Licensee == "Acme"), licenses.Single(static license => license.Licensee == "Smith, Jones"));
        Assert.Equal((16, 1000, new DateTimeOffset(2027, 12, 1, 0, 0, 0, TimeSpan.Zero)), (acme.Quota.Cores, acme.Quota.NodeMinutes, acme.Until!.Value));
        Assert.Equal(("4", "true", "A-1"), (acme.Features["rooms"], acme.Features["recording"], acme.Notes["order"]));
        Assert.Equal((8, new DateTimeOffset(2027, 11, 22, 0, 0, 0, TimeSpan.Zero)), (smith.Quota.Cores, smith.Until!.Value));
        Assert.Equal((2, 1, 0), (smith.Installations.Count, smith.Features.Count, smith.Notes.Count));
        Assert.Equal(licenses.Select(static license => license.Id).Order(StringComparer.Ordinal), desk.Ids().Order(StringComparer.Ordinal));
        Assert.Equal(2, desk.Signings().Count);
    }

    [Fact]
    public async Task The_answer_has_a_row_for_each_license()
    {
        using var desk = await IssuerDesk.WithHome();
        var run = await Batch(desk, "licensee,quota.cores\nAcme,16\n\e[2JEvil,4\n".Replace("\e[2J", "=cmd()\u202E", StringComparison.Ordinal));
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        Assert.StartsWith("license                     licensee", run.Output, StringComparison.Ordinal);
        Assert.Contains("  Acme", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202E', run.Output); // escaped on the terminal; nothing else is done to a name
        Assert.Contains(Files(desk), static license => license.Licensee == "=cmd()\u202EEvil");
        Assert.EndsWith("2 licenses recorded, each verified as a customer's node does; their files are in out\n", run.Output, StringComparison.Ordinal);
        run = await Batch(desk, "licensee\nB\nC\n", "--out", "more", "--json");
        Assert.Equal(["B", "C"], JsonDocument.Parse(run.Output).RootElement.GetProperty("licenses").EnumerateArray().Select(static license => license.GetProperty("licensee").GetString()));
    }

    [Theory]
    [InlineData("licensee,quota.cores\nAcme,16\n,8\n", "3")]
    [InlineData("quota.cores,licensee\n8,\" \"\n", "2")]
    public async Task A_row_that_names_nobody_is_no_license_for_the_customer_that_the_template_names(string rows, string line)
    {
        using var desk = await IssuerDesk.WithHome();
        File.WriteAllText(desk.Path("named.yaml"), "licensee: Somebody Else\n" + Template);
        File.WriteAllText(desk.Path("rows.csv"), rows);
        foreach (var flags in (string[][])[[], ["--licensee", "Somebody Else"]])
        {
            var run = await desk.Run(["issue", "--batch", "rows.csv", "--template", "named.yaml", "--out", "out", .. flags]);
            Assert.Equal(ExitCode.Malformed, run.ExitCode);
            Assert.StartsWith($"error: line {line} of rows.csv: the field 'licensee' is empty\nhint: say whom the license is for", run.Error, StringComparison.Ordinal);
            Assert.Empty(desk.Signings());
        }
    }

    [Fact]
    public async Task Everything_that_is_wrong_with_a_file_is_told_at_once_and_nothing_is_signed()
    {
        using var desk = await IssuerDesk.WithHome();
        var live = await desk.IssueId("--licensee", "Live");
        File.WriteAllText(desk.Path("template.yaml"), Template);
        var before = desk.Everything();
        var run = await Batch(desk, """
            licensee,quota.cores,term.days,replaces
            Good,16,30,
            Bad,0,none,
            ,8,30,
            Short,8
            Live,8,30,
            good,8,30,
            Other,8,30,01JC0000000000000000000000

            """);
        Assert.Equal(ExitCode.Malformed, run.ExitCode);
        Assert.Equal($"""
            error: line 3 of rows.csv, column quota.cores: 'quota.cores' is no whole number from 1 to 9007199254740991: '0'
            error: line 3 of rows.csv, column term.days: 'term.days' is no whole number from 1 to 36525: 'none'
            error: line 4 of rows.csv: the field 'licensee' is empty
            hint: say whom the license is for; a template's or --licensee's name is for a file without this column
            error: line 5 of rows.csv: the row has 2 fields, and the first line names 4 columns
            hint: put a field that holds a comma in quotes
            error: line 6 of rows.csv: Live has a live license for openvidu-pro already: {live}
            hint: leave the row out; or name in the column 'replaces' what it takes the place of; one for other nodes is issued by itself, with --separate
            error: line 7 of rows.csv: 'good' has a row on line 2 of rows.csv too
            hint: licenses never add up on a node: put what is meant on one row; one for other nodes is issued by itself, with --separate
            error: line 8 of rows.csv: the license 01JC0000000000000000000000, which is to be replaced, was never issued here
            hint: 'issuer list' shows all licenses
            error: 7 errors in rows.csv; nothing was signed

            """, run.Error);
        File.Delete(desk.Path("rows.csv"));
        Assert.Equal(before, desk.Everything());
    }

    [Theory]
    [InlineData("licensee,core\nA,5\n", "error: line 1 of rows.csv: the column 'core' is no key of a plan hint: did you mean 'quota.cores'?")]
    [InlineData("licensee,id\nA,5\n", "error: line 1 of rows.csv: 'id' is filled in when the license is signed hint: leave the column out")]
    [InlineData("licensee,licensee\nA,B\n", "error: line 1 of rows.csv: the column 'licensee' stands here twice")]
    [InlineData("licensee,\nA,B\n", "error: line 1 of rows.csv: a column has no name")]
    [InlineData("licensee;quota.cores\nA;5\n", "error: line 1 of rows.csv: the columns are set apart by semicolons hint: save the file with commas")]
    [InlineData("licensee,quota\nA,5\n", "error: line 1 of rows.csv: the column 'quota' is no key of a plan")]
    [InlineData("licensee,features\nA,5\n", "error: line 1 of rows.csv: the column 'features' is no key of a plan")]
    [InlineData("licensee\n", "error: line 1 of rows.csv: there is no row under the names of the columns")]
    [InlineData("", "error: line 1 of rows.csv: there is no row under the names of the columns")]
    [InlineData("licensee\n\"A\nB\n", "error: line 2 of rows.csv: a quote is opened and never closed")]
    [InlineData("licensee\nA\u0007\n", "error: line 2 of rows.csv, column licensee: ")]
    [InlineData("licensee,product\nA,other\n", "error: line 2 of rows.csv, column product: this home issues licenses for 'openvidu-pro', not for 'other'")]
    public async Task A_file_that_is_no_batch_is_refused(string csv, string error)
    {
        using var desk = await IssuerDesk.WithHome();
        var run = await Batch(desk, csv);
        Assert.Equal(ExitCode.Malformed, run.ExitCode);
        Assert.StartsWith(error, run.Error.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Empty(desk.Ids());
        Assert.Empty(Directory.GetDirectories(desk.Home, "out*"));
    }

    [Fact]
    public async Task What_is_wrong_with_the_template_is_told_once()
    {
        using var desk = await IssuerDesk.WithHome();
        var run = await Batch(desk, "licensee\nA\nB\nC\n", "--every", "7s");
        Assert.Equal("error: --every: 'receipts.every' is not from 1s to 1h and a divisor of a day\nerror: 1 error in rows.csv; nothing was signed\n", run.Error);
    }

    [Fact]
    public async Task A_file_in_another_encoding_is_refused()
    {
        using var desk = await IssuerDesk.WithHome();
        File.WriteAllBytes(desk.Path("rows.csv"), Encoding.Latin1.GetBytes("licensee\nÄrzte\n"));
        var run = await desk.Run("issue", "--batch", "rows.csv", "--cores", "8", "--out", "out");
        Assert.StartsWith("error: line 1 of rows.csv: the file is not in UTF-8\nhint: save it as 'CSV UTF-8'\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_again_with_the_same_file_nothing_is_issued_twice()
    {
        using var desk = await IssuerDesk.WithHome();
        await Batch(desk, "licensee\nA\nB\n");
        desk.Time.Advance(TimeSpan.FromDays(1));
        var run = await Batch(desk, "licensee\nA\nB\n", "--out", "again");
        Assert.Equal(ExitCode.Malformed, run.ExitCode);
        Assert.EndsWith("error: 2 errors in rows.csv; nothing was signed\n", run.Error, StringComparison.Ordinal);
        Assert.Equal(2, desk.Ids().Count);
        Assert.False(Directory.Exists(desk.Path("again")));
    }

    [Fact]
    public async Task Where_one_license_cannot_be_signed_or_its_file_not_put_none_is_recorded()
    {
        using var desk = await IssuerDesk.WithHome();
        await desk.Run("key", "new", "licenses/2027", "--role", "license", "--no-passphrase");
        var anchors = File.ReadAllText(desk.Path("openvidu-pro.anchors"));
        File.WriteAllText(desk.Path("openvidu-pro.anchors"), anchors[..(anchors.TrimEnd('\n').LastIndexOf('\n') + 1)]);
        var run = await Batch(desk, "licensee\nA\nB\n", "--key", "licenses/2027");
        Assert.Equal(ExitCode.NotTrusted, run.ExitCode);
        File.WriteAllText(desk.Path("taken"), "");
        run = await Batch(desk, "licensee\nA\nB\n", "--out", "taken");
        Assert.Equal(ExitCode.Unreadable, run.ExitCode);
        run = await Batch(desk, "licensee\nA\nB\n", "--out", "no/folder");
        Assert.Equal(ExitCode.Unreadable, run.ExitCode);
        Assert.Empty(desk.Ids());
        Assert.Empty(Directory.GetDirectories(desk.Home, "*.new"));
    }

    [Fact]
    public async Task A_renewal_of_many_replaces_each_license_once()
    {
        using var desk = await IssuerDesk.WithHome();
        var (a, b) = (await desk.IssueId("--licensee", "A"), await desk.IssueId("--licensee", "B"));
        var run = await Batch(desk, $"licensee,replaces\nA,{a}\nB,{b}\nB,{b}\n");
        Assert.StartsWith($"error: line 4 of rows.csv: the license {b} is replaced by the row on line 3 of rows.csv too\n", run.Error, StringComparison.Ordinal);
        run = await Batch(desk, $"licensee,replaces\nA,{a}\nB,{b}\n");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        Assert.Equal(new[] { a, b }.Order(StringComparer.Ordinal), Files(desk).Select(static license => license.Replaces!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_dry_run_signs_nothing_and_asks_for_no_key()
    {
        using var desk = await IssuerDesk.WithHome();
        File.Delete(desk.Path("keys/licenses-2026.key"));
        var run = await Batch(desk, "licensee\nA\nB\n", "--dry-run");
        Assert.Equal((ExitCode.Ok, "2 licenses would be signed\n", ""), (run.ExitCode, run.Output, run.Error));
        Assert.Empty(desk.Ids());
    }

    [Fact]
    public async Task A_bar_is_shown_on_a_terminal_and_nowhere_else()
    {
        using var desk = await IssuerDesk.WithHome();
        File.WriteAllText(desk.Path("rows.csv"), "licensee\nA\nB\n");
        var run = await IssuerDesk.RunWith(desk.Console(desk.Home) with { IsErrorTerminal = true }, "issue", "--batch", "rows.csv", "--cores", "8", "--out", "out");
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Contains("signing", run.Error, StringComparison.Ordinal);
        Assert.Contains("100%", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', run.Output);
    }

    [Theory]
    [InlineData("issue plan.yaml --batch rows.csv")]
    [InlineData("issue --batch rows.csv --separate")]
    [InlineData("issue --template plan.yaml")]
    [InlineData("issue --batch rows.csv")] // no folder
    public async Task A_batch_that_contradicts_itself_is_a_wrong_command_line(string line)
    {
        using var desk = await IssuerDesk.WithHome();
        File.WriteAllText(desk.Path("plan.yaml"), IssuerDesk.SmallPlan);
        File.WriteAllText(desk.Path("rows.csv"), "licensee,quota.cores\nA,5\n");
        Assert.Equal(ExitCode.Usage, (await desk.Run(line.Split(' '))).ExitCode);
        Assert.Empty(desk.Ids());
    }

    [Fact]
    public async Task A_thousand_licenses_are_signed_together()
    {
        using var desk = await IssuerDesk.WithHome();
        var run = await Batch(desk, "licensee\n" + string.Concat(Enumerable.Range(0, 1000).Select(static i => FormattableString.Invariant($"Customer {i}\n"))));
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        Assert.Contains("and 900 more; --json tells all\n1,000 licenses recorded", run.Output, StringComparison.Ordinal);
        Assert.Equal(1000, Files(desk).Count);
        Assert.Equal(Enumerable.Range(1, 1000), desk.Signings().Select(static signing => (int)signing.Number));
    }

    private static Task<CommandRun> Batch(IssuerDesk desk, string csv, params string[] args)
    {
        File.WriteAllText(desk.Path("template.yaml"), Template);
        File.WriteAllText(desk.Path("rows.csv"), csv);
        return desk.Run(["issue", "--batch", "rows.csv", "--template", "template.yaml", .. args.Contains("--out") ? [] : (string[])["--out", "out"], .. args]);
    }

    private static List<License> Files(IssuerDesk desk)
    {
        var trust = desk.OpenHome().ReadAnchors().ToTrust();
        return [.. Directory.GetFiles(desk.Path("out")).Select(file => SignedLicense.Open(File.ReadAllBytes(file), trust).License!.License)];
    }
}
