using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Metering;

namespace OfflineLicense.Benchmarks;

/// <summary>
/// A node's look at the ledgers of others after each got one receipt more, against reading the new bytes and verifying the
/// one signature in them: so what it costs does not grow with their history.
/// </summary>
internal static class FollowLedgersBenchmark
{
    private const int Ledgers = 20;
    private const int History = 2000;

    public static Figure Run()
    {
        var folder = Directory.CreateTempSubdirectory("offline-license-benchmark-").FullName;
        using var unnamed = SigningKey.Generate("installation");
        using var key = unnamed.WithName(InstallationName.Of(unnamed.VerifierKey.PublicKey));
        var ledgersFolder = Directory.CreateDirectory(Path.Combine(folder, LedgerFolder.Name)).FullName;
        var begin = Samples.Day(2026, 11, 22);
        var writers = Enumerable.Range(0, Ledgers).Select(_ => LedgerWriter.Begin(LedgerDisk.Real, ledgersFolder, key, begin)).ToList();
        try
        {
            long written = 0;
            foreach (var writer in writers)
                writer.Append([.. Enumerable.Range(1, History).Select(interval => Samples.Usage(begin, interval))]);
            var others = new OtherLedgers(LedgerDisk.Real, folder, _ => new LedgerReadings());
            others.Look(own: null);
            // The history fills the first segment, so the next receipt begins the second.
            writers.ForEach(writer => writer.Append(Samples.Usage(begin, History + 1)));
            written++;
            var files = writers.Select(writer => Path.Combine(writer.Folder, LedgerSegment.FileName(History + 1))).ToList();
            var keys = writers.Select(writer => key.WithName(writer.Ledger).VerifierKey).ToList();
            var lengths = new long[Ledgers];
            void Append()
            {
                written++;
                for (var i = 0; i < Ledgers; i++)
                {
                    lengths[i] = new FileInfo(files[i]).Length;
                    writers[i].Append(Samples.Usage(begin, History + written));
                }
            }

            void Look(int calls)
            {
                others.Look(own: null);
                if (others.Readings.Any(readings => readings.Size != History + written + 1))
                    throw new InvalidOperationException("a receipt was not read");
            }

            void ReadAndVerify(int calls)
            {
                for (var i = 0; i < Ledgers; i++)
                {
                    if (!IsSigned(files[i], lengths[i], keys[i]))
                        throw new InvalidOperationException("a checkpoint does not verify");
                }
            }

            var (value, baseline, ratio) = Pairs.Measure(Look, 1, ReadAndVerify, 1, before: Append);
            return new Figure
            {
                Name = "follow-ledgers",
                Value = value / Ledgers / 1000,
                Unit = "us",
                Baseline = baseline / Ledgers / 1000,
                BaselineIs = "reading and verifying the new bytes",
                Ratio = ratio,
                Bar = 1.5,
            };
        }
        finally
        {
            writers.ForEach(writer => writer.Dispose());
            Directory.Delete(folder, recursive: true);
        }
    }

    private static bool IsSigned(string file, long from, VerifierKey key)
    {
        using var stream = File.OpenRead(file);
        var group = new byte[stream.Length - from];
        stream.Position = from;
        stream.ReadExactly(group);
        var note = SignedNote.Split(group.AsSpan(group.AsSpan().IndexOf("\n\n"u8) + 2).ToArray());
        return key.Verify(note.UntrustedTextBytes, note.Signatures[0].Signature);
    }
}
