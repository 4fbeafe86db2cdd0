using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Issuer.Import;

/// <summary>What reading a receipts file comes to, part by part and in the file's order. Immutable.</summary>
internal abstract record FilePart
{
    /// <summary>The file is there; its ledgers follow, unless it is no receipts file.</summary>
    /// <param name="Sha256">Of its bytes, in lower-case hexadecimal.</param>
    /// <param name="IsForeign">Whether it is something else, and never was one.</param>
    internal sealed record Begun(string Sha256, bool IsForeign) : FilePart;

    /// <summary>The file cannot be opened; nothing follows.</summary>
    /// <param name="Why">Why.</param>
    internal sealed record Unreadable(CommandFailure Why) : FilePart;

    /// <summary>A ledger was read to its end and verified.</summary>
    /// <param name="Index">Its place in the file, from 0.</param>
    /// <param name="Reading">The ledger, beside what the registry had of it.</param>
    /// <param name="Wholly">Whether it was read to keep all of it, and not only what is new.</param>
    internal sealed record Ledger(int Index, LedgerReading Reading, bool Wholly) : FilePart;

    /// <summary>A ledger contradicts itself, or is of a later version.</summary>
    /// <param name="Damage">Where and how.</param>
    /// <param name="Head">Its head, if that could be read; unverified.</param>
    internal sealed record Damaged(ReceiptsDamageException Damage, LedgerHead? Head) : FilePart;

    /// <summary>A ledger that nobody asked for was passed over.</summary>
    internal sealed record Passed : FilePart;
}
