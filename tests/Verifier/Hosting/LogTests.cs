using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Logging;
using OfflineLicense.Hosting;
using OfflineLicense.Tests.Conventions;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Hosting;

/// <summary>What an operator reads in the product's log: each change once, with what mends it, under a number that stays.</summary>
public sealed class LogTests
{
    [Fact]
    public async Task The_life_of_a_license_is_told_line_by_line()
    {
        await using var product = new ProductHost();
        product.Site.LookEvery = TimeSpan.FromHours(1);
        await product.Start();
        product.Site.Put(plain => plain with { Until = Licenses.Day(60), Grace = new LicenseGrace { Days = 7 } });
        product.Site.Time.Advance(TimeSpan.FromDays(70));
        product.Site.Put(plain => plain with { Id = Licenses.Id(2), Replaces = Licenses.Id(1), Issued = Licenses.Day(60) });
        product.Site.Time.Advance(TimeSpan.FromDays(1));
        await product.Stop();
        Assert.Equal(
            [
                "1 Information the node of openvidu-pro is open: licenses in FOLDER/licenses, state in FOLDER/state",
                "13 Error license state is now Unlicensed: there is no license for openvidu-pro on this node; new work is refused; "
                    + "to mend it: put a license into the license folder: offline-license install FILE",
                "20 Information license 01JDA7X0R3Q8N5V2K6T9000001 of Acme Telemedicine is active, until 2026-03-02",
                "10 Information license state is now Licensed",
                "38 Warning TermEndsSoon: the license's term ends on 2026-03-02; to mend it: ask your vendor for the license of the next term",
                "11 Warning license state is now Grace: the license's term ended on 2026-03-02; everything works, and new work is refused "
                    + "from 2026-03-09 on; to mend it: install the license of the next term",
                "39 Information TermEndsSoon holds no longer",
                "12 Error license state is now Lapsed: the license's term ended on 2026-03-02; new work is refused, running work goes on; "
                    + "to mend it: install the license of the next term",
                "20 Information license 01JDA7X0R3Q8N5V2K6T9000002 of Acme Telemedicine is active, until further notice",
                "22 Information FOLDER/licenses/01JDA7X0R3Q8N5V2K6T9000001.lic does not count (Replaced): "
                    + product.Node.Verdict.NotCounting.Single().Sentence,
                "10 Information license state is now Licensed",
                "39 Information TermEnded holds no longer",
                "2 Information the node of openvidu-pro is closed",
            ],
            Told(product));
    }

