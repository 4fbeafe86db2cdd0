using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Verdicts;

/// <summary>
/// What will happen of itself, by what is known now: the licenses at hand, the dates in them, and use as it is. There is no
/// second copy of any rule in here: <see cref="Evaluation.Evaluate"/> is asked again at every date at which it could
/// answer something else. Nobody puts or removes a file, nothing is exported, and no use is added.
/// </summary>
/// <param name="candidates">The licenses at hand.</param>
/// <param name="facts">What is known of the node now.</param>
/// <param name="now">Now (UTC, whole seconds).</param>
internal sealed class Foretelling(IReadOnlyList<LicenseCandidate> candidates, NodeFacts facts, DateTimeOffset now)
{
    /// <summary>What holds now.</summary>
    public Verdict Now { get; } = Evaluation.Evaluate(candidates, facts, now);

    /// <summary>
    /// The verdict with which the node starts at a later time, if it is off until then: it has no work, no more receipts,
    /// and has run no longer in Grace than now.
    /// </summary>
    /// <param name="at">When (UTC, whole seconds); later than now.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is not later than now.</exception>
    public Verdict WhenOff(DateTimeOffset at)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(at, now);
        return Evaluation.Evaluate(candidates, facts with { CoresInUse = 0, NodeCoresInUse = 0, ClockBehind = null }, at);
    }

    /// <summary>The verdict at a later time, if the node runs until then with the work that it has now.</summary>
    /// <param name="at">When (UTC, whole seconds); later than now.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is not later than now.</exception>
    public Verdict WhenRunning(DateTimeOffset at)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(at, now);
        var (verdict, then) = (Now, Running);
        foreach (var step in Steps(candidates, Running, Now).TakeWhile(step => step.Verdict.At <= at))
            (verdict, then) = step;
        return Evaluation.Evaluate(candidates, verdict.At == at ? then : Later(then, verdict, at), at);
    }

    /// <summary>
    /// Every change of the verdict to come while the node runs on, in order. Grace that it earns by running until then is
    /// not reckoned with, so a refusal comes at the time told, or later.
    /// </summary>
    /// <param name="until">The last moment of interest (UTC); null for all that is known.</param>
    public IReadOnlyList<ForetoldChange> TimeLine(DateTimeOffset? until = null)
    {
        var changes = new List<ForetoldChange>();
        var before = Now;
        foreach (var (after, _) in Steps(candidates, Running, Now).TakeWhile(step => !(step.Verdict.At > until)))
        {
            if (ForetoldNews.Between(before, after) is { Count: > 0 } news)
                changes.Add(new ForetoldChange { Before = before, After = after, News = news });
            before = after;
        }

        return changes;
    }

    /// <summary>When new work will first be refused, of itself; null for a time that nobody knows.</summary>
    /// <param name="candidates">The licenses at hand.</param>
    /// <param name="facts">What is known of the node.</param>
    /// <param name="verdict">What holds now.</param>
    public static DateTimeOffset? FirstRefusal(IReadOnlyList<LicenseCandidate> candidates, NodeFacts facts, Verdict verdict)
    {
        foreach (var (after, _) in Steps(candidates, facts, verdict, isTold: false))
        {
            if (!after.MayBegin)
                return after.At;
        }

        return null;
    }

    /// <summary>
    /// The verdicts to come while a node runs on, at each date at which one could differ from the one before. Where nobody is
    /// told of them, those that could differ in their warnings and files alone are passed over: a node asks every second,
    /// with up to a thousand licenses.
    /// </summary>
    private static IEnumerable<(Verdict Verdict, NodeFacts Facts)> Steps(
        IReadOnlyList<LicenseCandidate> candidates, NodeFacts facts, Verdict verdict, bool isTold = true)
    {
        while (NextDate(candidates, verdict, facts, isTold) is { } next)
        {
            facts = Later(facts, verdict, next);
            verdict = Evaluation.WithoutForesight(candidates, facts, next, isTold);
            yield return (verdict, facts);
        }
    }

    // Where all was exported, the interval that runs is the first that is not.
    private NodeFacts Running => facts with { OldestUnexported = facts.OldestUnexported ?? NextReceipt() };

    private DateTimeOffset? NextReceipt() => Now.License?.ReceiptInterval.Ticks is { } every
        ? new DateTimeOffset(now.Ticks - (now.Ticks % every) + every, TimeSpan.Zero)
        : null;

    /// <summary>The facts after running on under a verdict: the reasons keep their dates, a grace is counted, and the clock is right by then.</summary>
    private static NodeFacts Later(NodeFacts facts, Verdict verdict, DateTimeOffset at)
    {
        var grace = GraceRule.Of(verdict.License, facts);
        var isMadeUp = facts.OwesInterval && verdict.State == LicenseState.Grace && at >= grace.OwedFrom(verdict.At);
        return facts with
        {
            GraceSeconds = verdict.State switch
            {
                LicenseState.Licensed => 0,
                LicenseState.Grace => facts.GraceSeconds + (long)(at - verdict.At + (isMadeUp ? grace.Owed : TimeSpan.Zero)).TotalSeconds,
                _ => facts.GraceSeconds,
            },
            OwesInterval = facts.OwesInterval && !isMadeUp,
            Held = [.. verdict.Reasons.Where(reason => reason.Since is not null).Select(reason => new HeldReason(reason.Code, reason.Since!.Value))],
            Counted = verdict.License is { Id: var id } && !facts.Counted.Contains(id)
                ? new HashSet<string>(facts.Counted, StringComparer.Ordinal) { id }
                : facts.Counted,
            LastActive = verdict.License?.Id ?? facts.LastActive,
            ClockBehind = null,
        };
    }

    /// <summary>The next date at which a verdict could be another one; null when there is none.</summary>
    private static DateTimeOffset? NextDate(
        IReadOnlyList<LicenseCandidate> candidates, Verdict verdict, NodeFacts facts, bool isTold)
    {
        DateTimeOffset? next = null;
        foreach (var date in DatesOf(candidates, verdict, facts, isTold))
        {
            if (date is { } at && at != DateTimeOffset.MaxValue && WholeSecond(at) is var second && second > verdict.At && !(second >= next))
                next = second;
        }

        return next;
    }

    private static IEnumerable<DateTimeOffset?> DatesOf(
        IReadOnlyList<LicenseCandidate> candidates, Verdict verdict, NodeFacts facts, bool isTold)
    {
        yield return verdict.TermEnd;
        foreach (var license in candidates.Select(candidate => candidate.Signed?.License).OfType<License>())
        {
            if (isTold || MayTakeOver(license, verdict))
                yield return license.From;
            if (!isTold)
                continue;
            yield return license.Until;
            yield return license.Until - Evaluation.WarnBefore;
        }

        var mailBy = Evaluation.MailBy(verdict.License, facts);
        yield return mailBy;
        yield return mailBy - Evaluation.WarnBeforeMail(verdict.License);
        foreach (var reason in verdict.Reasons)
            yield return reason.Until;
        if (verdict.State == LicenseState.Grace)
            yield return GraceRule.Of(verdict.License, facts).NoticeEnds(verdict.At);
        foreach (var quota in verdict.Quotas)
        {
            // In a period after all that is known of use nothing changes any more.
            if (quota.PeriodStart <= facts.Use.Last)
                yield return quota.PeriodEnd;
        }
    }

    // By the rule of Candidacy: while an active license's term holds, one that is not issued later and does not replace it
    // stays behind it. What such a license replaces is not active, either.
    private static bool MayTakeOver(License license, Verdict verdict) =>
        verdict is not { State: LicenseState.Licensed, License: { } active }
        || license.Issued >= active.Issued
        || license.Replaces == active.Id;

    // A verdict is about whole seconds: what begins within one begins with the next.
    private static DateTimeOffset WholeSecond(DateTimeOffset time) =>
        time.Ticks % TimeSpan.TicksPerSecond == 0 ? time : ExactText.WholeSeconds(time).AddSeconds(1);
}

/// <summary>One moment at which a verdict becomes another one of itself.</summary>
internal sealed record ForetoldChange
{
    /// <summary>What holds until then.</summary>
    public required Verdict Before { get; init; }

    /// <summary>What holds from then on; <see cref="Verdict.At"/> is the moment.</summary>
    public required Verdict After { get; init; }

    /// <summary>What is new, the gravest first; never empty.</summary>
    public required IReadOnlyList<Reason> News { get; init; }
}
