using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Statements;

/// <summary>What a statement is asked about. The same on the customer's and on the vendor's side.</summary>
internal sealed record StatementRequest
{
    /// <summary>The license whose quotas are judged. It and those whose places it took are what the statement is of.</summary>
    public required StatementLicense Newest { get; init; }

    /// <summary>
    /// The issued licenses at hand, in any order, in more than one format too. Those of other chains change nothing; one
    /// of this chain that is missing cannot be proven to have been used, and its use is not counted.
    /// </summary>
    public required IReadOnlyCollection<StatementLicense> Known { get; init; }

    /// <summary>The days.</summary>
    public required StatementPeriod Period { get; init; }
}

/// <summary>A license and the text by which receipts prove it.</summary>
/// <param name="License">What it says.</param>
/// <param name="SignedText">The text as it was signed, final newline included, signatures not.</param>
internal sealed record StatementLicense(License License, ReadOnlyMemory<byte> SignedText)
{
    /// <summary>A license as it was read from its file.</summary>
    public static StatementLicense Of(SignedLicense signed) => new(signed.License, signed.TextBytes);
}

/// <summary>One ledger, or the receipts of one export of it.</summary>
internal sealed record StatementLedger
{
    /// <summary>The ledger's name.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Its receipts by <c>seq</c>, verified, from the first at hand to the last: those before the period tell the meter
    /// readings and the proofs of licenses, those after it that it is complete. Where some are missing, readings tell
    /// what was used. Read once and never held; when the ledger is named twice, the first one is read once more.
    /// </summary>
    public required IEnumerable<Receipt> Receipts { get; init; }

    /// <summary>The vendor has not confirmed that the installation is this customer's. It is told apart and not billed.</summary>
    public bool IsUnconfirmed { get; init; }

    /// <summary>Two histories of it were signed. The one at hand counts, and the statement says so.</summary>
    public bool IsForked { get; init; }
}
