using System.Security.Cryptography;
using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
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
    private const int ReceiptsOfASegment = 50_000;
    private const int Seed = 20261122;

    public static Figure Run()
    {
        var folder = Directory.CreateTempSubdirectory("check-benchmark-").FullName;
        try
        {
            var ledger = WriteLedger(folder);
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

    // Closed segments, one group each; loads, lengths and times as random as a busy node's.
    private static string WriteLedger(string folder)
    {
        var random = new Random(Seed);
        using var unnamed = SigningKey.Generate("unnamed");
        var name = InstallationName.OfLedger(InstallationName.Of(unnamed.VerifierKey.PublicKey), new byte[InstallationName.LedgerRandomBytes]);
        using var key = unnamed.WithName(name);
        var ledger = Directory.CreateDirectory(Path.Combine(folder, InstallationName.LedgerPartOf(name))).FullName;
        var tree = new MerkleTree();
        var at = Samples.Day(2026, 11, 22);
        var last = Samples.Usage(at, 0);
        while (tree.Size < Receipts)
        {
            using var file = File.Create(Path.Combine(ledger, LedgerSegment.FileName(tree.Size)));
            file.Write(Encoding.UTF8.GetBytes(LedgerHead.After(tree, key.VerifierKey).Print() + "\n"));
            for (var end = Math.Min(Receipts, tree.Size + ReceiptsOfASegment); tree.Size < end;)
            {
                Receipt receipt = tree.Size switch
                {
                    0 => new StartReceipt { At = at, Clean = 1 },
                    1 => new LicenseReceipt { At = at, License = Samples.License.Id, Holds = LicenseHolding.Of(name, Samples.File) },
                    2 => new StateReceipt { At = at, State = LicenseState.Licensed, Reasons = [] },
                    _ => last = Next(random, last),
                };
                var line = ReceiptLine.Print(receipt with { Seq = tree.Size });
                tree.Append(line);
                file.Write(line);
                file.Write("\n"u8);
            }

            file.Write("\n"u8);
            file.Write(new Checkpoint { Origin = name, Size = tree.Size, Root = tree.Root() }.Sign(key));
        }

        return ledger;
    }

    private static UsageReceipt Next(Random random, UsageReceipt last)
    {
        var open = random.Next(1, 301);
        var (cores, seconds) = (random.Next(1, 65), random.Next(open + 1));
        var coreSeconds = random.NextInt64(seconds, ((long)cores * seconds) + 1);
        return last with
        {
            From = last.At,
            At = last.At.AddSeconds(open),
            OpenSeconds = open,
            Cores = cores,
            Seconds = seconds,
            CoreSeconds = coreSeconds,
            TotalSeconds = last.TotalSeconds + seconds,
            TotalCoreSeconds = last.TotalCoreSeconds + coreSeconds,
            LicensedSeconds = last.LicensedSeconds + open,
        };
    }
}
