using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Verdicts;
using Xunit;

namespace OfflineLicense.Tests.Verifier;

/// <summary>
/// What is foretold against what comes: small worlds are lived through from look to look, and the time line must have
/// every change that was seen, at its time, and no other.
/// </summary>
public sealed class ForetellingTests
{
    private static readonly TimeSpan Look = TimeSpan.FromHours(6);
    private static readonly DateTimeOffset Begin = Licenses.Day(400);
    private static readonly int[] GraceDays = [0, 1, 14];
    private static readonly QuotaPeriod?[] Periods = [null, QuotaPeriod.Month];
    private static readonly string?[] MailDuties = [null, "10d", "40d"];
    private static readonly long?[] SecondsInGrace = [null, 0, 43_200];
    private static readonly DateTimeOffset End = Licenses.Day(460);

    [Fact]
    public void Every_change_of_a_small_world_is_on_the_time_line_and_nothing_else_is()
    {
        var changes = 0;
        foreach (var world in Worlds())
        {
            var lived = Live(world, out var last).ToList();
            var foretelling = world.Foretelling;
            Assert.Equal(lived, foretelling.TimeLine(End).Select(change => Told(change.Before, change.After)));
            Assert.Equal(Shown(last), Shown(foretelling.WhenRunning(End)));
            changes += lived.Count;
        }

        Assert.InRange(changes, 1000, int.MaxValue);
    }

    [Fact]
    public void Grace_ends_is_the_first_moment_at_which_new_work_is_refused_whatever_license_follows()
    {
        foreach (var world in Worlds().Where(world => world.Verdict.MayBegin))
        {
            var refusal = world.Foretelling.TimeLine().FirstOrDefault(change => !change.After.MayBegin)?.After.At;
            Assert.Equal(refusal, world.Verdict.GraceEnds);
        }
    }

    [Fact]
    public void A_term_that_another_license_at_hand_carries_on_is_nothing_to_be_warned_of()
    {
        var first = Licenses.Plain with { Until = Licenses.Day(410) };
        var next = first with { Id = Licenses.Id(2), From = Licenses.Day(410), Until = Licenses.Day(800) };
        var late = next with { From = Licenses.Day(411) };
        var world = new World { License = first };
        Assert.Equal(ReasonCode.TermEndsSoon, Assert.Single(world.Verdict.Warnings).Code);
        Assert.Single((world with { Others = [Licenses.Candidate(_ => late)] }).Verdict.Warnings);

        var renewed = (world with { Others = [Licenses.Candidate(_ => next)] }).Verdict;
        Assert.Empty(renewed.Warnings);
        Assert.Equal((Licenses.Day(410), Licenses.Day(814)), (renewed.TermEnd, renewed.GraceEnds));
    }

    [Fact]
    public void Every_line_says_what_is_new_and_what_prevents_it()
    {
        foreach (var news in Worlds().SelectMany(world => world.Foretelling.TimeLine()).SelectMany(change => change.News))
        {
            Assert.NotEqual("", news.Sentence);
            Assert.NotEqual("", news.Mend);
        }
    }

    [Fact]
    public void Off_until_a_date_is_the_verdict_of_that_date_and_leaves_a_day_of_notice()
    {
        var world = new World { License = Licenses.Plain with { Until = Licenses.Day(410), Grace = new LicenseGrace { Days = 3 } } };
        world = world with { Facts = world.Facts with { GraceSeconds = 0 } };
        var off = world.Foretelling.WhenOff(Licenses.Day(450));
        Assert.Equal((LicenseState.Grace, Licenses.Day(451)), (off.State, off.GraceEnds));
        Assert.Equal(LicenseState.Lapsed, world.Foretelling.WhenRunning(Licenses.Day(450)).State);
    }

    [Fact]
    public void A_node_that_is_off_has_no_cores_in_use()
    {
        var world = new World().Where(ReasonCode.CoresExceeded, TimeSpan.FromDays(3));
        Assert.Equal(LicenseState.Licensed, world.Foretelling.WhenOff(Licenses.Day(450)).State);
        Assert.Equal(LicenseState.Lapsed, world.Foretelling.WhenRunning(Licenses.Day(450)).State);
    }

