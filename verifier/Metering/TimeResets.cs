using OfflineLicense.Keys;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Metering;

/// <summary>
/// The time resets at hand, and which of them a ledger is still to take: one that a license key signed, for this product,
/// that names the ledger with receipts which it holds, and that is newer than any that it took. Not thread-safe.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="stateFolder">Where the ledgers are.</param>
/// <param name="product">For which product they are to be.</param>
internal sealed class TimeResets(LedgerDisk disk, string stateFolder, string product)
{
    private readonly HashSet<(string Reset, string Ledger)> _refused = [];

    // The newest first: whoever asked twice gets what the vendor said last.
    private IReadOnlyList<TimeReset> _resets = [];

    /// <summary>Whether there are any.</summary>
    public bool Any => _resets.Count > 0;

    /// <summary>Takes the place of those that were at hand.</summary>
    /// <param name="untrustedFiles">Files that may be time resets.</param>
    /// <param name="trust">Whose resets count.</param>
    public void Take(IEnumerable<byte[]> untrustedFiles, Trust trust) => _resets =
    [
        .. untrustedFiles.Select(untrusted => TimeReset.Open(untrusted, trust).Document).OfType<TimeReset>()
            .Where(reset => reset.Product == product)
            .OrderByDescending(static reset => reset.Id, StringComparer.Ordinal),
    ];

    /// <summary>Whether one names this ledger, as far as its readings tell; the ledger itself is not looked at.</summary>
    public bool MayBeDue(LedgerReadings ledger) => Naming(ledger.Ledger, ledger.Resets).Any();

    /// <summary>
    /// The receipt of the reset that is due in a ledger; null for none. What is found not to be due is not looked for
    /// again.
    /// </summary>
    /// <param name="ledger">The ledger's name.</param>
    /// <param name="wall">The wall clock (UTC, whole seconds): the receipt's <c>at</c> is effective time by the reset.</param>
    public ResetReceipt? DueIn(string ledger, DateTimeOffset wall)
    {
        try
        {
            return LedgerScan.ReadTail(disk, FolderOf(ledger)) is { } scan ? DueIn(scan, ledger, wall) : null;
        }
        catch (Exception e) when (e is IOException or ReceiptsDamageException)
        {
            // It cannot be read now, or changed while it was: a later look may.
            return null;
        }
    }

    /// <summary>
    /// Applies what is due to a ledger, if nobody has it and it may be gone on with. One that ended in good order does so again; where it did not, the
    /// next process to take it still tells so.
    /// </summary>
    public void TakeInto(string ledger, SigningKey installationKey, LedgerContinuity continuity, DateTimeOffset wall)
    {
        try
        {
            var opening = LedgerWriter.Open(disk, FolderOf(ledger), installationKey, continuity);
            if (opening is LedgerOpening.Opened opened)
            {
                using var writer = opened.Writer;
                if (DueIn(opened.Past, ledger, wall) is not { } due)
                    return;
                if (opened.Past.EndsWithStop)
                    writer.Append(new StartReceipt { At = due.At, Clean = 1 }, due, new StopReceipt { At = due.At });
                else
                    writer.Append(due);
            }
            else if (opening is not LedgerOpening.Held)
            {
                Refuse(ledger);
            }
        }
        catch (Exception e) when (e is IOException or ReceiptsDamageException)
        {
            // The disk refuses, or another process was faster: the next interval tries again.
        }
    }

    /// <summary>
    /// The mark of a node: the latest of its ledgers'. A ledger that is followed by one with a reset is past: the vendor
    /// knew of it by the receipt that begins the other, and nobody can write to it any more.
    /// </summary>
    /// <param name="ledgers">All ledgers of the state folder.</param>
    /// <param name="withDue">Whether resets that are due count as applied: for whoever only looks.</param>
    public DateTimeOffset? MarkOf(IEnumerable<LedgerReadings> ledgers, bool withDue)
    {
        var all = ledgers.Select(readings => (Readings: readings, Due: withDue && MayBeDue(readings) ? DueIn(readings.Ledger, DateTimeOffset.UnixEpoch) : null)).ToList();
        var past = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (readings, due) in all.Where(ledger => ledger.Due is not null || ledger.Readings.Resets.Count > 0))
        {
            for (var follows = readings.Begun?.Follows ?? ""; follows.Length > 0 && past.Add(follows);)
                follows = all.Find(ledger => ledger.Readings.Ledger == follows).Readings?.Begun?.Follows ?? "";
        }

        return all.Where(ledger => !past.Contains(ledger.Readings.Ledger)).Max(static ledger => ledger.Due?.Mark ?? ledger.Readings.Mark);
    }

    private ResetReceipt? DueIn(LedgerScan scan, string ledger, DateTimeOffset wall)
    {
        var taken = scan.Receipts(disk, scan.Summary?.Size ?? 0).Select(static entry => entry.Receipt).OfType<ResetReceipt>()
            .Select(static reset => reset.Reset).Concat(scan.Summary?.Carried.Resets ?? []).ToHashSet(StringComparer.Ordinal);
        foreach (var (reset, named) in Naming(ledger, taken))
        {
            if (named.Size < scan.Start || scan.Size < named.Size || Convert.ToBase64String(scan.TreeAt(disk, named.Size).Root()) != named.Root)
                continue;

            // All that the node was open since is added, so that keeping a reset for later wins nothing.
            var open = scan.Receipts(disk, named.Size).Select(static entry => entry.Receipt).OfType<UsageReceipt>()
                .Aggregate(0L, static (sum, usage) => Math.Min(sum + usage.OpenSeconds, Limits.Number));
            var mark = After(named.Time, open);
            return new ResetReceipt { At = mark > wall ? mark : wall, Reset = reset.Id, Mark = mark };
        }

        Refuse(ledger);
        return null;
    }

    private IEnumerable<(TimeReset Reset, ResetLedger Ledger)> Naming(string ledger, IReadOnlySet<string> taken) =>
        from reset in _resets
        where !taken.Any(id => string.CompareOrdinal(id, reset.Id) >= 0) && !_refused.Contains((reset.Id, ledger))
        from named in reset.Ledgers
        where named.Ledger == ledger
        select (reset, named);

    private void Refuse(string ledger) => _refused.UnionWith(_resets.Select(reset => (reset.Id, ledger)));

    private string FolderOf(string ledger) => Path.Combine(stateFolder, LedgerFolder.Name, InstallationName.LedgerPartOf(ledger));

    // No later than a receipt can say.
    private static DateTimeOffset After(DateTimeOffset time, long seconds)
    {
        var last = ExactText.WholeSeconds(DateTimeOffset.MaxValue);
        return seconds < (last - time).TotalSeconds ? time.AddSeconds(seconds) : last;
    }
}
