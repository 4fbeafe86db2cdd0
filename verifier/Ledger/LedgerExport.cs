using System.IO.Compression;
using System.Text;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>What an export holds of one ledger.</summary>
/// <param name="Ledger">The ledger's name.</param>
/// <param name="Start">The <c>seq</c> of the first receipt.</param>
/// <param name="End">One past the <c>seq</c> of the last.</param>
/// <param name="From">When the first was written.</param>
/// <param name="Until">When the last was.</param>
internal sealed record ExportedLedger(string Ledger, long Start, long End, DateTimeOffset From, DateTimeOffset Until);

/// <summary>What an export holds.</summary>
internal sealed record ExportSummary
{
    /// <summary>The ledgers, in ordinal order of their names.</summary>
    public required IReadOnlyList<ExportedLedger> Ledgers { get; init; }

    /// <summary>SHA-256 of the file as it is on the disk: 32 bytes, not to be changed.</summary>
    public required byte[] Sha256 { get; init; }

    /// <summary>Receipts in it.</summary>
    public long Receipts => Ledgers.Sum(ledger => ledger.End - ledger.Start);
}

/// <summary>
/// Writes what ledgers hold and the vendor has not acknowledged into one file: for each ledger a head that starts there,
/// one group, and the ledger's newest checkpoint as it was signed. It takes no key and no lock, and only what is signed.
/// </summary>
internal static class LedgerExport
{
    private const string NewSuffix = ".new";
    private const string GzipExtension = ".gz";

    /// <summary>Writes the file, reads it back as the vendor will, and only then puts it in place.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="destination">The file, in a folder that exists; gzipped when its name ends in <c>.gz</c>.</param>
    /// <param name="ledgers">The ledgers; of two scans of one, the longer is taken.</param>
    /// <param name="acknowledged">Receipts that the vendor has, by ledger; 0 for those not in it.</param>
    /// <returns>What it holds, or null when nothing is new; then there is no file.</returns>
    /// <exception cref="LedgerDiskException">The file exists, or the disk refuses.</exception>
    /// <exception cref="ReceiptsDamageException">What was written does not read back; it is not put in place.</exception>
    internal static ExportSummary? Write(
        LedgerDisk disk, string destination, IEnumerable<LedgerScan> ledgers,
        IReadOnlyDictionary<string, long> acknowledged)
    {
        var parts = ledgers
            .Where(scan => scan.Seal is not null)
            .GroupBy(scan => scan.Key!.Name, StringComparer.Ordinal)
            .Select(scans => scans.MaxBy(scan => scan.Size)!)
            .Select(scan => (Scan: scan, Start: acknowledged.GetValueOrDefault(scan.Key!.Name)))
            .Where(part => part.Scan.Size > part.Start)
            .OrderBy(part => part.Scan.Key!.Name, StringComparer.Ordinal)
            .ToList();
        if (parts.Count == 0)
            return null;
        var folder = Path.GetDirectoryName(Path.GetFullPath(destination))!;
        if (disk.List(folder).Contains(Path.GetFileName(destination)))
            throw new LedgerDiskException("export to", destination, "the file exists, and an export is never overwritten");

        var temporary = destination + NewSuffix;
        try
        {
            byte[] sha256;
            using (var file = new LedgerFileStream(disk.Create(temporary)))
            {
                var isGzipped = destination.EndsWith(GzipExtension, StringComparison.Ordinal);
                using (var gzip = isGzipped ? new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true) : null)
                {
                    foreach (var (scan, start) in parts)
                        WriteLedger(disk, scan, start, gzip ?? (Stream)file);
                }

                sha256 = file.Finish();
            }

            var summary = new ExportSummary { Ledgers = ReadBack(disk, temporary), Sha256 = sha256 };
            disk.Rename(temporary, destination);
            disk.SyncFolder(folder);
            return summary;
        }
        catch (Exception e) when (e is ReceiptsDamageException or LedgerDiskException)
        {
            DurableFile.Remove(disk, temporary);
            throw;
        }
    }

    private static void WriteLedger(LedgerDisk disk, LedgerScan scan, long start, Stream target)
    {
        target.Write(Encoding.UTF8.GetBytes(LedgerHead.After(scan.TreeAt(disk, start), scan.Key!).Print()));
        target.Write("\n"u8);
        foreach (var entry in scan.Receipts(disk, start))
        {
            target.Write(entry.Line.Span);
            target.Write("\n"u8);
        }

        target.Write("\n"u8);
        target.Write(scan.Seal!.Note);
    }

    private static List<ExportedLedger> ReadBack(LedgerDisk disk, string path)
    {
        var ledgers = new List<ExportedLedger>();
        using var file = disk.OpenRead(path);
        using var reader = new ReceiptsReader(file, path);
        while (reader.NextLedger() is { } head)
        {
            var from = reader.NextReceipt()!.Value.Receipt.At;
            while (reader.NextReceipt() is not null)
            {
                // Every receipt is verified by the reader.
            }

            ledgers.Add(new ExportedLedger(head.Ledger, head.Start, reader.Seal!.Size, from, reader.Seal.Last.At));
        }

        return ledgers;
    }
}
