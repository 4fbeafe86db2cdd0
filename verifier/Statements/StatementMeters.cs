using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Statements;

/// <summary>
/// The meter readings of one ledger, held against the sums of its receipts. They differ by what missing receipts would
/// have said; with none missing, the ledger contradicts itself. Not thread-safe.
/// </summary>
internal sealed class StatementMeters
{
    // What was read last, by license of the chain, and how many holes lay before it. A meter begins at 0.
    private readonly Dictionary<string, (StatementUse Total, long Holes)> _last = new(StringComparer.Ordinal);
    private long _holes;
    private (long First, long Last) _lastHole;

    /// <summary>What was used between the receipts at hand, as far as readings tell.</summary>
    public StatementUse NotItemised { get; private set; }

    /// <summary>The first and the last missing <c>seq</c> that the period has to do with; null while there is none.</summary>
    public (long First, long Last)? Missing { get; private set; }

    /// <summary>How many readings of the period differ from the sum with nothing missing, or are below it.</summary>
    public long Contradictions { get; private set; }

    /// <summary>The first of them: its <c>seq</c>, what it says, and what the receipts add up to.</summary>
    public (long Seq, StatementUse Says, StatementUse Sum)? FirstContradiction { get; private set; }

    /// <summary>Notes that receipts are not at hand.</summary>
    /// <param name="first">The first missing <c>seq</c>.</param>
    /// <param name="last">The last missing <c>seq</c>.</param>
    /// <param name="endsInPeriod">Whether the next receipt at hand lies in the period.</param>
    public void Miss(long first, long last, bool endsInPeriod)
    {
        _holes++;
        _lastHole = (first, last);
        if (endsInPeriod)
            NoteMissing();
    }

    /// <summary>
    /// Takes in the next reading. What readings show beyond the receipts belongs to the receipt after the hole, so it is
    /// in one period only, however statements cut the time.
    /// </summary>
    /// <param name="usage">The receipt.</param>
    /// <param name="isInPeriod">Whether a contradiction is the period's.</param>
    /// <param name="counts">Whether what is beyond is counted.</param>
    /// <returns>What was used beyond the receipts and is counted.</returns>
    public StatementUse Read(UsageReceipt usage, bool isInPeriod, bool counts)
    {
        var (total, holes) = _last.GetValueOrDefault(usage.License);
        var says = new StatementUse(usage.TotalSeconds, usage.TotalCoreSeconds);
        var sum = total + new StatementUse(usage.Seconds, usage.CoreSeconds);
        _last[usage.License] = (says, _holes);
        if (says == sum)
            return default;

        var beyond = new StatementUse(says.Seconds - sum.Seconds, says.CoreSeconds - sum.CoreSeconds);
        if (holes == _holes || Int128.IsNegative(beyond.Seconds) || Int128.IsNegative(beyond.CoreSeconds))
        {
            if (isInPeriod)
            {
                Contradictions++;
                FirstContradiction ??= (usage.Seq, says, sum);
            }

            return default;
        }

        if (!counts)
            return default;
        NoteMissing();
        NotItemised += beyond;
        return beyond;
    }

    private void NoteMissing() => Missing = (Missing?.First ?? _lastHole.First, _lastHole.Last);
}
