using System.Security.Cryptography;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Check;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Benchmarks;

/// <summary>
/// A whole check of a million receipts in closed segments (form, tree, signatures, meter readings), a receipt, against what no
/// check can leave out: reading the bytes, and for each line one hash of the leaf and one of a node.
/// </summary>
internal static class CheckBenchmark
{
    private const int Receipts = 1_000_000;

    public static Figure Run()
    {
        var folder = Directory.CreateTempSubdirectory("check-benchmark-").FullName;
        try
        {
            var ledger = new SampleLedger(folder, number: 0).Write(Receipts);
            void Check(int receipts)
            {
                var report = new LedgerCheck(LedgerDisk.Real, ledger).Check()!;
                if (report.Outcome != CheckOutcome.Good || report.Receipts != receipts)
                    throw new InvalidOperationException(FormattableString.Invariant($"the check says {report.Outcome} of {report.Receipts} receipts"));
            }

            var (value, baseline, ratio) = Pairs.Measure(Check, Receipts, receipts => ReadAndHash(ledger, receipts), Receipts, rounds: 5);
            return new Figure
            {
                Name = "check",
                Value = value / 1000,
                Unit = "us",
                Baseline = baseline / 1000,
                BaselineIs = "reading and hashing a receipt",
                Ratio = ratio,
                Bar = 2,
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void ReadAndHash(string ledger, int receipts)
    {
        var buffer = new byte[256 * 1024];
        Span<byte> node = stackalloc byte[65];
        Span<byte> leaf = stackalloc byte[1 + Limits.ReceiptBytes];
        var lines = 0;
        foreach (var file in Directory.EnumerateFiles(ledger).Order(StringComparer.Ordinal))
        {
            using var stream = LedgerDisk.Real.OpenRead(file);
            for (int held = 0, count; (count = stream.Read(buffer.AsSpan(held))) > 0;)
            {
                var rest = buffer.AsSpan(0, held + count);
                for (int length; (length = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(length + 1)..])
                {
                    if (length == 0 || rest[0] != '{')
                        continue;
                    rest[..length].CopyTo(leaf[1..]);
                    SHA256.HashData(leaf[..(1 + length)], node[1..33]);
                    SHA256.HashData(node, node[33..]);
                    lines++;
                }

                rest.CopyTo(buffer);
                held = rest.Length;
            }
        }

        if (lines != receipts)
            throw new InvalidOperationException("the ledger does not hold all receipts");
    }
}
