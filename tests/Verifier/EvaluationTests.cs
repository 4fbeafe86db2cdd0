using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Verdicts;
using Xunit;

namespace OfflineLicense.Tests.Verifier;

/// <summary>What the table of verifier/README.md does not say row by row: promises, dates, and who is told what.</summary>
public sealed class EvaluationTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void A_restart_changes_no_verdict()
    {
        var world = new World().Where(ReasonCode.CoresExceeded, TimeSpan.FromDays(3)).Where(ReasonCode.LedgerUnwritable, TimeSpan.FromDays(5));
        Assert.Equal(Told(world.Verdict), Told(world.Restarted().Verdict));
    }

    [Fact]
    public void Removing_the_license_file_changes_nothing_as_the_node_kept_a_copy()
    {
        var world = new World { License = Licenses.Plain with { Until = Licenses.Day(410) } };
        var removed = world with { IsEmpty = true, Others = [Licenses.Candidate(_ => world.License, isKept: true)] };
        Assert.Equal(Told(world.Verdict), Told(removed.Verdict));
    }

    [Fact]
    public void A_new_license_ends_a_lapse_at_once_and_needs_no_valid_one()
    {
        var lapsed = new World().Where(ReasonCode.TermEnded, TimeSpan.FromDays(100));
        Assert.Equal(LicenseState.Lapsed, lapsed.Verdict.State);
        var renewed = lapsed with { Others = [Licenses.Candidate(l => l with { Id = Licenses.Id(2), Issued = lapsed.Now })] };
        Assert.Equal(LicenseState.Licensed, renewed.Verdict.State);
        Assert.Equal(Licenses.Id(2), renewed.Verdict.License!.Id);
    }

    [Fact]
    public void A_year_without_an_answer_of_the_vendor_darkens_no_node()
    {
        // P9: the operator exported every 60 days and no reply ever came.
        var world = new World { License = Licenses.Plain with { Receipts = new LicenseReceipts { MailEvery = Duration.Parse("90d") } } };
        for (var day = 0; day < 365; day++)
        {
            var today = world with
            {
                Now = Licenses.Day(day),
                Facts = world.Facts with { OldestUnexported = Licenses.Day(day - (day % 60)) },
            };
            Assert.Equal(LicenseState.Licensed, today.Verdict.State);
        }
    }

    [Fact]
    public void Every_date_has_its_own_name()
    {
        var verdict = new World
        {
            License = Licenses.Plain with
            {
                Until = Licenses.Day(450),
                Receipts = new LicenseReceipts { MailEvery = Duration.Parse("90d") },
            },
            Facts = new World().Facts with { OldestUnexported = Licenses.Day(380) },
        }.Verdict;
        Assert.Equal(Licenses.Day(450), verdict.TermEnd);
        Assert.Equal(Licenses.Day(470), verdict.MailBy);
        Assert.Equal(Licenses.Day(464), verdict.GraceEnds);
    }

    [Fact]
    public void The_foretold_end_of_grace_leaves_a_day_of_notice_even_where_the_license_gives_no_grace()
    {
        var license = Licenses.Plain with { Until = Licenses.Day(450), Grace = new LicenseGrace { Days = 0 } };
        Assert.Equal(Licenses.Day(451), new World { License = license }.Verdict.GraceEnds);
    }

    [Fact]
    public void The_end_of_grace_stands_still_once_it_has_passed()
    {
        var world = new World().Where(ReasonCode.TermEnded, TimeSpan.FromDays(20));
        var later = world with { Now = world.Now + TimeSpan.FromDays(5) };
        Assert.Equal(LicenseState.Lapsed, later.Verdict.State);
        Assert.Equal(world.Verdict.GraceEnds, later.Verdict.GraceEnds);
        Assert.Equal(world.License.Until + TimeSpan.FromDays(14), later.Verdict.GraceEnds);
    }

    [Fact]
    public void Minutes_of_one_kind_keep_their_own_date_when_those_of_the_other_were_used_up_earlier()
    {
        var both = new World().Where(ReasonCode.NodeMinutesUsed, TimeSpan.FromDays(13)).Where(ReasonCode.CoreMinutesUsed, TimeSpan.FromDays(2));
        Assert.Equal(Licenses.Day(401), both.Verdict.GraceEnds);

        // The vendor sends more node-minutes; the core-minutes were used up two days ago.
        var mended = both.Restarted() with { License = both.License with { Quota = both.License.Quota with { NodeMinutes = 1000 } } };
        var reason = Assert.Single(mended.Verdict.Reasons);
        Assert.Equal((ReasonCode.CoreMinutesUsed, Licenses.Day(398)), (reason.Code, reason.Since));
        Assert.Equal(Licenses.Day(412), mended.Verdict.GraceEnds);
    }

    [Fact]
    public void Minutes_used_up_in_a_new_period_were_not_used_up_in_the_one_before()
    {
        // Used up on the 1st of the month before, off since, and the reply of the new month says: used up again.
        var month = new DateTimeOffset(2027, 2, 1, 0, 0, 0, TimeSpan.Zero);
        var world = new World { Now = month.AddDays(2) }.Where(ReasonCode.NodeMinutesUsed, TimeSpan.FromDays(33));
        world = world with
        {
            License = world.License with { Quota = new LicenseQuota { Per = QuotaPeriod.Month, NodeMinutes = 60 } },
            Facts = world.Facts with { Use = new UseOfMinutes([], [new ReplyUse(world.License.Id, month, 3600, 3600)]) },
        };
        Assert.Equal((LicenseState.Grace, month), (world.Verdict.State, Assert.Single(world.Verdict.Reasons).Since));
    }

    [Fact]
    public void The_first_of_several_reasons_to_run_out_decides()
    {
        var verdict = new World()
            .Where(ReasonCode.LedgerUnwritable, TimeSpan.FromDays(2))
            .Where(ReasonCode.TermEnded, TimeSpan.FromDays(13)).Verdict;
        Assert.Equal([ReasonCode.TermEnded, ReasonCode.LedgerUnwritable], verdict.Reasons.Select(reason => reason.Code));
        Assert.Equal(Licenses.Day(401), verdict.GraceEnds);
    }

    [Fact]
    public void A_reason_noticed_only_now_begins_now()
    {
        var world = new World().Where(ReasonCode.CoresExceeded, TimeSpan.FromDays(3));
        var unknown = world with { Facts = world.Facts with { Held = [] } };
        Assert.Equal(world.Now, Assert.Single(unknown.Verdict.Reasons).Since);
    }

    [Fact]
    public void A_date_that_a_wrong_clock_put_into_the_future_does_not_lengthen_grace()
    {
        var world = new World().Where(ReasonCode.LedgerUnwritable, TimeSpan.FromDays(-1000));
        Assert.Equal(world.Now, Assert.Single(world.Verdict.Reasons).Since);
    }

    [Fact]
    public void A_node_that_never_was_licensed_has_no_day_of_notice()
    {
        var old = new World { License = Licenses.Plain with { Until = Licenses.Day(100) } };
        var fresh = old with { Facts = old.Facts with { Counted = new HashSet<string>(), LastActive = null, GraceSeconds = null } };
        Assert.Equal(LicenseState.Lapsed, fresh.Verdict.State);
    }

    [Fact]
    public void A_node_whose_last_license_is_lost_goes_on_by_the_defaults()
    {
        var world = new World { IsEmpty = true };
        Assert.Equal(LicenseState.Grace, world.Verdict.State);
        Assert.Null(world.Verdict.License);
        Assert.Equal(world.Now + TimeSpan.FromDays(14), world.Verdict.GraceEnds);
    }

    [Theory]
    [InlineData("30.00:00:01", false)]
    [InlineData("30.00:00:00", true)]
    [InlineData("00:00:01", true)]
    [InlineData("00:00:00", false)]
    public void A_warning_begins_thirty_days_before_the_term_ends_and_ends_with_it(string before, bool isWarned)
    {
        var until = Licenses.Day(400) + TimeSpan.Parse(before, System.Globalization.CultureInfo.InvariantCulture);
        var verdict = new World { License = Licenses.Plain with { Until = until } }.Verdict;
        Assert.Equal(isWarned, verdict.Warnings.Any(warning => warning.Code == ReasonCode.TermEndsSoon));
    }

    [Theory]
    [InlineData("90d", 60, true)]
    [InlineData("90d", 59, false)]
    [InlineData("10d", 5, true)]
    [InlineData("10d", 4, false)]
    public void Who_mails_often_is_warned_at_half_time_and_never_all_the_time(string every, int age, bool isWarned)
    {
        var world = new World
        {
            License = Licenses.Plain with { Receipts = new LicenseReceipts { MailEvery = Duration.Parse(every) } },
            Facts = new World().Facts with { OldestUnexported = Licenses.Day(400 - age) },
        };
        Assert.Equal(isWarned, world.Verdict.Warnings.Any(warning => warning.Code == ReasonCode.MailDueSoon));
    }

    [Fact]
    public void A_clock_at_the_end_of_the_calendar_breaks_nothing()
    {
        var end = new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);
        var world = new World { Now = end, Facts = new World().Facts with { OldestUnexported = end, GraceSeconds = 0 } };
        world = world with { License = world.Where(ReasonCode.MailOverdue, TimeSpan.Zero).License with { Until = end } };
        foreach (var period in Enum.GetValues<QuotaPeriod>())
        {
            var quota = new LicenseQuota { Per = period, NodeMinutes = 1 };
            Assert.Equal(LicenseState.Grace, (world with { License = world.License with { Quota = quota } }).Verdict.State);
        }
    }

    [Fact]
    public void A_bad_file_adds_its_own_line_and_changes_nothing_else()
    {
        foreach (var world in SmallWorldsTests.All().Where((_, i) => i % 97 == 0))
        {
            var told = Told(world.Verdict);
            foreach (var (code, bad) in BadFiles.ByCode)
            {
                foreach (var kept in new[] { false, true })
                {
                    var verdict = (world with { Others = [bad with { IsKept = kept }] }).Verdict;
                    // One whose term is still to begin is reckoned with in what is foretold.
                    var isNext = code == ReasonCode.NotYetValid;
                    Assert.Equal(told, Told(isNext ? verdict with { GraceEnds = world.Verdict.GraceEnds } : verdict));
                    Assert.Equal(kept ? [] : [code], verdict.NotCounting.Select(reason => reason.Code));
                }
            }
        }
    }

    [Fact]
    public void Every_reason_says_what_mends_it_in_one_plain_sentence()
    {
        var codes = new[]
        {
            ReasonCode.TermEnded, ReasonCode.MailOverdue, ReasonCode.LedgerUnwritable, ReasonCode.NoLicenseCounts, ReasonCode.NodeMinutesUsed, ReasonCode.CoreMinutesUsed,
            ReasonCode.CoresExceeded, ReasonCode.NodeCoresExceeded, ReasonCode.ClockBehind, ReasonCode.LedgerDamaged,
            ReasonCode.LedgerRolledBack, ReasonCode.QuotaThreeQuarters, ReasonCode.QuotaNineTenths, ReasonCode.TermEndsSoon,
            ReasonCode.MailDueSoon,
        };
        var told = codes.Select(code => new World().Where(code, Second).Verdict)
            .SelectMany(verdict => verdict.Reasons.Concat(verdict.Warnings))
            .Concat(BadFiles.ByCode.Values.SelectMany(bad => (new World() with { Others = [bad] }).Verdict.NotCounting));
        Assert.All(told, reason =>
        {
            Assert.Matches("^[a-z0-9].*[^.]$", reason.Sentence);
            Assert.Matches("^[a-z0-9].*[^.]$", reason.Mend);
            Assert.DoesNotContain('\n', reason.Sentence);
        });
    }

    /// <summary>All that a verdict says, but for the files that do not count.</summary>
    internal static string Told(Verdict verdict) => string.Join('\n', new object?[]
    {
        verdict.State, verdict.MayBegin, verdict.At, verdict.License?.Id, verdict.TermEnd, verdict.GraceEnds, verdict.MailBy,
        verdict.RefuseCoresAbove, verdict.RefuseNodeCoresAbove, verdict.MinutesRefusal,
    }.Concat(verdict.Reasons).Concat(verdict.Warnings).Concat(verdict.Quotas.Cast<object>()));
}
