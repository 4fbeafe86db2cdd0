namespace OfflineLicense.Verifier.Verdicts;

/// <summary>
/// How long a node goes on when something is to be mended: <c>days</c>, and <c>earn</c> days for each full 30 days that it
/// has run Licensed, <c>limit</c> days at most; and never less than 24 hours of its own running.
/// </summary>
/// <param name="Length">From when a reason began to when it may refuse.</param>
/// <param name="Notice">What the node is still to run in Grace before anything is refused.</param>
/// <param name="Owed">The interval that a crash may have lost, which the next receipt in Grace adds; zero for none.</param>
internal readonly record struct GraceRule(TimeSpan Length, TimeSpan Notice, TimeSpan Owed)
{
    /// <summary>What a node that ever was Licensed runs in Grace at least, whatever the dates say.</summary>
    public static readonly TimeSpan LeastNotice = TimeSpan.FromHours(24);

    /// <summary>The running time that earns <c>earn</c> more days.</summary>
    public static readonly TimeSpan EarningPeriod = TimeSpan.FromDays(30);

    /// <summary>The rule by a license, or by the defaults where its text is lost, for a node with these readings.</summary>
    public static GraceRule Of(License? license, NodeFacts facts)
    {
        long days = license?.GraceDays ?? License.DefaultGraceDays;
        long earned = (license?.GraceEarn ?? 0) * (facts.LicensedSeconds / (long)EarningPeriod.TotalSeconds);
        var length = TimeSpan.FromDays(Math.Min(days + earned, license?.GraceLimit ?? days));
        var notice = facts.GraceSeconds is { } seconds
            ? TimeSpan.FromSeconds(Math.Max(0, (long)LeastNotice.TotalSeconds - seconds))
            : TimeSpan.Zero;
        return new(length, notice, facts.OwesInterval ? license?.ReceiptInterval ?? License.DefaultReceiptInterval : TimeSpan.Zero);
    }

    /// <summary>When a node that runs on in Grace has run all that it is still to run.</summary>
    public DateTimeOffset NoticeEnds(DateTimeOffset now)
    {
        var end = After(now, Notice);
        if (Owed == TimeSpan.Zero || end <= OwedFrom(now))
            return end;
        return end - Owed > OwedFrom(now) ? end - Owed : OwedFrom(now);
    }

    /// <summary>When the next receipt is written: at the next multiple of the interval since midnight.</summary>
    public DateTimeOffset OwedFrom(DateTimeOffset now) => After(now, TimeSpan.FromTicks(Owed.Ticks - (now.Ticks % Owed.Ticks)));

    /// <summary>Until when a reason that began at a time refuses nothing.</summary>
    public DateTimeOffset EndFor(DateTimeOffset since) => After(since, Length);

    /// <summary>A time and a length of it; the end of the calendar where that lies beyond, as with a clock gone wild.</summary>
    public static DateTimeOffset After(DateTimeOffset since, TimeSpan length) =>
        DateTimeOffset.MaxValue - since > length ? since + length : DateTimeOffset.MaxValue;
}
