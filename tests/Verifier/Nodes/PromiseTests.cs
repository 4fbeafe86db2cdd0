using System.Globalization;
using System.Text.Json;
using OfflineLicense.Tests.Verifier.Command;
using OfflineLicense.Verifier;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Nodes;

/// <summary>The promises P1, P2, P3, P8 and P9, each by its name, with real files and real ledgers.</summary>
public sealed class PromiseTests
{
    private static readonly LicenseReceipts Hourly = new() { Every = Duration.Parse("1h") };

    /// <summary>How a machine came to be as it is; each ends with no work running.</summary>
    private static readonly Dictionary<string, Action<NodeSite>> Stories = new(StringComparer.Ordinal)
    {
        ["Licensed"] = site => Live(site, plain => plain, TimeSpan.FromDays(1)),
        ["Grace: TermEnded"] = site => Live(site, plain => plain with { Until = Licenses.Day(1) }, TimeSpan.FromDays(3)),
        ["Grace: NodeMinutesUsed"] = site => Live(site, plain => plain with { Quota = new LicenseQuota { NodeMinutes = 60 } }, TimeSpan.FromHours(5)),
        ["Grace: MailOverdue"] = site => Live(
            site, plain => plain with { Receipts = Hourly with { MailEvery = Duration.Parse("1d") } }, TimeSpan.FromDays(2)),
        ["Grace: NoLicenseCounts"] = site =>
        {
            Live(site, plain => plain with { BuildsUntil = Licenses.Day(1) }, TimeSpan.FromHours(5));
            site.Built = Licenses.Day(2);
            Run(site, TimeSpan.FromHours(5));
        },
        ["Grace: the notice"] = site =>
        {
            Live(site, plain => plain with { Until = Licenses.Day(1), Grace = new LicenseGrace { Days = 0 } }, TimeSpan.FromHours(30));
        },
        ["Lapsed"] = site => Live(
            site, plain => plain with { Until = Licenses.Day(1), Grace = new LicenseGrace { Days = 1 } }, TimeSpan.FromDays(3)),
        ["Unlicensed"] = site => Run(site, TimeSpan.FromHours(5)),
    };

    public static TheoryData<string> States => [.. Stories.Keys];

    [Theory]
    [MemberData(nameof(States))]
    public void P1_Work_that_runs_goes_on_and_is_metered_whatever_becomes_of_the_license(string story)
    {
        using var site = Machine();
        using (var node = OpenWithWork(site, out var usage))
        {
            using (usage)
            {
                // The same files arrive, and the same time passes, while the work runs.
                Stories[story](site);
                site.Time.Advance(TimeSpan.FromHours(1));
                Assert.True(node.Verdict.State is LicenseState.Licensed or LicenseState.Grace or LicenseState.Lapsed, node.Verdict.State.ToString());
            }
        }

        var metered = site.UsageReceipts().Where(receipt => receipt.Cores >= 3).ToList();
        Assert.Equal((site.Time.Wall - Licenses.Begin).TotalSeconds * 3, metered.Sum(receipt => receipt.CoreSeconds));
        LedgerAudit.Check(site, TimeSpan.FromHours(1));
    }

    [Theory]
    [MemberData(nameof(States))]
    public void P2_A_restart_in_good_order_changes_no_verdict(string story)
    {
        using var site = Machine();
        Stories[story](site);
        Verdict before;
        using (var node = site.Open())
            before = node.Verdict;
        using var again = site.Open();
        Same(story, before, again.Verdict);
        Same(story, before, Node.Peek(site.Options));
    }

    [Theory]
    [MemberData(nameof(States))]
    public void P2_A_restart_after_a_power_cut_changes_no_verdict(string story)
    {
        using var site = Machine();
        Stories[story](site);
        using var node = site.Open();
        site.CutPower();
        using var again = site.Open();
        Same(story, node.Verdict, again.Verdict);
    }

    [Fact]
    public void P2_A_second_process_and_a_lost_ledger_keep_the_dates_of_the_first()
    {
        using var site = Machine();
        Live(site, plain => plain with { Quota = new LicenseQuota { NodeMinutes = 60 } }, TimeSpan.FromHours(5));
        using var first = site.Open();
        site.Time.Advance(TimeSpan.FromHours(1));
        using var second = site.Open();
        Assert.Equal(first.Verdict.Reasons, second.Verdict.Reasons);
        Assert.Equal(2, site.Ledgers().Count);
    }

