using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Verdicts;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Histories;

/// <summary>What random histories found, each by its name and by the fewest steps that it takes.</summary>
public sealed class FoundTests
{
    [Fact]
    public void Minutes_that_the_vendor_has_are_not_counted_again_while_the_disk_is_full() => Holds(
        new(Act.Put, 735, 96032), new(Act.Begin, 167, 1005284), new(Act.Run, 391, 731078), new(Act.BreakDisk, 272, 311375),
        new(Act.Suspend, 362, 40695), new(Act.Reply, 628, 553035));

    [Fact]
    public void A_disk_that_is_good_again_is_written_again_within_seconds() => Holds(
        new(Act.Pass, 413, 174159), new(Act.Put, 627, 309928), new(Act.Pass, 119, 905298),
        new(Act.Pass, 754, 912350), new(Act.Off, 549, 936823), new(Act.Pass, 250, 292574),
        new(Act.Off, 117, 502095), new(Act.Restart, 981, 48491), new(Act.Pass, 448, 90498),
        new(Act.Restart, 210, 377121), new(Act.Pass, 734, 1047151), new(Act.Pass, 915, 796776),
        new(Act.Off, 214, 563119), new(Act.Off, 497, 904181), new(Act.Pass, 114, 811413),
        new(Act.Restart, 942, 521037), new(Act.Pass, 44, 302489), new(Act.MendDisk, 89, 895969),
        new(Act.Restart, 778, 245290), new(Act.Pass, 286, 966127), new(Act.Pass, 90, 649872),
        new(Act.Pass, 514, 697723), new(Act.Pass, 178, 1019840), new(Act.Pass, 300, 729993),
        new(Act.Pass, 99, 475030), new(Act.Kill, 225, 26569), new(Act.BreakDisk, 855, 403467),
        new(Act.Pass, 676, 826486), new(Act.Pass, 230, 954516), new(Act.SetClock, 283, 907357),
        new(Act.Pass, 497, 814418), new(Act.MendDisk, 950, 2704));

    [Fact]
    public void A_start_is_labelled_with_effective_time_like_all_that_follows_it()
    {
        using var site = new NodeSite { LookEvery = TimeSpan.FromHours(1) };
        site.Put(plain => plain with { Receipts = new LicenseReceipts { Every = Duration.Parse("1h"), MailEvery = Duration.Parse("5d") } });
        using (var node = site.Open())
            site.Time.Advance(TimeSpan.FromDays(3));
        site.Export();
        site.Time.Wall -= TimeSpan.FromDays(90);
        using var again = site.Open();
        Assert.Equal(again.Verdict.At, site.Receipts().OfType<StartReceipt>().Last().At);
        Assert.Equal(LicenseState.Licensed, again.Verdict.State);
        site.Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(LicenseState.Licensed, again.Verdict.State);
    }

    [Fact]
    public void A_node_that_lapsed_over_its_mail_begins_new_work_at_the_first_look_after_an_export()
    {
        using var site = new NodeSite();
        site.Put(plain => plain with
        {
            Grace = new LicenseGrace { Days = 0, Earn = 0, Limit = 0 },
            Receipts = new LicenseReceipts { Every = Duration.Parse("1h"), MailEvery = Duration.Parse("1d") },
        });
        using var node = site.Open();
        site.Time.Advance(TimeSpan.FromHours(49));
        Assert.Equal(LicenseState.Lapsed, node.Verdict.State);
        site.Export();
        site.Time.Advance(site.LookEvery);
        Assert.Equal(LicenseState.Licensed, node.Verdict.State);
        Assert.Null(node.Verdict.MailBy);
    }

    [Fact]
    public void An_export_just_before_the_clock_is_set_back_settles_the_mail_by_which_the_node_lapsed() => Holds(
        new(Act.Freeze, 355, 933316), new(Act.Put, 215, 916348), new(Act.Export, 776, 71566), new(Act.SetClock, 892, 40724));

