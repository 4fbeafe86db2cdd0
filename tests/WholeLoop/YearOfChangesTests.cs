using System.Text.Json;
using OfflineLicense.Tests.Issuer;
using Xunit;

namespace OfflineLicense.Tests.WholeLoop;

/// <summary>
/// A year of a customer with twelve nodes whose license is replaced five times: two amendments, a renewal, an amendment, a
/// renewal. Nodes get each new file on different days, one of them a week late; between all of it they are off and on again.
/// </summary>
public sealed class YearOfChangesTests
{
    private const int Late = 11;

    [Fact]
    public async Task P6_P7_Along_five_replacements_the_meter_never_resets_within_a_term_never_doubles_and_both_statements_are_equal()
    {
        using var desk = await IssuerDesk.WithHome("2026-11-22T00:00:00Z");
        var license = await desk.IssueId("--from", "2026-11-22", "--until", "2027-05-22", "--every", "1h", "--node-minutes", "500_000");
        using var site = new CustomerSite(desk, nodes: 12);
        await site.Install(license, Enumerable.Range(0, 12));
        site.SwitchOn();
        site.Work(days: 2);
        await Settle(site, license, "2026-11-22", 500_000);

        site.Off(days: 40);
        license = await Amend(site, license, "--cores", "+64");
        await Settle(site, license, "2026-11-22", 500_000);

        site.Off(days: 50);
        license = await Amend(site, license, "--node-minutes", "+100_000");
        await Settle(site, license, "2026-11-22", 600_000);

        site.Off(Until(site, "2027-05-20"));
        license = await Renew(site, license);
        await Settle(site, license, "2027-05-22", 600_000);

        site.Off(days: 60);
        license = await Amend(site, license, "--cores", "-32", "--node-minutes", "+1");
        await Settle(site, license, "2027-05-22", 600_001);

        site.Off(Until(site, "2027-11-20"));
        license = await Renew(site, license);
        await Settle(site, license, "2027-11-22", 600_001);

        // All terms together are all that was used, and each day of it is in one term only.
        Assert.Equal(site.DaysOfWork("2026-01-01", "2029-01-01"), DaysOfTerm("2026-11-22", "2027-05-22") + DaysOfTerm("2027-05-22", "2027-11-22") + DaysOfTerm("2027-11-22", "2028-05-22"));
        var year = await site.Statements(license, "--from", "2026-11-22", "--until", "2027-12-31");
        Assert.Contains(FormattableString.Invariant($"itemised seconds {site.DaysOfWork("2026-01-01", "2029-01-01") * 8 * 3600} "), year, StringComparison.Ordinal);
        Assert.DoesNotContain("Not counted", year, StringComparison.Ordinal);
        Assert.DoesNotContain("after the term", year, StringComparison.Ordinal);

        int DaysOfTerm(string from, string until) => site.DaysOfWork(from, until);
    }

    // Each node takes the file before its work of another day; the late one runs on the replaced license for a week.
    private static async Task<string> Amend(CustomerSite site, string old, params string[] flags)
    {
        site.Work(days: 1);
        var license = await site.Change(["amend", old, .. flags]);
        foreach (var turn in (int[])[0, 1, 2])
        {
            var nodes = Enumerable.Range(0, 12).Where(node => node != Late && node % 3 == turn).ToList();
            var before = await site.Used(nodes);
            await site.Install(license, nodes);
            Assert.Equal(before, await site.Used(nodes));
            site.Work(days: 1);
            if (turn == 1) site.Off(days: 4);
        }

        var late = await site.Used([Late]);
        await site.Install(license, [Late]);
        Assert.Equal(late, await site.Used([Late]));
        site.Work(days: 1);
        return license;
    }

    // The renewal lies on the nodes two days before it begins; the late node goes over the end of the term on its grace.
    private static async Task<string> Renew(CustomerSite site, string old)
    {
        var others = Enumerable.Range(0, 12).Where(static node => node != Late).ToList();
        var license = await site.Change("renew", old);
        var before = await site.Used(others);
        await site.Install(license, others);
        Assert.Equal(before, await site.Used(others));
        site.Work(days: 2);
        Assert.All(await site.Used(others), static used => Assert.Equal(0, used));
        site.Work(days: 1);
        Assert.All(await site.Used(others), static used => Assert.Equal(8 * 60, used));
        site.Off(days: 4);
        site.Work(days: 1);
        await site.Install(license, [Late]);
        Assert.Equal([2 * 8 * 60], await site.Used([Late])); // it worked on the replaced license, in the term of the new one
        site.Work(days: 1);
        return license;
    }

    // Everybody mails, the vendor imports and answers: then all know the same figure, and it is the true one.
    private static async Task Settle(CustomerSite site, string license, string termFrom, long allowed)
    {
        await site.MailAndTakeReply();
        var used = site.DaysOfWork(termFrom, "2029-01-01") * 8L * 60;
        Assert.Contains(FormattableString.Invariant($" node-minutes {allowed} {used} 0 from {termFrom}T00:00:00Z "), await site.Statements(license), StringComparison.Ordinal);
        Assert.All(await site.Used(Enumerable.Range(0, 12)), known => Assert.Equal(used, known));
        using var findings = JsonDocument.Parse((await site.Desk.Run("findings", "--json")).Output);
        Assert.Equal(["new-installation"], findings.RootElement.GetProperty("findings").EnumerateArray().Select(static finding => finding.GetProperty("kind").GetString()).Distinct());
    }

    private static int Until(CustomerSite site, string day) =>
        (int)(DateTimeOffset.Parse(day + "T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture) - site.Desk.Time.Wall).TotalDays;
}
