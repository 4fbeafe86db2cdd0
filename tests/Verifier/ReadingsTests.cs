using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Metering;
using OfflineLicense.Verifier.Verdicts;
using Xunit;

namespace OfflineLicense.Tests.Verifier;

/// <summary>What a writer fills in is what a reader who goes the same way comes to, restarts and all.</summary>
public sealed class ReadingsTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(5);

    private readonly List<Receipt> _ledger = [];
    private LedgerReadings _readings = new();
    private UsageTotals _totals = new(new LedgerReadings());

    [Fact]
    public void An_unclean_start_adds_one_interval_to_the_next_use_in_grace_and_only_once()
    {
        Start(isClean: true);
        Assert.Equal(300, Use("Grace").GraceSeconds);
        Start(isClean: false);
        Assert.Equal(900, Use("Grace").GraceSeconds);
        Assert.Equal(1200, Use("Grace").GraceSeconds);
    }

    [Fact]
    public void A_clean_start_adds_nothing()
    {
        Start(isClean: true);
        Use("Grace");
        Start(isClean: true);
        Assert.Equal(600, Use("Grace").GraceSeconds);
    }

    [Fact]
    public void A_clean_start_after_a_crash_does_not_make_up_for_it()
    {
        Start(isClean: false);
        Start(isClean: true);
        Assert.Equal(600, Use("Grace").GraceSeconds);
    }

    [Fact]
    public void Crash_after_crash_costs_an_interval_for_each_that_wrote_something()
    {
        Start(isClean: true);
        for (var crash = 1; crash <= 10; crash++)
        {
            Start(isClean: false);
            Assert.Equal(crash * 600, Use("Grace").GraceSeconds);
        }
    }

    [Fact]
    public void What_is_owed_for_a_crash_survives_use_that_is_not_in_grace()
    {
        Start(isClean: false);
        Use("Licensed");
        Assert.True(_readings.OwesInterval);
        Assert.Equal(600, Use("Grace").GraceSeconds);
        Assert.False(_readings.OwesInterval);
    }

    [Fact]
    public void Time_in_grace_begins_anew_after_licensed_and_time_licensed_never_does()
    {
        Start(isClean: true);
        Use("Licensed");
        Use("Grace");
        Assert.Equal((300, 300), (_readings.LicensedSeconds, _readings.GraceSeconds));
        Use("Lapsed");
        Assert.Equal((300, 300), (_readings.LicensedSeconds, _readings.GraceSeconds));
        Use("Licensed");
        Assert.Equal((600, 0), (_readings.LicensedSeconds, _readings.GraceSeconds));
    }

    [Fact]
    public void Each_license_has_a_meter_of_its_own_in_each_ledger()
    {
        Start(isClean: true);
        Use("Licensed", license: 1);
        Use("Licensed", license: 2);
        Start(isClean: true);
        var usage = Use("Licensed", license: 1);
        Assert.Equal((200, 1600), (usage.TotalSeconds, usage.TotalCoreSeconds));
        Assert.Equal((100, 800), _readings.TotalsOf(Licenses.Id(2)));
        Assert.Equal(default, _readings.TotalsOf(Licenses.Id(3)));
    }

    [Fact]
    public void A_ledger_that_follows_carries_the_node_on_but_not_its_meters()
    {
        Start(isClean: true);
        Add(new StateReceipt { At = At(), State = new StateWord("Licensed"), Reasons = [] });
        Add(new LicenseReceipt { At = At(), License = Licenses.Id(1), Holds = "" });
        Use("Licensed");
        Use("Grace");
        var next = new LedgerReadings();
        next.CarryOn(_readings);
        Assert.Equal((300, 300, true, Licenses.Id(1)), (next.LicensedSeconds, next.GraceSeconds, next.WasLicensed, next.LastLicense));
        var usage = new UsageTotals(next).Complete(Usage("Grace", 1), Interval);
        Assert.Equal((300, 600, 100), (usage.LicensedSeconds, usage.GraceSeconds, usage.TotalSeconds));
    }

    [Fact]
    public void Use_is_added_up_by_license_and_day_and_what_the_vendor_has_apart()
    {
        var readings = new LedgerReadings(acknowledgedSize: 2);
        readings.Add(Usage("Licensed", 1) with { Seq = 0 });
        readings.Add(Usage("Licensed", 1) with { Seq = 1 });
        readings.Add(Usage("Licensed", 1) with { Seq = 2 });
        readings.Add(Usage("Licensed", 2) with { Seq = 3, At = Licenses.Day(1) });
        readings.Add(Usage("Licensed", 2) with { Seq = 4, At = Licenses.Day(1) + TimeSpan.FromSeconds(1) });
        readings.Add(Usage("Unlicensed", 1) with { Seq = 5, License = "" });
        var day = new DateOnly(2026, 1, 1);
        Assert.Equal(
            [
                new DayOfUse(Licenses.Id(1), day, 200, 1600, IsAcknowledged: true),
                new DayOfUse(Licenses.Id(1), day, 100, 800, IsAcknowledged: false),
                new DayOfUse(Licenses.Id(2), day, 100, 800, IsAcknowledged: false),
                new DayOfUse(Licenses.Id(2), day.AddDays(1), 100, 800, IsAcknowledged: false),
            ],
            readings.Days);
    }

    [Fact]
    public void The_newest_word_on_each_thing_is_remembered()
    {
        var held = new HeldReason(ReasonCode.TermEnded, Licenses.Day(3));
        Start(isClean: true);
        Add(new LicenseReceipt { At = At(), License = Licenses.Id(1), Holds = "" });
        Add(new LicenseReceipt { At = At(), License = "", Holds = "" });
        Add(new StateReceipt { At = At(), State = new StateWord("Licensed"), Reasons = [] });
        Add(new StateReceipt { At = At(), State = new StateWord("Grace"), Reasons = [held] });
        Add(new ReplyReceipt { At = At(), Number = 7, Size = 1 });
        Add(new ReplyReceipt { At = At(), Number = 6, Size = 1 });
        Add(new TrustReceipt { At = At(), Version = 3, Sha256 = "" });
        Add(new ResetReceipt { At = At(), Reset = Licenses.Id(9), Mark = Licenses.Day(5) });
        Add(new StopReceipt { At = At() });
        Assert.Equal(("", Licenses.Id(1), LicenseState.Grace, true), (_readings.License, _readings.LastLicense, _readings.State, _readings.WasLicensed));
        Assert.Equal([held], _readings.Held);
        Assert.Equal([Licenses.Id(1)], _readings.Counted);
        Assert.Equal([Licenses.Id(9)], _readings.Resets);
        Assert.Equal((7, 3, Licenses.Day(5), true), (_readings.ReplyNumbers[Licenses.Id(1)], _readings.TrustVersion, _readings.Mark, _readings.IsStopped));
        Assert.Equal((_ledger.Count, _ledger[^1].At), (_readings.Size, _readings.LastAt));
    }

    [Fact]
    public void A_state_that_a_later_version_invented_changes_nothing()
    {
        Add(new StateReceipt { At = At(), State = new StateWord("Grace"), Reasons = [] });
        Add(new StateReceipt { At = At(), State = new StateWord("Suspended"), Reasons = [] });
        Assert.Equal(LicenseState.Grace, _readings.State);
        Assert.Equal((0, 0), (Use("Suspended").LicensedSeconds, _readings.GraceSeconds));
    }

    [Fact]
    public void Whoever_recomputes_a_ledger_comes_to_what_was_written()
    {
        const int seed = 3;
        var random = new Random(seed);
        string[] states = ["Licensed", "Grace", "Lapsed", "Unlicensed"];
        for (var step = 0; step < 2000; step++)
        {
            if (step == 0 || random.Next(10) == 0)
                Start(isClean: step == 0 || random.Next(2) == 0);
            else
                Use(states[random.Next(4)], random.Next(1, 4), random.Next(300));
        }

        // The reader never restarts: it goes through the ledger once, as the vendor's import does.
        var readings = new LedgerReadings();
        var totals = new UsageTotals(readings);
        foreach (var receipt in _ledger)
        {
            if (receipt is StartReceipt)
            {
                readings.Add(receipt);
                totals = new UsageTotals(readings);
                continue;
            }

            Assert.True(totals.Complete((UsageReceipt)receipt, Interval) == (UsageReceipt)receipt, FormattableString.Invariant($"seed {seed}, receipt {receipt.Seq}"));
            readings.Add(receipt);
        }
    }

    /// <summary>The process takes the ledger: it reads all that is there, and begins its totals after its own start.</summary>
    private void Start(bool isClean)
    {
        _readings = new LedgerReadings();
        foreach (var receipt in _ledger)
            _readings.Add(receipt);
        Add(new StartReceipt { At = At(), Clean = isClean ? 1 : 0 });
        _totals = new UsageTotals(_readings);
    }

    private UsageReceipt Use(string state, int license = 1, long seconds = 100) =>
        Add(_totals.Complete(Usage(state, license, seconds), Interval));

    private UsageReceipt Usage(string state, int license, long seconds = 100) => new()
    {
        At = At() + Interval,
        From = At(),
        License = Licenses.Id(license),
        State = new StateWord(state),
        Since = At(),
        OpenSeconds = 300,
        Cores = 8,
        Seconds = seconds,
        CoreSeconds = seconds * 8,
        TotalSeconds = 0,
        TotalCoreSeconds = 0,
        LicensedSeconds = 0,
        GraceSeconds = 0,
    };

    private T Add<T>(T receipt)
        where T : Receipt
    {
        var added = receipt with { Seq = _ledger.Count };
        _ledger.Add(added);
        _readings.Add(added);
        return (T)added;
    }

    private DateTimeOffset At() => Licenses.Begin + (Interval * _ledger.Count);
}
