using System.IO.Compression;
using System.Security.Cryptography;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// Writes what ledgers hold and the vendor has not acknowledged into one file: for each ledger a head that starts there,
/// one group, and the ledger's newest checkpoint as it was signed. It takes no key and no lock, and only what is signed.
/// </summary>
internal static class LedgerExport
{
    private const string NewSuffix = ".new";
    private const string GzipExtension = ".gz";

    /// <summary>
    /// Writes the file, holds every line against the checkpoints that sign it, reads the file back, and only then puts it in
    /// place.
    /// </summary>
    /// <param name="disk">The disk.</param>
    /// <param name="destination">The file, in a folder that exists; gzipped when its name ends in <c>.gz</c>.</param>
    /// <param name="plans">What leaves of each ledger, by <see cref="LedgerPlan.Of"/>.</param>
    /// <returns>What it holds, or null when nothing is new; then there is no file.</returns>
    /// <exception cref="LedgerDiskException">The file exists, or the disk refuses.</exception>
    /// <exception cref="LedgerForkException">Two of the plans' parts contradict each other; nothing is written.</exception>
    /// <exception cref="ReceiptsDamageException">
    /// What was verified has changed since, or what was written does not read back; it is not put in place.
    /// </exception>
    internal static ExportSummary? Write(LedgerDisk disk, string destination, IReadOnlyList<LedgerPlan> plans)
    {
        if (plans.Count == 0)
            return null;
        var folder = Path.GetDirectoryName(Path.GetFullPath(destination))!;
        if (disk.List(folder).Contains(Path.GetFileName(destination)))
            throw new LedgerDiskException("export to", destination, "the file exists, and an export is never overwritten");

        var temporary = destination + NewSuffix;
        try
        {
            var ledgers = new List<ExportedLedger>();
            byte[] sha256;
            using (var file = new LedgerFileStream(disk.Create(temporary)))
            {
                var isGzipped = destination.EndsWith(GzipExtension, StringComparison.Ordinal);
                using (var gzip = isGzipped ? new GZipStream(file, CompressionLevel.Optimal, leaveOpen: true) : null)
                {
                    foreach (var plan in plans)
                        ledgers.AddRange(plan.Runs.Select(run => WriteRun(plan, run, gzip ?? (Stream)file)));
                }

                sha256 = file.Finish();
            }

            ReadBack(disk, temporary, sha256);

            // What could be read may have been written a moment ago, and be in memory only. Mailed, and then lost in a power cut,
            // it would make a fork of what the ledger says next.
            foreach (var growing in plans.SelectMany(static plan => plan.Parts).Select(static part => part.Growing).OfType<string>())
                disk.SyncWritten(growing);
            disk.Rename(temporary, destination);
            disk.SyncFolder(folder);
            return new ExportSummary
            {
                Ledgers = ledgers,
                Sha256 = sha256,
                Missing = [.. plans.SelectMany(static plan => plan.Missing)],
                Contradicting = [.. plans.Where(static plan => plan.ContradictsReply).Select(static plan => plan.Key.Name)],
            };
        }
        catch (Exception e) when (e is ReceiptsDamageException or LedgerForkException or IOException)
        {
            DurableFile.Remove(disk, temporary);
            throw;
        }
    }

    private static ExportedLedger WriteRun(LedgerPlan plan, LedgerRun run, Stream target)
    {
        var from = LedgerRunWriter.Write(plan, run, target);
        var newest = run.Slices[^1].Part;
        return new ExportedLedger(plan.Key.Name, run.Start, run.End, from, run.Seal.Last.At)
        {
            Place = newest.Place,
            IsNewest = plan.Parts.Any(part => part.StateFolder is not null && part.End == run.End),
        };
    }

    // What the lines say was proven as they were written, by the roots that they lead to; here, that the file holds them.
    private static void ReadBack(LedgerDisk disk, string path, byte[] sha256)
    {
        using var file = disk.OpenRead(path);
        if (!SHA256.HashData(file).AsSpan().SequenceEqual(sha256))
            throw new ReceiptsDamageException(path, 1, "what was written reads back otherwise", "check the disk, and run this again");
    }
}
