using System.Text.Json;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Issuer;

/// <summary>A customer has one live license, a license one successor, and a term that ends is seen in time.</summary>
public sealed class LicenseRulesTests
{
    [Fact]
    public async Task No_two_licenses_replace_each_other_and_none_has_two_successors()
    {
        using var desk = await IssuerDesk.WithHome();
        var id = await desk.IssueId("--from", "2026-11-22", "--until", "2027-11-22");
        for (var i = 0; i < 3; i++)
            id = (await ChangeTests.Change(desk, "amend", id, "--cores", "+1")).Id;
        desk.Time.Advance(TimeSpan.FromSeconds(1));
        foreach (var any in desk.Ids())
            await desk.Issue(IssuerDesk.SmallPlan, "--replaces", any, "--separate");
        using var registry = desk.OpenRegistry();
        var all = registry.Read(static transaction => new LicenseTable(transaction).All());
        Assert.Equal(5, all.Count); // only the newest could be replaced once more
        Assert.Equal(4, all.Select(static license => license.Replaces).OfType<string>().Distinct(StringComparer.Ordinal).Count());
        foreach (var license in all)
            Assert.True(license.Replaces is null || all.FindIndex(other => other.Id == license.Replaces) < all.IndexOf(license));
    }

    [Fact]
    public async Task Whose_term_ends_soon_or_ended_lately_is_told_by_date_with_what_follows()
    {
        using var desk = await IssuerDesk.WithHome();
        var lapsed = await desk.IssueId("--licensee", "Lapsed", "--until", "2027-01-15");
        var renewed = await desk.IssueId("--licensee", "Renewed", "--until", "2027-02-10");
        var soon = await desk.IssueId("--licensee", "Soon", "--until", "2027-02-20");
        await desk.IssueId("--licensee", "Later", "--until", "2027-06-01");
        await desk.IssueId("--licensee", "Long ago", "--until", "2026-12-01");
        await desk.IssueId("--licensee", "Perpetual");
        var next = await ChangeTests.Change(desk, "amend", (await ChangeTests.Change(desk, "renew", renewed)).Id, "--cores", "+1");
        desk.Time.Wall = ChangeTests.Time("2027-02-01T00:00:00Z");
        Assert.Equal($"""
            term ends   licensee  purpose     standing  what follows
            2027-01-15  Lapsed    production  ended     nothing yet: issuer renew {lapsed}
            2027-02-10  Renewed   production  running   {next.Id}, 2027-02-10 to 2027-05-01
            2027-02-20  Soon      production  running   nothing yet: issuer renew {soon}

            """, (await desk.Run("expiring")).Output);
        var week = JsonDocument.Parse((await desk.Run("expiring", "--within", "10d", "--json")).Output).RootElement.GetProperty("licenses");
        Assert.Equal([(renewed, next.Id)], week.EnumerateArray().Select(static license => (license.GetProperty("id").GetString(), license.GetProperty("replacedBy").GetString())));
        Assert.Equal("no term ends within 1 hour, and none that ended then is without a license after it\n", (await desk.Run("expiring", "--within", "1h")).Output);
        Assert.Equal(ExitCode.Usage, (await desk.Run("expiring", "--within", "soon")).ExitCode);
    }

    [Theory]
    [InlineData("ACME  telemedicine")] // case and white space are what a hand changes unseen
    [InlineData("acme Telemedicine")]
    public async Task A_name_that_is_spelled_otherwise_is_no_second_customer(string name)
    {
        using var desk = await IssuerDesk.WithHome();
        var first = await desk.IssueId("--days", "30");
        var run = await desk.Issue(IssuerDesk.SmallPlan, "--licensee", name);
        Assert.Equal($"error: 'Acme Telemedicine', whose name differs from '{name}' in case or white space only, has a live license for openvidu-pro: {first}\n"
            + "hint: spell the name as it is on file, or give --separate if this is another customer\n", run.Error);
        await desk.IssueId("--licensee", "Acme Telemedicine 2");
        Assert.Equal(name, (await ChangeTests.Change(desk, "amend", first, "--licensee", name)).Licensee); // a new spelling of the same one
    }

    [Fact]
    public async Task To_replace_what_ended_is_no_way_to_a_second_live_license()
    {
        using var desk = await IssuerDesk.WithHome();
        var ended = await desk.IssueId("--until", "2026-12-01");
        desk.Time.Advance(TimeSpan.FromDays(30));
        var live = await desk.IssueId();
        var run = await desk.Run("renew", ended, "--days", "365");
        Assert.StartsWith($"error: Acme Telemedicine has a live license for openvidu-pro already: {live}\n", run.Error, StringComparison.Ordinal);
        await ChangeTests.Change(desk, "renew", ended, "--days", "365", "--separate");
        await ChangeTests.Change(desk, "amend", live, "--cores", "+1"); // one for one is as many as before
    }

    [Fact]
    public async Task A_license_that_lies_ahead_or_has_no_end_is_a_live_one()
    {
        using var desk = await IssuerDesk.WithHome();
        await desk.IssueId("--from", "2027-06-01", "--until", "2028-06-01");
        await desk.IssueId("--licensee", "B");
        Assert.Equal(ExitCode.Failure, (await desk.Issue(IssuerDesk.SmallPlan)).ExitCode);
        Assert.Equal(ExitCode.Failure, (await desk.Issue(IssuerDesk.SmallPlan, "--licensee", "B", "--from", "2040-01-01")).ExitCode);
    }
}
