using System.Runtime.InteropServices;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using static System.FormattableString;

namespace OfflineLicense.Issuer.Import;

/// <summary>What must be kept of a ledger to go on reading it where the registry ends. Immutable.</summary>
internal sealed record LedgerStanding
{
    /// <summary>A ledger of which nothing was read.</summary>
    internal static LedgerStanding New { get; } = new();

    /// <summary>The last receipt's <c>licensedSeconds</c>.</summary>
    public long LicensedSeconds { get; init; }

    /// <summary>The last receipt's <c>graceSeconds</c>.</summary>
    public long GraceSeconds { get; init; }

    /// <summary>Whether both carry on from another ledger, and no receipt has told yet from what.</summary>
    public bool IsCarriedOver { get; init; }

    /// <summary>Whether a start was not clean and no use in Grace has come since.</summary>
    public bool OwesInterval { get; init; }

    /// <summary>The last receipt's <c>at</c>; null while there is none.</summary>
    public DateTimeOffset? LastAt { get; init; }
}

/// <summary>A claim to have had a license: what a <c>license</c> receipt names, and its proof.</summary>
/// <param name="License">The license's id.</param>
/// <param name="Holds">As in the receipt; "" where use names a license that no <c>license</c> receipt did.</param>
internal readonly record struct LicenseClaim(string License, string Holds);

/// <summary>How one license stands in one ledger.</summary>
/// <param name="Holds">The proof in the newest <c>license</c> receipt that names it; "" while there is none.</param>
/// <param name="Reading">The last meter reading.</param>
internal readonly record struct MeterStanding(string Holds, UseSeconds Reading)
{
    internal static MeterStanding None { get; } = new("", default);
}

/// <summary>Time used, in seconds, each at most 2^53 - 1.</summary>
internal readonly record struct UseSeconds(long Node, long Core)
{
    /// <summary>The sum. What strangers' numbers add up to stops at the greatest number that a file can hold.</summary>
    internal UseSeconds Plus(long node, long core) =>
        new(Math.Min(Node + node, Limits.Number), Math.Min(Core + core, Limits.Number));
}

