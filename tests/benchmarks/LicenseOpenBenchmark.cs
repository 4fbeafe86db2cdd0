using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Metering;
using OfflineLicense.Verifier.Verdicts;

namespace OfflineLicense.Benchmarks;

/// <summary>
/// From a file to a verdict (read, verify, parse, evaluate), against the one Ed25519 verification that it contains.
/// </summary>
internal static class LicenseOpenBenchmark
{
    private const int Calls = 200;

    public static Figure Run()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".lic");
        File.WriteAllBytes(file, Samples.File);
        try
        {
            var parts = SignedNote.Split(Samples.File);
            var facts = new NodeFacts { Product = Samples.Product, Installation = "offline-license/mfrggzdfmztwq2lknnwg23tpoa" };
            var now = Samples.Day(2026, 12, 1);
            void Open(int calls)
            {
                for (var i = 0; i < calls; i++)
                {
                    var verdict = Evaluation.Evaluate([LicenseFile.Open(LedgerDisk.Real, file, Samples.Trust)], facts, now);
                    if (verdict.State != LicenseState.Licensed)
                        throw new InvalidOperationException("the sample license does not count");
                }
            }

            void Verify(int calls)
            {
                for (var i = 0; i < calls; i++)
                {
                    if (!Samples.Key.VerifierKey.Verify(parts.UntrustedTextBytes, parts.Signatures[0].Signature))
                        throw new InvalidOperationException("the sample license does not verify");
                }
            }

            var (value, baseline, ratio) = Pairs.Measure(Open, Calls, Verify, Calls);
            return new Figure
            {
                Name = "license-open",
                Value = value / 1000,
                Unit = "us",
                Baseline = baseline / 1000,
                BaselineIs = "a bare Ed25519 verification",
                Ratio = ratio,
                Bar = 1.5,
                Bytes = Pairs.BytesOf(Open, Calls),
            };
        }
        finally
        {
            File.Delete(file);
        }
    }
}