    [Fact]
    public void Every_license_that_was_active_while_the_disk_refused_is_kept_once_it_does_not()
    {
        var site = new MemorySite();
        var first = site.Put();
        using (var node = site.Open())
        {
            site.Disk.Fails = static (_, _) => true;
            var second = site.Put(plain => plain with { Id = Licenses.Id(2), Replaces = first.Id });
            var third = site.Put(plain => plain with { Id = Licenses.Id(3), Replaces = second.Id });
            Assert.Equal(third.Id, node.Verdict.License?.Id);
            site.Disk.Fails = static (_, _) => false;
            site.Time.Advance(TimeSpan.FromMinutes(1));
            site.Remove(second);
            site.Remove(third);
        }

        Assert.Equal([Licenses.Id(1), Licenses.Id(2), Licenses.Id(3)], site.Kept);
        using var again = site.Open();
        Assert.Equal(Licenses.Id(3), again.Verdict.License?.Id);
        Assert.Equal(ReasonCode.Replaced, Assert.Single(again.Verdict.NotCounting).Code);
    }

    [Fact]
    public void Use_past_the_old_term_that_the_vendor_has_counts_for_the_amended_license_before_the_next_reply()
    {
        var old = Licenses.Plain with { Until = Licenses.Day(30) };
        var longer = Licenses.Plain with { Id = Licenses.Id(2), Replaces = old.Id, Until = Licenses.Day(60) };
        var used = new UseOfMinutes(
            [Use(old, day: 5, 600, isAcknowledged: true), Use(old, day: 35, 120, isAcknowledged: true), Use(longer, day: 36, 60, isAcknowledged: false)],
            [new ReplyUse(old.Id, old.From, 1000, 2000)]);
        Assert.Equal((1180, 2180), used.In(new LicenseChain(longer, [old, longer]), LicensePeriod.Of(longer, Licenses.Day(36))));
        Assert.Equal((1000, 2000), used.In(new LicenseChain(old, [old, longer]), LicensePeriod.Of(old, Licenses.Day(5))));
    }

    [Fact]
    public void Use_of_a_license_in_the_middle_of_a_chain_counts_before_the_next_reply_though_its_own_period_began_on_another_day()
    {
        var first = Licenses.Plain with { Until = Licenses.Day(30) };
        var second = Licenses.Plain with { Id = Licenses.Id(2), Replaces = first.Id, From = Licenses.Day(2), Until = Licenses.Day(30) };
        var third = Licenses.Plain with { Id = Licenses.Id(3), Replaces = second.Id, Until = Licenses.Day(30) };
        var used = new UseOfMinutes(
            [Use(second, day: 3, 600, isAcknowledged: true)],
            [new ReplyUse(first.Id, first.From, 0, 0), new ReplyUse(second.Id, second.From, 600, 600)]);
        Assert.Equal((600, 600), used.In(new LicenseChain(third, [first, second, third]), LicensePeriod.Of(third, Licenses.Day(4))));
    }

    [Fact]
    public void A_chain_ends_where_the_file_of_a_license_that_never_was_active_is_gone() => Holds(
        new(Act.PutBad, 931, 506031), new(Act.Put, 416, 868598), new(Act.Put, 493, 528992), new(Act.Begin, 56, 967940),
        new(Act.Pass, 307, 420464), new(Act.Put, 129, 320169), new(Act.Put, 150, 898567), new(Act.Put, 123, 459197),
        new(Act.Remove, 469, 680330), new(Act.Run, 760, 128904));

    private static DayOfUse Use(License license, int day, long seconds, bool isAcknowledged) =>
        new(license.Id, DateOnly.FromDateTime(Licenses.Day(day).UtcDateTime), seconds, seconds, isAcknowledged);

    private static void Holds(params Step[] history)
    {
        Assert.Null(HistoryTests.Failure(history, out var comparisons));
        Assert.True(comparisons > 0);
    }
}
