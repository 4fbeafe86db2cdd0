namespace OfflineLicense.Verifier.Statements;

/// <summary>
/// What was used under one chain of licenses in a period, computed alike by customer and vendor from the same receipts
/// and licenses. Pure: no file, clock or culture inside. The rules and an example: <c>verifier/README.md</c>, "Statement".
/// </summary>
internal sealed class Statement
{
    private Statement(StatementChain chain, IReadOnlyList<StatementReading> counted, IReadOnlyList<StatementReading> unconfirmed,
        IReadOnlyList<string> forked, StatementPeaks peaks) =>
        (Chain, Counted, Unconfirmed, Forked, Peaks) = (chain, counted, unconfirmed, forked, peaks);

    /// <summary>What the receipts were held against.</summary>
    public StatementChain Chain { get; }

    /// <summary>The ledgers that are billed, by name.</summary>
    public IReadOnlyList<StatementReading> Counted { get; }

    /// <summary>The ledgers that the vendor has not confirmed, by name.</summary>
    public IReadOnlyList<StatementReading> Unconfirmed { get; }

    /// <summary>The names of ledgers of which two histories were signed.</summary>
    public IReadOnlyList<string> Forked { get; }

    /// <summary>Cores in use at one moment, over the counted ledgers.</summary>
    public StatementPeaks Peaks { get; }

    /// <summary>What all receipts add up to.</summary>
    public StatementUse Itemised => StatementUse.Sum(Counted.Select(ledger => ledger.Itemised));

    /// <summary>What readings show beyond that.</summary>
    public StatementUse NotItemised => StatementUse.Sum(Counted.Select(ledger => ledger.NotItemised));

    /// <summary>What of both counts toward the quota's period.</summary>
    public StatementUse TowardQuota => StatementUse.Sum(Counted.Select(ledger => ledger.TowardQuota));

    /// <summary>The statement as text.</summary>
    /// <param name="request">The chain and the days.</param>
    /// <param name="ledgers">All ledgers at hand, in any order. See <see cref="Of"/>.</param>
    /// <returns>Lines that end in a newline; the last one is <c>sha256</c> and the hash of those before it, in hex.</returns>
    public static string Print(StatementRequest request, IEnumerable<StatementLedger> ledgers) =>
        StatementPrinter.Print(Of(request, ledgers));

    /// <summary>Adds up the ledgers, each in one pass.</summary>
    /// <param name="request">The chain and the days.</param>
    /// <param name="ledgers">
    /// All ledgers at hand, in any order. One that is named more than once is read as parts of one history, which may
    /// overlap: that no two of them differ is for whoever verified them to know.
    /// </param>
    public static Statement Of(StatementRequest request, IEnumerable<StatementLedger> ledgers)
    {
        var chain = new StatementChain(request);
        var peaks = new StatementPeaks(chain.WindowSeconds);
        List<StatementReading> counted = [], unconfirmed = [];
        List<string> forked = [];
        foreach (var parts in ledgers.GroupBy(ledger => ledger.Name, StringComparer.Ordinal).OrderBy(parts => parts.Key, StringComparer.Ordinal))
        {
            var reading = Read(parts.Key, [.. parts], chain);
            var windows = reading.TakeWindows();
            if (parts.Any(part => part.IsUnconfirmed))
            {
                unconfirmed.Add(reading);
            }
            else
            {
                counted.Add(reading);
                if (reading.IsOfChain)
                    peaks.Add(windows);
            }

            if (reading.IsOfChain && parts.Any(part => part.IsForked))
                forked.Add(parts.Key);
        }

        return new Statement(chain, counted, unconfirmed, forked, peaks);
    }

    private static StatementReading Read(string name, StatementLedger[] parts, StatementChain chain)
    {
        var reading = new StatementReading(name, chain);
        var inOrder = parts.Length == 1
            ? parts
            : parts.OrderBy(part => part.Receipts.FirstOrDefault()?.Seq ?? 0).ToArray();
        foreach (var receipt in inOrder.SelectMany(part => part.Receipts))
            reading.Add(receipt);
        return reading;
    }
}
