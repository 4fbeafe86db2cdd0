using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Metering;
using OfflineLicense.Verifier.Verdicts;

namespace OfflineLicense.Benchmarks;

/// <summary>
/// From a file to a verdict (read, verify, parse, evaluate), against the one Ed25519 verification that it contains; and through a
/// trust document, against a pinned key.
/// </summary>
internal static class LicenseOpenBenchmark
{
    private const int Calls = 200;

    private const int KeysOfDocument = 32;

    public static Figure Run()
    {
        var file = WriteLicense();
        try
        {
            var parts = SignedNote.Split(Samples.File);
            void Open(int calls) => OpenEach(file, Samples.Trust, calls);

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

    /// <summary>The same through a trust document of 32 keys that was verified before, of which the last one signed.</summary>
    public static Figure Trusted()
    {
        var file = WriteLicense();
        try
        {
            var trust = Rooted();
            void Open(int calls) => OpenEach(file, trust, calls);
            void OpenPinned(int calls) => OpenEach(file, Samples.Trust, calls);
            var (value, baseline, ratio) = Pairs.Measure(Open, Calls, OpenPinned, Calls);
            return new Figure
            {
                Name = "license-open-trust",
                Value = value / 1000,
                Unit = "us",
                Baseline = baseline / 1000,
                BaselineIs = "the same through a pinned key",
                Ratio = ratio,
                Bar = 1.1,
                Bytes = Pairs.BytesOf(Open, Calls),
            };
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string WriteLicense()
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".lic");
        File.WriteAllBytes(file, Samples.File);
        return file;
    }

    private static void OpenEach(string file, Trust trust, int calls)
    {
        var facts = new NodeFacts { Product = Samples.Product, Installation = "offline-license/mfrggzdfmztwq2lknnwg23tpoa" };
        for (var i = 0; i < calls; i++)
        {
            var verdict = Evaluation.Evaluate([LicenseFile.Open(LedgerDisk.Real, file, trust)], facts, Samples.Day(2026, 12, 1));
            if (verdict.State != LicenseState.Licensed)
                throw new InvalidOperationException("the sample license does not count");
        }
    }

    private static Trust Rooted()
    {
        using var root = SigningKey.Generate("vendor.example/roots/1");
        var others = Enumerable.Range(1, KeysOfDocument - 1).Select(static number =>
        {
            using var other = SigningKey.Generate(FormattableString.Invariant($"vendor.example/licenses/{1990 + number}"));
            return other.VerifierKey;
        });
        var document = new TrustDocument
        {
            Version = 1,
            Issued = Samples.Day(2026, 11, 22),
            Roots = [root.VerifierKey],
            Quorum = 1,
            Keys = [.. others.Append(Samples.Key.VerifierKey).Select(static key => new TrustedKey { Key = key, Role = TrustedRole.License, From = Samples.Day(2026, 1, 1) })],
        };
        var trust = Trust.Rooted(1, root.VerifierKey);
        var reading = trust.Open(DocumentSigning.Sign(TrustFormat.Print(document), TrustFormat.Parse, Limits.DocumentBytes, root));
        return trust.With(reading.Document ?? throw new InvalidOperationException(reading.Reason));
    }
}
