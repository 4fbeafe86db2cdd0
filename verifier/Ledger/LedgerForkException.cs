using static System.FormattableString;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// Two places have different receipts of one ledger at the same numbers, each of them signed. Both together prove it, so
/// neither may be merged into the other, nor thrown away.
/// </summary>
/// <param name="ledger">The ledger's name.</param>
/// <param name="size">Among how many of its first receipts they differ.</param>
/// <param name="one">A file or folder.</param>
/// <param name="other">The other.</param>
internal sealed class LedgerForkException(string ledger, long size, string one, string other)
    : Exception(Invariant($"{one} and {other} contradict each other: the first {size} receipts of {ledger} are not the same in both"))
{
    /// <summary>The ledger's name.</summary>
    public string Ledger { get; } = ledger;

    /// <summary>Among how many of the ledger's first receipts they differ.</summary>
    public long Size { get; } = size;

    /// <summary>A file or folder.</summary>
    public string One { get; } = one;

    /// <summary>The other.</summary>
    public string Other { get; } = other;
}
