using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Benchmarks;

/// <summary>
/// From a state folder to a file that can be mailed (scan, verify, copy, hash, sync, read back), a receipt, against what no way of
/// doing it can leave out: reading the lines once and hashing each into the tree.
/// </summary>
internal static class ExportBenchmark
{
    private const int Receipts = 100_000;

    public static Figure Run()
    {
        var folder = Directory.CreateTempSubdirectory("export-benchmark-").FullName;
        try
        {
            var segment = WriteLedger(folder);
            var target = Path.Combine(folder, "all.receipts");
            void Export(int receipts)
            {
                var summary = LedgerExport.Write(LedgerDisk.Real, target, LedgerPlan.Of(
                    LedgerFolder.ScanAll(LedgerDisk.Real, folder).Select(scan => LedgerPart.Of(LedgerDisk.Real, scan, folder)!), static _ => null));
                if (summary!.Receipts != receipts)
                    throw new InvalidOperationException("the export does not hold all receipts");
                File.Delete(target);
            }

            void ReadAndHash(int receipts)
            {
                using var file = LedgerDisk.Real.OpenRead(segment);
                using var lines = new ReceiptsSource(file, segment, mayBeGzipped: false);
                var tree = new MerkleTree();
                while (lines.Read())
                {
                    if (lines.Line.Span.StartsWith("{"u8))
                        tree.Append(lines.Line.Span);
                }

                if (tree.Size != receipts)
                    throw new InvalidOperationException("the ledger does not hold all receipts");
            }

            var (value, baseline, ratio) = Pairs.Measure(Export, Receipts, ReadAndHash, Receipts, rounds: 7);
            return new Figure
            {
                Name = "export",
                Value = value / 1000,
                Unit = "us",
                Baseline = baseline / 1000,
                BaselineIs = "reading and hashing a receipt",
                Ratio = ratio,
                Bar = 5,
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // A checkpoint for each receipt, as a node writes them. Readers verify the last one's signature, so only that is made.
    private static string WriteLedger(string stateFolder)
    {
        using var unnamed = SigningKey.Generate("unnamed");
        var name = InstallationName.OfLedger(InstallationName.Of(unnamed.VerifierKey.PublicKey), new byte[InstallationName.LedgerRandomBytes]);
        using var key = unnamed.WithName(name);
        var ledger = Path.Combine(stateFolder, LedgerFolder.Name, InstallationName.LedgerPartOf(name));
        Directory.CreateDirectory(ledger);
        var path = Path.Combine(ledger, LedgerSegment.FileName(0));
        using var file = File.Create(path);
        var tree = new MerkleTree();
        file.Write(Encoding.UTF8.GetBytes(LedgerHead.After(tree, key.VerifierKey).Print()));
        var signature = Encoding.UTF8.GetString(CheckpointOf(tree, name).Sign(key)).Split("\n\n")[1];
        var begin = Samples.Day(2026, 11, 22);
        for (var seq = 0; seq < Receipts; seq++)
        {
            var line = ReceiptLine.Print(seq == 0 ? new StartReceipt { At = begin, Clean = 1 } : Samples.Usage(begin, seq) with { Seq = seq });
            tree.Append(line);
            file.Write("\n"u8);
            file.Write(line);
            file.Write("\n\n"u8);
            file.Write(seq == Receipts - 1
                ? CheckpointOf(tree, name).Sign(key)
                : Encoding.UTF8.GetBytes($"{CheckpointOf(tree, name).Text}\n{signature}"));
        }

        return path;
    }

    private static Checkpoint CheckpointOf(MerkleTree tree, string name) => new() { Origin = name, Size = tree.Size, Root = tree.Root() };
}
