using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Statements;

namespace OfflineLicense.Verifier.Command;

/// <summary>A ledger that a statement tells of, and when its newest receipt was written.</summary>
internal sealed record LedgerToTell(StatementLedger Ledger, DateTimeOffset? Newest);

/// <summary>
/// Receipts files that a user names. Each is read to its end and verified before anything in it is believed; then it is
/// read again, one receipt at a time, so that memory does not grow with it.
/// </summary>
internal static class ReceiptsFile
{
    /// <exception cref="CommandFailure">The file cannot be read, or is damaged anywhere.</exception>
    public static IReadOnlyList<LedgerToTell> Ledgers(CommandConsole console, string file)
    {
        // Standard input cannot be read twice.
        var held = file == "-" ? console.Read(file, Limits.ReceiptsFileBytes) : null;
        var path = file == "-" ? file : console.PathOf(file);
        try
        {
            var ledgers = new List<LedgerToTell>();
            using var stream = Open();
            using var reader = new ReceiptsReader(stream, CommandFiles.NameOf(file));
            while (reader.NextLedger() is { } head)
            {
                while (reader.NextReceipt() is not null)
                {
                    // Verified by the reader.
                }

                var index = ledgers.Count;
                ledgers.Add(new LedgerToTell(
                    new StatementLedger { Name = head.Ledger, Receipts = Receipts(Open, CommandFiles.NameOf(file), index) }, reader.Seal?.Last.At));
            }

            return ledgers;
        }
        catch (ReceiptsDamageException damage)
        {
            throw PlainFailure.OfDamage(damage);
        }
        catch (Exception exception) when (PlainFailure.IsOfFiles(exception))
        {
            throw PlainFailure.At("read", path, exception);
        }

        Stream Open() => held is not null
            ? new MemoryStream(held)
            : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    }

    private static IEnumerable<Receipt> Receipts(Func<Stream> open, string file, int index)
    {
        using var stream = open();
        using var reader = new ReceiptsReader(stream, file);
        for (var skipped = 0; skipped < index; skipped++)
        {
            reader.NextLedger();
            reader.SkipToNextLedger();
        }

        reader.NextLedger();
        while (reader.NextReceipt() is { } entry) yield return entry.Receipt;
    }
}
