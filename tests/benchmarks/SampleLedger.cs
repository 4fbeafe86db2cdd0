using System.Buffers.Binary;
using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Benchmarks;

/// <summary>A ledger in closed segments, one group each; loads, lengths and times as random as a busy node's.</summary>
/// <param name="folder">Its folder is made in this one.</param>
/// <param name="number">Tells it apart from others.</param>
internal sealed class SampleLedger(string folder, int number)
{
    private const int ReceiptsOfASegment = 50_000;
    private const int Seed = 20261122;

    private readonly Random _random = new(Seed + number);

    /// <summary>Writes it, and tells its folder.</summary>
    public string Write(int receipts)
    {
        using var unnamed = SigningKey.Generate("unnamed");
        var drawn = new byte[InstallationName.LedgerRandomBytes];
        BinaryPrimitives.WriteInt32LittleEndian(drawn, number);
        var name = InstallationName.OfLedger(InstallationName.Of(unnamed.VerifierKey.PublicKey), drawn);
        using var key = unnamed.WithName(name);
        var ledger = Directory.CreateDirectory(Path.Combine(folder, InstallationName.LedgerPartOf(name))).FullName;
        var tree = new MerkleTree();
        var at = Samples.Day(2026, 11, 22);
        var last = Samples.Usage(at, 0);
        while (tree.Size < receipts)
        {
            using var file = File.Create(Path.Combine(ledger, LedgerSegment.FileName(tree.Size)));
            file.Write(Encoding.UTF8.GetBytes(LedgerHead.After(tree, key.VerifierKey).Print() + "\n"));
            for (var end = Math.Min(receipts, tree.Size + ReceiptsOfASegment); tree.Size < end;)
            {
                Receipt receipt = tree.Size switch
                {
                    0 => new StartReceipt { At = at, Clean = 1 },
                    1 => new LicenseReceipt { At = at, License = Samples.License.Id, Holds = LicenseHolding.Of(name, Samples.SignedText) },
                    2 => new StateReceipt { At = at, State = LicenseState.Licensed, Reasons = [] },
                    _ => last = Next(last),
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

    private UsageReceipt Next(UsageReceipt last)
    {
        var open = _random.Next(1, 301);
        var (cores, seconds) = (_random.Next(1, 65), _random.Next(open + 1));
        var coreSeconds = _random.NextInt64(seconds, ((long)cores * seconds) + 1);
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
