using System.Diagnostics;
using OfflineLicense.Verifier;
using Xunit;
using Xunit.Abstractions;

namespace OfflineLicense.Tests.Verifier.Testing;

/// <summary>What a developer's tests can rely on: each situation is reached by the real node, in no time, and always alike.</summary>
public sealed class TestLicensingTests(ITestOutputHelper output) : IDisposable
{
    private readonly TestLicensing _licensed = TestLicensing.Create("openvidu-pro");

    public static TheoryData<LicenseState> States => [.. Enum.GetValues<LicenseState>()];

    [Theory]
    [MemberData(nameof(States))]
    public void Every_state_is_one_call_away_from_a_fresh_machine(LicenseState state)
    {
        _licensed.Reach(state);
        using var node = _licensed.OpenNode();
        Assert.Equal(state, node.Verdict.State);
        Assert.Equal(state is LicenseState.Licensed or LicenseState.Grace, node.TryBegin(1, out var usage, out _));
        usage?.Dispose();
    }

    [Fact]
    public void Every_state_but_unlicensed_is_one_call_away_from_every_other_while_the_node_is_open()
    {
        var states = Enum.GetValues<LicenseState>().Where(state => state != LicenseState.Unlicensed).ToList();
        foreach (var (from, to) in states.SelectMany(from => states.Select(to => (from, to))))
        {
            using var licensed = TestLicensing.Create("openvidu-pro");
            using var open = licensed.OpenNode();
            licensed.Reach(from);
            licensed.Reach(to);
            using var node = licensed.OpenNode();
            Assert.Equal((to, to), (node.Verdict.State, open.Verdict.State));
        }
    }