    [Fact]
    public void What_is_not_in_the_future_is_not_foretold()
    {
        var foretelling = new World().Foretelling;
        Assert.Throws<ArgumentOutOfRangeException>(() => foretelling.WhenOff(Begin));
        Assert.Throws<ArgumentOutOfRangeException>(() => foretelling.WhenRunning(Begin));
    }

    /// <summary>What a node sees that looks four times a day: when, what it was, what it is.</summary>
    private static IEnumerable<string> Live(World world, out Verdict last)
    {
        var seen = new List<string>();
        var before = world.Verdict;
        for (; world.Now < End;)
        {
            world = world.RunUntil(world.Now + Look);
            var after = world.Verdict;
            if (Shown(before) != Shown(after))
                seen.Add(Told(before, after));
            before = after;
        }

        last = before;
        return seen;
    }

    private static string Told(Verdict before, Verdict after) => $"{Words.Date(after.At)} {Shown(before)} => {Shown(after)}";

    /// <summary>What somebody acts on. That a quota begins anew shows in its period, where anything was used.</summary>
    private static string Shown(Verdict verdict) => string.Join(' ',
        verdict.State, verdict.MayBegin, verdict.License?.Id[^1], verdict.MinutesRefusal?.Code,
        string.Join(',', verdict.Reasons.Select(reason => reason.Code).Order(StringComparer.Ordinal)),
        string.Join(',', verdict.Warnings.Select(warning => warning.Code + warning.Since)),
        string.Join(',', verdict.NotCounting.Select(file => file.File + file.Code)),
        string.Join(',', verdict.Quotas.Where(quota => quota.Used > 0).Select(quota => quota.Name + quota.PeriodStart)));

    private static IEnumerable<World> Worlds() =>
        from enforcement in Enum.GetValues<EnforcementRule>()
        from overage in Enum.GetValues<OverageRule>()
        from graceDays in GraceDays
        from per in Periods
        from mail in MailDuties
        from next in Enumerable.Range(0, Nexts.Length)
        from graceSeconds in SecondsInGrace
        select World(enforcement, overage, graceDays, per, mail, next, graceSeconds);

    /// <summary>What may lie in the folder beside a license whose term ends on day 430.</summary>
    private static readonly Func<License, License?>[] Nexts =
    [
        _ => null,
        first => first with { Id = Licenses.Id(2), Replaces = first.Id, Issued = Licenses.Day(390), From = Licenses.Day(430), Until = Licenses.Day(800) },
        first => first with { Id = Licenses.Id(3), Issued = Licenses.Day(390), From = Licenses.Day(415), Until = Licenses.Day(425), Quota = new LicenseQuota() },
        first => first with { Id = Licenses.Id(4), Replaces = first.Id, Issued = Licenses.Day(390), From = Licenses.Day(415), Until = Licenses.Day(425), Receipts = null },
        first => first with { Id = Licenses.Id(5), Issued = Licenses.Day(100), From = Licenses.Day(440), Until = null, Enforcement = null },
        first => first with { Id = Licenses.Id(6), From = Licenses.Day(420), BuildsUntil = Licenses.Day(200) },
    ];

    private static World World(
        EnforcementRule enforcement, OverageRule overage, int graceDays, QuotaPeriod? per, string? mail, int next, long? graceSeconds)
    {
        var world = new World();
        var license = Licenses.Plain with
        {
            Until = Licenses.Day(430),
            Enforcement = enforcement,
            Overage = overage,
            Grace = new LicenseGrace { Days = graceDays },
            Quota = new LicenseQuota { Per = per, NodeMinutes = 60 },
            Receipts = mail is null ? null : new LicenseReceipts { MailEvery = Duration.Parse(mail) },
        };
        var use = new DayOfUse(license.Id, DateOnly.FromDateTime(Begin.AddDays(-1).UtcDateTime), 3600, 3600, IsAcknowledged: false);
        return world with
        {
            License = license,
            Others = Nexts[next](license) is { } other ? [Licenses.Candidate(_ => other)] : [],
            Facts = world.Facts with
            {
                GraceSeconds = graceSeconds,
                OldestUnexported = Begin.AddDays(-5),
                Use = new UseOfMinutes([use], []),
            },
        };
    }
}