    [Fact]
    public async Task An_advisory_license_that_lapsed_is_a_warning_since_nothing_is_refused()
    {
        await using var product = new ProductHost();
        product.Site.Put(plain => plain with
        {
            Until = Licenses.Day(1),
            Grace = new LicenseGrace { Days = 2 },
            Enforcement = EnforcementRule.Advisory,
        });
        await product.Start();
        product.Site.Time.Advance(TimeSpan.FromDays(10));
        var states = product.Log.Lines.Where(line => line.Event.Id is >= 10 and < 20).ToList();
        Assert.Equal(["Licensed", "Advisory", "Advisory"], states.Select(line => line.Event.Name));
        Assert.All(states.Skip(1), line => Assert.Equal(LogLevel.Warning, line.Level));
        Assert.StartsWith("license state is now Lapsed: the license's term ended on 2026-01-02; the license is advisory", states[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_disk_that_refuses_is_an_error_and_told_again_when_it_is_mended()
    {
        await using var product = new ProductHost();
        product.Site.Put();
        await File.WriteAllTextAsync(product.Site.StateFolder, "in the way");
        await product.Start();
        product.Site.Time.Advance(TimeSpan.FromHours(1));
        File.Delete(product.Site.StateFolder);
        product.Site.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(["Opened", "LicenseActive", "Grace", "LedgerUnwritable", "Licensed", "Mended"], product.Log.Events);
        var line = product.Log.Lines.Single(line => line.Event.Name == "LedgerUnwritable");
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.EndsWith("; to mend it: make the state folder writable", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_that_fell_behind_is_told()
    {
        await using var product = new ProductHost();
        product.Site.Put();
        await product.Start();
        product.Site.Time.Advance(TimeSpan.FromHours(3));
        product.Log.Clear();
        product.Site.Time.Wall -= TimeSpan.FromHours(2);
        product.Site.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(["ClockBehind"], product.Log.Events);
        product.Site.Time.Wall += TimeSpan.FromHours(2);
        product.Site.Time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(["ClockBehind", "Mended"], product.Log.Events);
    }

    [Fact]
    public async Task A_reply_and_an_export_are_told_once()
    {
        using var replyKey = Licenses.KeyOf("vendor.example/replies/test", 2);
        await using var product = new ProductHost();
        product.Site.Put(plain => plain with { Receipts = new LicenseReceipts { RepliesBy = [replyKey.VerifierKey.ToString()] } });
        await product.Start();
        product.Site.Time.Advance(TimeSpan.FromHours(2));
        product.Log.Clear();
        product.Site.Export();
        product.Site.Time.Advance(TimeSpan.FromHours(2));
        var reply = new Reply { Product = Licenses.Product, Licensee = Licenses.Licensee, Number = 7, Time = Licenses.Begin.AddHours(3), Used = [], Ledgers = [] };
        await File.WriteAllBytesAsync(Path.Combine(product.Site.LicenseFolder, "7.reply"), reply.Sign(replyKey));
        product.Site.Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(
            [
                "41 Information receipts were exported at 2026-01-01 02:00:00 UTC; mail them to your vendor",
                "40 Information the vendor's reply of 2026-01-01 03:00:00 UTC was taken in",
            ],
            Told(product));
    }

    [Fact]
    public async Task Cores_that_come_and_go_about_a_quota_are_told_once_an_hour()
    {
        await using var product = new ProductHost();
        product.Site.LookEvery = TimeSpan.FromSeconds(10);
        product.Site.Put(plain => plain with { Quota = new LicenseQuota { NodeCores = 4 } });
        await product.Start();
        product.Log.Clear();
        for (var minute = 0; minute < 90; minute++)
        {
            Assert.True(product.Node.TryBegin(3, out var usage, out _));
            product.Site.Time.Advance(TimeSpan.FromSeconds(30));
            usage.Dispose();
            product.Site.Time.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.Equal(["Holds", "Mended", "Holds", "Mended"], product.Log.Events);
    }

    /// <summary>The attack: a file's name or text writes lines of its own into the log, or shows a line other than it is.</summary>
    [Fact]
    public async Task No_file_writes_lines_of_its_own_into_the_log()
    {
        await using var product = new ProductHost();
        await File.WriteAllTextAsync(
            Path.Combine(product.Site.LicenseFolder, "a\nlicense state is now Licensed\u202e.lic"), "\nlicense state is now Licensed\u202e\n\n— x\n");
        product.Site.Put(plain => plain with { Licensee = "Acme \u202eeniCideM" });
        await product.Start();
        Assert.Contains("FileNotCounting", product.Log.Events);
        Assert.All(product.Log.Lines, line => Assert.DoesNotContain(line.Text, letter => letter is '\n' or '\u202e'));
        Assert.Contains(product.Log.Lines, line => line.Text.Contains("of Acme \\u{202E}eniCideM is active", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_log_that_throws_does_not_keep_the_node_from_working()
    {
        await using var product = new ProductHost();
        await product.Start();
        product.Log.IsBroken = true;
        product.Site.Put();
        product.Site.Time.Advance(TimeSpan.FromHours(1));
        product.Log.IsBroken = false;
        Assert.Equal(LicenseState.Licensed, product.Node.Verdict.State);
        Assert.Equal(3600, product.Site.UsageReceipts().Sum(usage => usage.OpenSeconds), tolerance: 300);
    }

    [Fact]
    public void The_table_of_the_readme_is_what_is_logged()
    {
        var events = typeof(NodeLog).GetMethods(BindingFlags.Public | BindingFlags.Static)
            .Select(method => (method.Name, Log: method.GetCustomAttribute<LoggerMessageAttribute>()!))
            .OrderBy(entry => entry.Log.EventId)
            .Select(entry => string.Create(CultureInfo.InvariantCulture, $"| {entry.Log.EventId} | {entry.Name} | {entry.Log.Level} |"));
        var rows = Sources.Text("verifier/Hosting/README.md").Split('\n').SkipWhile(line => line != "| id | event | level | when |").Skip(2)
            .TakeWhile(line => line.StartsWith('|')).Select(line => string.Join('|', line.Split('|')[..4]) + "|");
        Assert.Equal(events, rows);
    }

    private static IEnumerable<string> Told(ProductHost product)
    {
        var folder = Path.GetDirectoryName(product.Site.LicenseFolder)!;
        return product.Log.Lines.Select(line => string.Create(
            CultureInfo.InvariantCulture, $"{line.Event.Id} {line.Level} {line.Text.Replace(folder, "FOLDER", StringComparison.Ordinal)}"));
    }
}
