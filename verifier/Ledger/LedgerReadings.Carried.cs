using OfflineLicense.Verifier.Metering;

namespace OfflineLicense.Verifier.Ledger;

/// <content>How readings go on from a summary of the segments before, and what one says.</content>
internal sealed partial class LedgerReadings
{
    /// <summary>What is carried on from here, whatever was acknowledged or exported.</summary>
    /// <exception cref="InvalidOperationException">No ledger begins like this: there is no start receipt.</exception>
    internal CarriedReadings Carried() => new()
    {
        Begun = Begun ?? throw new InvalidOperationException("a ledger begins with a start receipt"),
        State = HasState ? new StateReceipt { At = LastAt!.Value, State = State, Reasons = Held } : null,
        LastUsage = LastUsage,
        LastAt = LastAt!.Value,
        IsStopped = IsStopped,
        OwesInterval = OwesInterval,
        WasLicensed = WasLicensed,
        LicensedSeconds = LicensedSeconds,
        GraceSeconds = GraceSeconds,
        TrustVersion = TrustVersion,
        License = License,
        LastLicense = LastLicense ?? "",
        Counted = [.. _counted.Order(StringComparer.Ordinal)],
        Resets = [.. _resets.Order(StringComparer.Ordinal)],
        Replies = [.. _replyNumbers.OrderBy(static reply => reply.Key, StringComparer.Ordinal).Select(static reply => (reply.Key, reply.Value))],
        Totals = [.. _totals.OrderBy(static total => total.Key, StringComparer.Ordinal).Select(static total => (total.Key, total.Value.Seconds, total.Value.CoreSeconds))],
        Mark = _mark.Value,
        Marked = EqualIntervals.Of(_mark.Newest),
    };

    /// <summary>Begins with what the closed segments come to.</summary>
    /// <param name="summary">Says so.</param>
    /// <param name="firstKept">
    /// The first receipt that was not pruned. The vendor has what was pruned, so nothing of it waits for a reply or an export,
    /// also where an older reply came back.
    /// </param>
    /// <param name="receiptsOf">
    /// Reads the receipts from one on to before another, where the acknowledged or the exported ones end in a block; null where
    /// they cannot be read.
    /// </param>
    internal void TakeUp(LedgerSummary summary, long firstKept, Func<long, long, IEnumerable<Receipt>?> receiptsOf)
    {
        Size = summary.Size;
        GoOnFrom(summary.Carried);
        var (acknowledged, exported) = (Math.Max(acknowledgedSize, firstKept), Math.Max(exportedSize, firstKept));
        foreach (var block in summary.Blocks)
        {
            // Before both ends, everything was acknowledged: it is what the rest leaves of the block.
            if ((block.IsCutBy(acknowledged) || block.IsCutBy(exported))
                && receiptsOf(Math.Max(block.Start, Math.Min(acknowledged, exported)), block.End) is { } rest)
            {
                _acknowledged.Add(block.Use.Without(AddToDays(rest)));
                continue;
            }

            (block.Start < acknowledged ? _acknowledged : _later).Add(block.Use);
            if (block.Start >= exported)
                NoteUnexported(block.Earliest);
        }
    }

    /// <summary>Begins with what is carried on, and with no use, nor anything else that depends on what was acknowledged or exported.</summary>
    internal void GoOnFrom(CarriedReadings carried)
    {
        (Begun, LastUsage, LastAt) = (carried.Begun, carried.LastUsage, carried.LastAt);
        (IsStopped, OwesInterval, WasLicensed) = (carried.IsStopped, carried.OwesInterval, carried.WasLicensed);
        (LicensedSeconds, GraceSeconds, TrustVersion) = (carried.LicensedSeconds, carried.GraceSeconds, carried.TrustVersion);
        (License, LastLicense) = (carried.License, carried.LastLicense.Length > 0 ? carried.LastLicense : null);
        if (carried.State is { State.Known: { } known } state)
            (HasState, State, Held) = (true, known, state.Reasons);
        _counted.UnionWith(carried.Counted);
        _resets.UnionWith(carried.Resets);
        foreach (var (license, number) in carried.Replies)
            _replyNumbers[license] = number;
        foreach (var (license, seconds, coreSeconds) in carried.Totals)
            _totals[license] = (seconds, coreSeconds);
        _mark.TakeUp(carried.Mark, carried.Marked.SelectMany(static run => run.Each()));
    }

    private DaysOfUse AddToDays(IEnumerable<Receipt> receipts)
    {
        var use = new DaysOfUse();
        foreach (var receipt in receipts)
        {
            AddToDays(receipt);
            if (receipt is UsageReceipt usage)
                use.Add(usage);
        }

        return use;
    }
}