    [Fact]
    public void P3_A_license_installed_into_a_lapsed_node_counts_at_once()
    {
        using var site = Machine();
        Stories["Lapsed"](site);
        using var node = site.Open();
        Assert.False(node.TryBegin(1, out _, out var why));
        Assert.Equal(ReasonCode.TermEnded, why.Code);
        site.Put(plain => plain with { Id = Licenses.Id(2), From = Licenses.Day(1) });
        node.Look();
        Assert.Equal(LicenseState.Licensed, node.Verdict.State);
        Assert.True(node.TryBegin(1, out var usage, out _));
        usage.Dispose();
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("cut")]
    [InlineData("altered")]
    [InlineData("unknown key")]
    [InlineData("other product")]
    [InlineData("not yet valid")]
    [InlineData("huge")]
    public void P3_A_bad_file_in_place_of_a_good_one_displaces_nothing(string what)
    {
        using var site = Machine();
        var good = site.Put(plain => plain with { Receipts = Hourly });
        using (var node = site.Open())
        {
            File.WriteAllBytes(Path.Combine(site.LicenseFolder, good.Id + ".lic"), Bad(what));
            site.Time.Advance(TimeSpan.FromHours(1));
            Assert.Equal((LicenseState.Licensed, good.Id), (node.Verdict.State, node.Verdict.License?.Id));
            Assert.Single(node.Verdict.NotCounting);
        }

        using var again = site.Open();
        Assert.Equal((LicenseState.Licensed, good.Id), (again.Verdict.State, again.Verdict.License?.Id));
    }

    [Fact]
    public void P3_A_license_counts_on_when_its_file_is_gone_and_a_replaced_one_never_comes_back()
    {
        using var site = Machine();
        var old = site.Put(plain => plain with { Receipts = Hourly });
        var newer = Licenses.Plain with { Id = Licenses.Id(2), Replaces = old.Id, Receipts = Hourly };
        using (var node = site.Open())
        {
            site.Put(_ => newer);
            site.Time.Advance(TimeSpan.FromHours(1));
            Assert.Equal(newer.Id, node.Verdict.License?.Id);
            site.Remove(newer);
            site.Time.Advance(TimeSpan.FromHours(1));
            Assert.Equal(newer.Id, node.Verdict.License?.Id);
        }

        using var again = site.Open();
        Assert.Equal((LicenseState.Licensed, newer.Id), (again.Verdict.State, again.Verdict.License?.Id));
        Assert.Equal(ReasonCode.Replaced, Assert.Single(again.Verdict.NotCounting).Code);
    }

    [Fact]
    public void P8_Each_date_has_its_name_and_comes_true()
    {
        using var site = Machine();
        site.Put(plain => plain with
        {
            Until = Licenses.Day(2),
            Grace = new LicenseGrace { Days = 3 },
            Receipts = Hourly with { MailEvery = Duration.Parse("30d") },
        });
        using var node = site.Open();
        site.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal((Licenses.Day(2), Licenses.Day(5), Licenses.Day(30)), (node.Verdict.TermEnd, node.Verdict.GraceEnds, node.Verdict.MailBy));
        site.Time.Advance(Licenses.Day(2) - site.Time.Wall);
        Assert.Equal((LicenseState.Grace, Licenses.Day(5)), (node.Verdict.State, node.Verdict.GraceEnds));
        site.Time.Advance(TimeSpan.FromDays(3) - TimeSpan.FromHours(1));
        Assert.Equal(LicenseState.Grace, node.Verdict.State);
        site.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(LicenseState.Lapsed, node.Verdict.State);
    }