/// <summary>
/// Adds up the receipts of one ledger that are new to the registry, and recomputes what they say of themselves. All that
/// it finds is a finding; nothing here is refused. Not thread-safe.
/// </summary>
/// <param name="before">How the ledger stood.</param>
/// <param name="meters">How each license stands in it, by id; it is changed.</param>
/// <param name="licenseOf">An issued license by its id; null for others.</param>
internal sealed class LedgerAccount(
    LedgerStanding before, Dictionary<string, MeterStanding> meters, Func<string, License?> licenseOf)
{
    private readonly TermCheck _terms = new(licenseOf);

    /// <summary>A receipt that contradicts those before it.</summary>
    internal const string TotalsSubject = "totals";

    /// <summary>A receipt whose time in Licensed or in Grace is not that of those before it.</summary>
    internal const string GraceSubject = "grace";

    /// <summary>A receipt that says more than its own time holds.</summary>
    internal const string SpanSubject = "span";

    // A wall clock may be moved by five minutes without a receipt that tells of it; the rest is rounding.
    private const long ClockSlackSeconds = 310;

    /// <summary>A receipt of a kind, or of a state, that this version does not know.</summary>
    internal const string NewerSubject = "newer";

    /// <summary>How the ledger stands now.</summary>
    internal LedgerStanding Standing { get; private set; } = before;

    /// <summary>How each license stands in it now, by id.</summary>
    internal IReadOnlyDictionary<string, MeterStanding> Meters => meters;

    /// <summary>What the new receipts claim.</summary>
    internal HashSet<LicenseClaim> Claims { get; } = [];

    /// <summary>What they say was used, by claim and by the day in UTC that the interval ends, midnight belonging to the day before.</summary>
    internal Dictionary<(LicenseClaim Claim, DateOnly Day), UseSeconds> Uses { get; } = [];

    /// <summary>The most cores at once by any of those receipts.</summary>
    internal Dictionary<(LicenseClaim Claim, DateOnly Day), long> Cores { get; } = [];

    /// <summary>How often the clock was set, by day in UTC.</summary>
    internal Dictionary<DateOnly, long> ClockSteps { get; } = [];

    /// <summary>The first of each sort of what does not fit, by subject.</summary>
    internal Dictionary<string, string> Oddities { get; } = new(StringComparer.Ordinal);

    /// <summary>The receipt that the ledger begins with; null where that is not among the new ones.</summary>
    internal StartReceipt? Begun { get; private set; }

    /// <summary>Adds the next receipt.</summary>
    internal void Add(Receipt receipt)
    {
        if (_terms.Check(receipt, Standing) is var (subject, evidence))
            Oddities.TryAdd(subject, evidence);
        Standing = Standing with { LastAt = receipt.At };
        switch (receipt)
        {
            case StartReceipt start:
                Begun = start.Seq == 0 ? start : Begun;
                Standing = Standing with
                {
                    OwesInterval = Standing.OwesInterval || start.Clean == 0,
                    IsCarriedOver = Standing.IsCarriedOver || (start.Seq == 0 && start.Follows.Length > 0 && start.FollowsSize > 0),
                };
                break;
            case LicenseReceipt license:
                if (license.License.Length == 0)
                    break;
                Claims.Add(new LicenseClaim(license.License, license.Holds));
                meters[license.License] = MeterOf(license.License) with { Holds = license.Holds };
                break;
            case StateReceipt state:
                CheckState(state, state.State);
                break;
            case UsageReceipt usage:
                CheckState(usage, usage.State);
                Add(usage);
                break;
            case ClockReceipt:
                var day = DateOnly.FromDateTime(receipt.At.UtcDateTime);
                ClockSteps[day] = ClockSteps.GetValueOrDefault(day) + 1;
                break;
            case UnknownReceipt unknown:
                Oddities.TryAdd(NewerSubject, Invariant($"receipt {unknown.Seq} is of a kind that this version does not know: '{unknown.Kind}'"));
                break;
        }
    }

    private void Add(UsageReceipt usage)
    {
        CheckTotals(usage);
        CheckGrace(usage);
        CheckSpan(usage);
        Standing = Standing with
        {
            LicensedSeconds = usage.LicensedSeconds,
            GraceSeconds = usage.GraceSeconds,
            IsCarriedOver = false,
            OwesInterval = Standing.OwesInterval && usage.State.Known != LicenseState.Grace,
        };
        if (usage.License.Length == 0)
            return;

        // As the statement has it: the newest license receipt before it that names its license is its proof.
        var claim = new LicenseClaim(usage.License, MeterOf(usage.License).Holds);
        if (claim.Holds.Length == 0)
            Claims.Add(claim);
        if (usage.Seconds == 0 && usage.CoreSeconds == 0 && usage.Cores == 0)
            return;
        var key = (claim, DateOnly.FromDateTime(usage.At.UtcDateTime.AddSeconds(-1)));
        ref var use = ref CollectionsMarshal.GetValueRefOrAddDefault(Uses, key, out _);
        use = use.Plus(usage.Seconds, usage.CoreSeconds);
        ref var cores = ref CollectionsMarshal.GetValueRefOrAddDefault(Cores, key, out _);
        cores = Math.Max(cores, usage.Cores);
    }

    // What no rule is known for would be held against none.
    private void CheckState(Receipt receipt, StateWord state)
    {
        if (state.Known is null)
            Oddities.TryAdd(NewerSubject, Invariant($"receipt {receipt.Seq} tells of a state that this version does not know: '{state.Word}'"));
    }

    private void CheckTotals(UsageReceipt usage)
    {
        var meter = MeterOf(usage.License);
        var due = meter.Reading.Plus(usage.Seconds, usage.CoreSeconds);
        if (due != new UseSeconds(usage.TotalSeconds, usage.TotalCoreSeconds))
        {
            Oddities.TryAdd(TotalsSubject, Invariant(
                $"receipt {usage.Seq} reads {usage.TotalSeconds} seconds and {usage.TotalCoreSeconds} core-seconds, where those before it add up to {due.Node} and {due.Core}"));
        }

        // Compared with what it says from here on, so that one wrong receipt is not told for all that follow.
        meters[usage.License] = meter with { Reading = new UseSeconds(usage.TotalSeconds, usage.TotalCoreSeconds) };
    }

    // Fractions of a second are carried from receipt to receipt, so each figure may be one above what its span alone makes.
    private void CheckSpan(UsageReceipt usage)
    {
        var labelled = (long)(usage.At - usage.From).TotalSeconds;
        var most = (Int128)usage.Cores * (usage.OpenSeconds + 1) + 1;
        if (usage.OpenSeconds <= labelled + ClockSlackSeconds && usage.Seconds <= usage.OpenSeconds + 1 && usage.CoreSeconds <= most)
            return;
        Oddities.TryAdd(SpanSubject, Invariant(
            $"receipt {usage.Seq} tells {usage.Seconds} seconds and {usage.CoreSeconds} core-seconds on {usage.Cores} cores, in {usage.OpenSeconds} seconds open and {labelled} by its dates"));
    }

    private MeterStanding MeterOf(string license) => meters.TryGetValue(license, out var meter) ? meter : MeterStanding.None;

    private void CheckGrace(UsageReceipt usage)
    {
        if (Standing.IsCarriedOver)
            return;
        var (licensed, grace) = (Standing.LicensedSeconds, Standing.GraceSeconds);
        long owed = 0;
        switch (usage.State.Known)
        {
            case LicenseState.Licensed:
                (licensed, grace) = (licensed + usage.OpenSeconds, 0);
                break;
            case LicenseState.Grace:
                grace += usage.OpenSeconds;
                if (Standing.OwesInterval)
                    owed = (long?)licenseOf(usage.License)?.ReceiptInterval.TotalSeconds ?? Math.Max(0, usage.GraceSeconds - grace);
                break;
        }

        if (usage.LicensedSeconds != licensed || usage.GraceSeconds != grace + owed)
        {
            Oddities.TryAdd(GraceSubject, Invariant(
                $"receipt {usage.Seq} tells {usage.LicensedSeconds} seconds licensed and {usage.GraceSeconds} in grace, where those before it make {licensed} and {grace + owed}"));
        }
    }
}
