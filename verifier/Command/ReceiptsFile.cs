using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Statements;

namespace OfflineLicense.Verifier.Command;

/// <summary>A ledger that a statement tells of, and when its newest receipt was written.</summary>
internal sealed record LedgerToTell(StatementLedger Ledger, DateTimeOffset? Newest)
{
    /// <summary>Where a user named it as a file: what that file says of the ledger's history.</summary>
    public FiledHistory? Filed { get; init; }
}

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
                var name = CommandFiles.NameOf(file);
                ledgers.Add(new LedgerToTell(
                    new StatementLedger { Name = head.Ledger, Receipts = Receipts(Open, name, index) }, reader.Seal?.Last.At)
                {
                    Filed = reader.Seal is { } seal ? new FiledHistory(name, head.Start, seal, size => RootAt(Open, name, index, size)) : null,
                });
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
            : LedgerDisk.Real.OpenRead(path);
    }

    private static IEnumerable<Receipt> Receipts(Func<Stream> open, string file, int index)
    {
        using var reader = ReaderOf(open(), file, index);
        while (reader.NextReceipt() is { } entry) yield return entry.Receipt;
    }

    private static byte[] RootAt(Func<Stream> open, string file, int index, long size)
    {
        using var reader = ReaderOf(open(), file, index);
        while (reader.Tree.Size < size && reader.NextReceipt() is not null)
        {
            // The reader grows the tree.
        }

        return reader.Tree.Root();
    }

    private static ReceiptsReader ReaderOf(Stream stream, string file, int index)
    {
        var reader = new ReceiptsReader(stream, file);
        for (var skipped = 0; skipped < index; skipped++)
        {
            reader.NextLedger();
            reader.SkipToNextLedger();
        }

        reader.NextLedger();
        return reader;
    }
}