    [Fact]
    public void There_is_no_way_back_to_unlicensed()
    {
        _licensed.Reach(LicenseState.Licensed);
        Assert.Contains("create another", Assert.Throws<InvalidOperationException>(() => _licensed.Reach(LicenseState.Unlicensed)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_year_in_Grace_passes_in_a_moment_and_every_hour_of_it_is_metered()
    {
        _licensed.Install(license => license with
        {
            Until = _licensed.Time.Wall.AddDays(1),
            Grace = new LicenseGrace { Days = 500 },
        });
        var watch = Stopwatch.StartNew();
        using (var node = _licensed.OpenNode())
        {
            Assert.True(node.TryBegin(8, out var usage, out _));
            _licensed.Time.Advance(TimeSpan.FromDays(400));
            Assert.Equal(LicenseState.Grace, node.Verdict.State);
            usage.Dispose();
        }

        output.WriteLine(FormattableString.Invariant($"400 days with work: {watch.ElapsedMilliseconds} ms"));
        Assert.Equal(400 * 86_400L * 8, _licensed.Usage.Sum(usage => usage.CoreSeconds));
        Assert.Equal(399 * 86_400L, _licensed.Usage.Where(usage => usage.State == LicenseState.Grace).Sum(usage => usage.Seconds));
    }

    [Fact]
    public void A_term_that_ends_within_an_hour_ends_on_the_second()
    {
        _licensed.Install(license => license with { Until = _licensed.Time.Wall.AddMinutes(95), Grace = new LicenseGrace { Days = 0 } });
        using var node = _licensed.OpenNode();
        _licensed.Time.Advance(TimeSpan.FromMinutes(95) - TimeSpan.FromSeconds(1));
        Assert.Equal(LicenseState.Licensed, node.Verdict.State);
        _licensed.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(LicenseState.Grace, node.Verdict.State);
        _licensed.Time.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        Assert.Equal(LicenseState.Grace, node.Verdict.State);
        _licensed.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(LicenseState.Lapsed, node.Verdict.State);
    }

    [Fact]
    public void What_a_product_does_by_its_own_timer_sees_the_verdict_of_that_moment()
    {
        _licensed.Install(license => license with { Until = _licensed.Time.Wall.AddMinutes(95) });
        using var node = _licensed.OpenNode();
        var seen = new List<(DateTimeOffset At, LicenseState State)>();
        using var timer = _licensed.Time.CreateTimer(
            _ => seen.Add((_licensed.Time.GetUtcNow(), node.Verdict.State)), null, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));
        _licensed.Time.Advance(TimeSpan.FromMinutes(120));
        Assert.Equal(120, seen.Count);
        Assert.All(seen, look => Assert.Equal(
            look.At < _licensed.Time.Wall.AddMinutes(-25) ? LicenseState.Licensed : LicenseState.Grace, look.State));
    }

    [Fact]
    public void What_a_node_tells_of_a_change_is_told_when_the_call_returns()
    {
        _licensed.Install();
        using var node = _licensed.OpenNode();
        var told = new List<LicenseState>();
        node.Changed += (_, change) => told.Add(change.After.State);
        _licensed.EndTerm();
        _licensed.EndGrace();
        _licensed.Install();
        Assert.Equal(
            [LicenseState.Licensed, LicenseState.Grace, LicenseState.Lapsed, LicenseState.Licensed], // the first says that the end is near
            told.Where((state, i) => i == 0 || state != told[i - 1]));
    }

    [Fact]
    public void Work_that_runs_when_the_grace_is_over_goes_on_and_new_work_is_refused()
    {
        _licensed.Install();
        using var node = _licensed.OpenNode();
        Assert.True(node.TryBegin(4, out var usage, out _));
        _licensed.Reach(LicenseState.Lapsed);
        Assert.False(node.TryBegin(1, out _, out var why));
        Assert.Equal(ReasonCode.TermEnded, why.Code);
        Assert.Equal(4, node.CoresInUse);
        usage.Dispose();
        Assert.Equal(0, node.CoresInUse);
    }

    [Fact]
    public void An_advisory_license_lapses_and_refuses_nothing()
    {
        _licensed.Install(license => license with { Enforcement = EnforcementRule.Advisory });
        using var node = _licensed.OpenNode();
        _licensed.EndTerm();
        _licensed.EndGrace();
        Assert.Equal(LicenseState.Lapsed, node.Verdict.State);
        Assert.True(node.TryBegin(1, out var usage, out _));
        usage.Dispose();
    }

    [Theory]
    [InlineData(0.74, null)]
    [InlineData(0.75, ReasonCode.QuotaThreeQuarters)]
    [InlineData(0.9, ReasonCode.QuotaNineTenths)]
    public void Minutes_that_other_nodes_used_warn_in_time(double part, string? warning)
    {
        _licensed.Install(license => license with { Quota = new LicenseQuota { NodeMinutes = 1_000_000 } });
        using var node = _licensed.OpenNode();
        _licensed.UseMinutes(part);
        Assert.Equal(LicenseState.Licensed, node.Verdict.State);
        Assert.Equal(warning, node.Verdict.Warnings.SingleOrDefault()?.Code);
    }

    [Fact]
    public void A_quota_that_is_used_up_refuses_where_the_license_says_so()
    {
        _licensed.Install(license => license with
        {
            Quota = new LicenseQuota { NodeMinutes = 60, CoreMinutes = 600 },
            Overage = OverageRule.Refuse,
        });
        using var node = _licensed.OpenNode();
        _licensed.UseMinutes(1);
        Assert.False(node.TryBegin(1, out _, out var why));
        Assert.Equal((ReasonCode.NodeMinutesUsed, LicenseState.Licensed), (why.Code, node.Verdict.State));
    }

    [Fact]
    public void Mail_that_is_missed_leads_to_Grace_and_an_export_back()
    {
        _licensed.Install(license => license with { Receipts = new LicenseReceipts { MailEvery = Duration.Parse("3d") } });
        using var node = _licensed.OpenNode();
        _licensed.MissMail();
        Assert.Equal((LicenseState.Grace, ReasonCode.MailOverdue), (node.Verdict.State, node.Verdict.Reasons[0].Code));
        Assert.NotEmpty(_licensed.Export());
        _licensed.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(LicenseState.Licensed, node.Verdict.State);
    }

    [Fact]
    public void The_vendors_answer_has_what_was_written_and_is_taken_in()
    {
        _licensed.Install(license => license with { Quota = new LicenseQuota { NodeMinutes = 1000 } });
        using var node = _licensed.OpenNode();
        Assert.True(node.TryBegin(2, out var usage, out _));
        _licensed.Time.Advance(TimeSpan.FromHours(2));
        _licensed.Answer();
        Assert.Equal(120, node.Verdict.Quotas.Single().Used);
        _licensed.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(180, node.Verdict.Quotas.Single().Used);
        usage.Dispose();
    }

    [Fact]
    public void A_disk_that_is_full_shows_and_nothing_is_lost_once_it_takes_again()
    {
        _licensed.Install();
        using (var node = _licensed.OpenNode())
        {
            Assert.True(node.TryBegin(2, out var usage, out _));
            _licensed.BreakDisk();
            _licensed.Time.Advance(TimeSpan.FromHours(3));
            Assert.Equal((LicenseState.Grace, ReasonCode.LedgerUnwritable), (node.Verdict.State, node.Verdict.Reasons[0].Code));
            _licensed.MendDisk();
            _licensed.Time.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal(LicenseState.Licensed, node.Verdict.State);
            usage.Dispose();
        }

        Assert.Equal((3 * 3600 + 10) * 2, _licensed.Usage.Sum(usage => usage.CoreSeconds));
    }

    [Fact]
    public void A_restart_and_a_power_cut_find_what_was_there()
    {
        _licensed.Install(license => license with { Until = _licensed.Time.Wall.AddDays(1) });
        var before = _licensed.OpenNode();
        _licensed.Time.Advance(TimeSpan.FromDays(2));
        before.Dispose();
        using var again = _licensed.OpenNode();
        Assert.Equal(before.Verdict.GraceEnds, again.Verdict.GraceEnds);
        _licensed.CutPower();
        using var third = _licensed.OpenNode();
        Assert.Equal(again.Verdict.GraceEnds, third.Verdict.GraceEnds);
        Assert.True(third.TryBegin(1, out var usage, out _));
        _licensed.Time.Advance(TimeSpan.FromHours(1));
        usage.Dispose();
        Assert.Equal(3600, _licensed.Usage.Sum(usage => usage.Seconds));
    }

    [Fact]
    public void Processes_side_by_side_have_a_ledger_each()
    {
        _licensed.Install();
        using (var one = _licensed.OpenNode())
        using (var two = _licensed.OpenNode())
        {
            Assert.True(one.TryBegin(1, out var first, out _));
            Assert.True(two.TryBegin(2, out var second, out _));
            _licensed.Time.Advance(TimeSpan.FromHours(1));
            first.Dispose();
            second.Dispose();
        }

        Assert.Equal([1L, 2L], _licensed.Usage.Select(usage => usage.Cores).Where(cores => cores > 0).Order());
    }

    [Fact]
    public void A_removed_license_goes_on_and_a_broken_file_is_told_and_harms_nothing()
    {
        var license = _licensed.Install();
        using var node = _licensed.OpenNode();
        _licensed.Remove(license);
        _licensed.Put("broken.lic", "no license"u8);
        Assert.Equal(LicenseState.Licensed, node.Verdict.State);
        Assert.Equal([ReasonCode.Malformed], node.Verdict.NotCounting.Select(reason => reason.Code));
    }

    [Fact]
    public void A_clock_that_is_set_back_is_told_and_forgives_nothing()
    {
        _licensed.Reach(LicenseState.Grace);
        using var node = _licensed.OpenNode();
        _licensed.Time.Advance(TimeSpan.FromDays(3));
        _licensed.Time.Wall -= TimeSpan.FromDays(300);
        Assert.Equal(LicenseState.Grace, node.Verdict.State);
        Assert.Equal([ReasonCode.ClockBehind], node.Verdict.Warnings.Select(reason => reason.Code));
    }

    [Fact]
    public void Every_run_is_alike_but_for_the_keys()
    {
        static (string License, DateTimeOffset? GraceEnds, int Receipts) Story()
        {
            using var licensed = TestLicensing.Create("openvidu-pro");
            var license = licensed.Install();
            using var node = licensed.OpenNode();
            licensed.EndTerm();
            return (license.Id, node.Verdict.GraceEnds, licensed.Usage.Count);
        }

        Assert.Equal(Story(), Story());
    }

    [Fact]
    public void A_mistake_in_a_test_is_told_with_what_mends_it()
    {
        Assert.Throws<ArgumentException>(() => TestLicensing.Create("No Product"));
        Assert.Contains("Install(", Assert.Throws<InvalidOperationException>(_licensed.EndTerm).Message, StringComparison.Ordinal);
        Assert.Contains("EndTerm()", Assert.Throws<InvalidOperationException>(_licensed.EndGrace).Message, StringComparison.Ordinal);
        Assert.Contains("Install()", Assert.Throws<InvalidOperationException>(_licensed.Answer).Message, StringComparison.Ordinal);
        _licensed.Install(license => license with { Until = null });
        Assert.Contains("Until", Assert.Throws<InvalidOperationException>(_licensed.EndTerm).Message, StringComparison.Ordinal);
        Assert.Contains("MailEvery", Assert.Throws<InvalidOperationException>(_licensed.MissMail).Message, StringComparison.Ordinal);
        Assert.Contains("NodeMinutes", Assert.Throws<InvalidOperationException>(() => _licensed.UseMinutes(1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => _licensed.Install(license => license with { Until = license.From }));
    }

    public void Dispose() => _licensed.Dispose();
}
