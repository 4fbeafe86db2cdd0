using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>A stretch of a ledger that an export holds. A ledger with a hole has several.</summary>
/// <param name="Ledger">The ledger's name.</param>
/// <param name="Start">The <c>seq</c> of the first receipt.</param>
/// <param name="End">One past the <c>seq</c> of the last.</param>
/// <param name="From">When the first was written.</param>
/// <param name="Until">When the last was.</param>
internal sealed record ExportedLedger(string Ledger, long Start, long End, DateTimeOffset From, DateTimeOffset Until)
{
    /// <summary>The file or ledger folder that its newest receipts are from; empty where nobody asks.</summary>
    public string Place { get; init; } = "";

    /// <summary>
    /// Whether its end is as far as the ledger's own folder goes at this moment. Of a ledger known from an earlier export alone
    /// nobody can say here what was written later.
    /// </summary>
    public bool IsNewest { get; init; } = true;
}

/// <summary>What an export holds, and what it should hold and does not.</summary>
internal sealed record ExportSummary
{
    /// <summary>In ordinal order of the ledgers' names, each ledger's stretches in their own.</summary>
    public required IReadOnlyList<ExportedLedger> Ledgers { get; init; }

    /// <summary>SHA-256 of the file as it is on the disk: 32 bytes, not to be changed.</summary>
    public required byte[] Sha256 { get; init; }

    /// <summary>From what the vendor has up to the newest checkpoints, the receipts that are in none of the inputs.</summary>
    public IReadOnlyList<MissingReceipts> Missing { get; init; } = [];

    /// <summary>Ledgers that are not those that the vendor's reply speaks of.</summary>
    public IReadOnlyList<string> Contradicting { get; init; } = [];

    /// <summary>Receipts in it.</summary>
    public long Receipts => Ledgers.Sum(static ledger => ledger.End - ledger.Start);

    /// <summary>How many ledgers.</summary>
    public int LedgerCount => Ledgers.DistinctBy(static ledger => ledger.Ledger, StringComparer.Ordinal).Count();

    /// <summary>Their installations, in ordinal order.</summary>
    public IReadOnlyList<string> Installations =>
        [.. Ledgers.Select(static ledger => InstallationName.InstallationOf(ledger.Ledger)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>When the earliest of the ledgers' first receipts was written.</summary>
    public DateTimeOffset First => Ledgers.Min(static ledger => ledger.From);

    /// <summary>When the latest of the ledgers' last receipts was.</summary>
    public DateTimeOffset Last => Ledgers.Max(static ledger => ledger.Until);

    /// <summary>Ledgers of which only an earlier export was at hand.</summary>
    public int LedgersUpToAnExport => Ledgers.GroupBy(static ledger => ledger.Ledger, StringComparer.Ordinal).Count(static ledger => !ledger.Last().IsNewest);
}
