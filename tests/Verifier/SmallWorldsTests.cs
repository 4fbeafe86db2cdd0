using OfflineLicense.Verifier;
using Xunit;

namespace OfflineLicense.Tests.Verifier;

/// <summary>
/// All small worlds: each of five reasons absent, young or old, times overage, enforcement, length of grace and seconds
/// run in Grace. What a second, plainer reckoning says of each must be what the verdict says.
/// </summary>
public sealed class SmallWorldsTests
{
    private static readonly string[] Codes =
        [ReasonCode.TermEnded, ReasonCode.NodeMinutesUsed, ReasonCode.CoresExceeded, ReasonCode.MailOverdue, ReasonCode.LedgerUnwritable];

    private static readonly long?[] SecondsInGrace = [null, 0, 86399, 86400, 86401];
    private static readonly int[] GraceDays = [0, 1, 14];
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1), Day = TimeSpan.FromDays(1);

    [Fact]
    public void The_state_is_what_the_oldest_reason_and_the_time_run_in_grace_make_it()
    {
        foreach (var (world, ages) in Enumerate())
        {
            var verdict = world.Verdict;
            var hasNotice = world.Facts.GraceSeconds < 86400;
            var isOver = ages.Any(age => age >= TimeSpan.FromDays(world.License.GraceDays)) && !hasNotice;
            var expected = ages.Count == 0 ? LicenseState.Licensed : isOver ? LicenseState.Lapsed : LicenseState.Grace;
            Assert.Equal(expected, verdict.State);
            Assert.Equal(expected != LicenseState.Lapsed || world.License.EnforcementInForce == EnforcementRule.Advisory, verdict.MayBegin);
            Assert.Equal(ages.Select(age => world.Now - age).Order(), verdict.Reasons.Select(reason => reason.Since!.Value));
        }
    }

    [Fact]
    public void No_node_lapses_before_it_has_run_a_day_in_grace()
    {
        Assert.DoesNotContain(All(), world => world.Facts.GraceSeconds < 86400 && world.Verdict.State == LicenseState.Lapsed);
    }

    [Fact]
    public void Nothing_is_refused_where_the_license_is_advisory()
    {
        Assert.DoesNotContain(All(), world => world.License.EnforcementInForce == EnforcementRule.Advisory && world.RefusesNewWork);
    }

    [Fact]
    public void A_restart_changes_no_verdict_in_any_of_them()
    {
        foreach (var world in All())
            Assert.Equal(EvaluationTests.Told(world.Verdict), EvaluationTests.Told(world.Restarted().Verdict));
    }

    [Fact]
    public void A_node_that_runs_on_is_in_grace_until_the_second_before_grace_ends_and_then_lapses()
    {
        foreach (var world in All().Where(world => world.Verdict is { State: LicenseState.Grace, GraceEnds: not null }))
        {
            var end = world.Verdict.GraceEnds!.Value;
            Assert.True(end > world.Now);
            Assert.Equal(LicenseState.Grace, world.RunUntil(end - Second).Verdict.State);
            Assert.Equal(LicenseState.Lapsed, world.RunUntil(end).Verdict.State);
            Assert.Equal(end, world.RunUntil(end - Second).Verdict.GraceEnds);
        }
    }

    [Fact]
    public void What_is_foretold_while_licensed_comes_true_to_the_second()
    {
        foreach (var days in GraceDays)
        {
            var until = Licenses.Day(420);
            var world = new World { License = Licenses.Plain with { Until = until, Grace = new LicenseGrace { Days = days } } };
            var end = world.Verdict.GraceEnds!.Value;
            World RunTo(DateTimeOffset time) => world with
            {
                Now = time,
                Facts = world.Facts with { GraceSeconds = Math.Max(0, (long)(time - until).TotalSeconds) },
            };
            Assert.Equal(LicenseState.Licensed, RunTo(until - Second).Verdict.State);
            Assert.Equal(LicenseState.Grace, RunTo(until).Verdict.State);
            Assert.Equal(LicenseState.Grace, RunTo(end - Second).Verdict.State);
            Assert.Equal(LicenseState.Lapsed, RunTo(end).Verdict.State);
        }
    }

    [Fact]
    public void Mending_one_reason_never_makes_things_worse()
    {
        var byReasons = Enumerate().ToLookup(entry => (
            entry.World.License.Overage, entry.World.License.Enforcement, entry.World.License.GraceDays, entry.World.Facts.GraceSeconds));
        foreach (var group in byReasons)
        {
            var ends = group.Select(entry => (Ages: entry.World.Verdict.Reasons.Select(r => (r.Code, r.Since)).ToHashSet(), entry.World.Verdict.State));
            var lapsed = ends.Where(entry => entry.State == LicenseState.Lapsed).Take(5).ToList();
            foreach (var (reasons, _) in ends.Where(entry => entry.State == LicenseState.Grace))
                Assert.DoesNotContain(lapsed, worse => worse.Ages.IsSubsetOf(reasons));
        }
    }

    internal static IEnumerable<World> All() => Enumerate().Select(entry => entry.World);

    /// <summary>Every world, with the ages of the reasons that must be held against it.</summary>
    private static IEnumerable<(World World, List<TimeSpan> Ages)> Enumerate() =>
        from overage in Enum.GetValues<OverageRule>()
        from enforcement in Enum.GetValues<EnforcementRule>()
        from days in GraceDays
        from graceSeconds in SecondsInGrace
        from choice in Enumerable.Range(0, 243)
        select Make(overage, enforcement, days, graceSeconds, choice);

    private static (World, List<TimeSpan>) Make(
        OverageRule overage, EnforcementRule enforcement, int days, long? graceSeconds, int choice)
    {
        var license = Licenses.Plain with { Overage = overage, Enforcement = enforcement, Grace = new LicenseGrace { Days = days } };
        var world = new World { License = license };
        world = world with { Facts = world.Facts with { GraceSeconds = graceSeconds } };
        var ages = new List<TimeSpan>();
        foreach (var code in Codes)
        {
            var age = (choice % 3) switch { 1 => (Day * 14) - Second, 2 => Day * 14, _ => (TimeSpan?)null };
            choice /= 3;
            if (age is null)
                continue;
            world = world.Where(code, age.Value);
            if (overage == OverageRule.Grace || code is not (ReasonCode.NodeMinutesUsed or ReasonCode.CoresExceeded))
                ages.Add(age.Value);
        }

        return (world, ages);
    }
}