    [Fact]
    public async Task P8_What_status_tells_of_a_date_comes_true_on_that_date()
    {
        using var site = new OperatorSite();
        var first = FleetVendor.Plan(1) with
        {
            Until = site.Time.Wall.AddDays(6),
            Grace = new LicenseGrace { Days = 1 },
            Receipts = Hourly with { MailEvery = Duration.Parse("3d") },
        };
        var next = first with { Id = FleetVendor.Plan(2).Id, From = first.Until.Value.AddDays(2), Until = first.Until.Value.AddDays(3), Receipts = Hourly };
        site.Put("licenses/first.lic", site.Vendor.Note(first));
        site.Put("licenses/next.lic", site.Vendor.Note(next));
        var node = site.Open();
        site.Time.Advance(TimeSpan.FromHours(1));

        using var told = JsonDocument.Parse((await site.Run("status", "--json")).Output);
        var changes = told.RootElement.GetProperty("timeLine").EnumerateArray()
            .Select(change => (At: change.GetProperty("at").GetDateTimeOffset(), State: change.GetProperty("state").GetString()!)).ToList();
        Assert.Equal(
            ["Licensed", "Grace", "Lapsed", "Lapsed", "Licensed", "Grace", "Lapsed"], changes.Select(change => change.State));
        Assert.Equal(changes.First(change => change.State == "Lapsed").At, node.Verdict.GraceEnds);

        foreach (var (at, state) in changes)
            Assert.Equal(state, await StateAt(site, at, "whenRunning"));

        var before = LicenseState.Licensed.ToString();
        foreach (var (at, state) in changes)
        {
            site.Time.Advance(at - TimeSpan.FromSeconds(1) - site.Time.Wall);
            Assert.Equal(before, node.Verdict.State.ToString());
            site.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal(state, node.Verdict.State.ToString());
            before = state;
        }

        // Off for a year: what is told of that day is what the node starts with, and a day of running is left.
        node.Dispose();
        site.Time.Advance(TimeSpan.FromMinutes(1));
        var inAYear = site.Time.Wall.AddDays(365);
        var off = await StateAt(site, inAYear);
        site.Time.Wall = inAYear;
        using var again = site.Open();
        Assert.Equal(off, again.Verdict.State.ToString());
    }

    [Fact]
    public void P9_A_node_that_never_hears_from_its_vendor_runs_to_the_end_of_its_term()
    {
        using var site = Machine();
        site.Put(plain => plain with { Until = Licenses.Day(20), Receipts = Hourly with { MailEvery = Duration.Parse("5d") } });
        using var node = site.Open();
        for (var day = 4; day < 20; day += 4)
        {
            site.Time.Advance(Licenses.Day(day) - site.Time.Wall);
            Assert.Equal(LicenseState.Licensed, node.Verdict.State);
            site.Export();
        }

        site.Time.Advance(Licenses.Day(20) - site.Time.Wall - TimeSpan.FromHours(1));
        Assert.Equal(LicenseState.Licensed, node.Verdict.State);
    }

    private static async Task<string?> StateAt(OperatorSite site, DateTimeOffset at, string? assumption = null)
    {
        using var told = JsonDocument.Parse((await site.Run("status", "--at", at.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture), "--json")).Output);
        var verdict = assumption is null ? told.RootElement : told.RootElement.GetProperty(assumption);
        return verdict.GetProperty("state").GetString();
    }

    private static NodeSite Machine() => new() { LookEvery = TimeSpan.FromHours(1) };

    private static void Live(NodeSite site, Func<License, License> change, TimeSpan time)
    {
        site.Put(plain => change(plain with { Receipts = Hourly }));
        Run(site, time);
    }

    /// <summary>A process runs with two hours of work for some time, and ends.</summary>
    private static void Run(NodeSite site, TimeSpan time)
    {
        using var node = site.Open();
        node.TryBegin(2, out var usage, out _);
        site.Time.Advance(TimeSpan.FromHours(2));
        usage?.Dispose();
        site.Time.Advance(time - TimeSpan.FromHours(2));
    }

    private static Node OpenWithWork(NodeSite site, out Usage usage)
    {
        site.Put(plain => plain with { Receipts = Hourly });
        var node = site.Open();
        Assert.True(node.TryBegin(3, out var begun, out _));
        usage = begun;
        return node;
    }

    private static byte[] Bad(string what)
    {
        var license = Licenses.Plain with { Id = Licenses.Id(2) };
        var file = Licenses.FileOf(license);
        switch (what)
        {
            case "empty": return [];
            case "cut": return file[..(file.Length / 2)];
            case "altered": file[^10] ^= 1; return file;
            case "unknown key": return Licenses.FileOf(license, Licenses.KeyOf("stranger.example/licenses", 9));
            case "other product": return Licenses.FileOf(license with { Product = "another" });
            case "not yet valid": return Licenses.FileOf(license with { From = Licenses.Day(100) });
            case "huge": return new byte[OfflineLicense.Keys.Limits.DocumentBytes + 1];
            default: throw new ArgumentException(what, nameof(what));
        }
    }

    private static void Same(string story, Verdict before, Verdict after)
    {
        Assert.Equal(story.Split(':')[0], before.State.ToString());
        Assert.Equal(before.State, after.State);
        Assert.Equal(before.Reasons, after.Reasons);
        Assert.Equal((before.TermEnd, before.MailBy, before.MayBegin), (after.TermEnd, after.MailBy, after.MayBegin));

        // An unclean start takes an interval of the last day's notice, since as much may have been lost.
        Assert.InRange(before.GraceEnds - after.GraceEnds ?? TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromHours(1));
    }
}
