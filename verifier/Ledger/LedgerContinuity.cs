using OfflineLicense.Keys;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// Whether a process may go on in a ledger that is good in itself. It may not where the ledger is another machine's, since
/// that machine may go on in it too; and not where the vendor has a history of it that is not in it, since whatever is
/// appended would be a second one. Both leave the ledger as it is, and are no fault of anybody.
/// </summary>
/// <param name="machine">The id of this machine; null where it has none.</param>
/// <param name="acknowledged">What replies say that the vendor has of a ledger, by its name.</param>
internal sealed class LedgerContinuity(string? machine, Func<string, IEnumerable<ReplyLedger>> acknowledged)
{
    /// <summary>Any ledger may be gone on with.</summary>
    internal static LedgerContinuity Any { get; } = new(null, static _ => []);

    /// <summary>Whether a ledger is another machine's.</summary>
    /// <exception cref="LedgerDiskException">The disk refuses.</exception>
    internal bool IsElsewhere(LedgerDisk disk, string folder, string ledger) => LedgerMachine.IsOther(disk, folder, ledger, machine);

    /// <summary>Marks a ledger as this machine's.</summary>
    /// <exception cref="LedgerDiskException">The disk refuses.</exception>
    internal void Mark(LedgerDisk disk, string folder, string ledger) => LedgerMachine.Mark(disk, folder, ledger, machine);

    /// <summary>What the vendor has of a ledger that the ledger does not hold; null where nothing is known that it lost.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="past">The ledger, whose head could be read.</param>
    /// <exception cref="LedgerDiskException">The disk refuses.</exception>
    /// <exception cref="ReceiptsDamageException">The ledger changed while it was read.</exception>
    internal ReplyLedger? Lost(LedgerDisk disk, LedgerScan past) =>
        acknowledged(past.Key!.Name).FirstOrDefault(line => !Holds(disk, past, line));

    /// <summary>How many receipts of a ledger the vendor has, by whichever reply says the most.</summary>
    internal long Acknowledged(string ledger) => acknowledged(ledger).Select(static line => line.Size).DefaultIfEmpty().Max();

    // Of what was pruned the vendor said before that it has it.
    private static bool Holds(LedgerDisk disk, LedgerScan past, ReplyLedger line) =>
        line.Size < past.Start || (line.Size <= past.Size && ExactText.FormatBase64(past.TreeAt(disk, line.Size).Root()) == line.Root);
}
