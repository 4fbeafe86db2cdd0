using System.Diagnostics.CodeAnalysis;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Metering;

namespace OfflineLicense.Tests.Worker;

/// <summary>A ledger that is written as fast as the disk takes it.</summary>
internal static class Receipts
{
    private const int MostAtOnce = 5;

    /// <summary>
    /// Takes a ledger and says <c>LEDGER SIZE</c>, how many receipts it found; then appends until it is killed, and says the
    /// size again after each append that returned. Ends by itself only when the disk refuses, and says what that said.
    /// </summary>
    public static int Append(NodeOptions options, Random random)
    {
        try
        {
            AppendForever(options, random);
        }
        catch (LedgerDiskException refused)
        {
            Console.WriteLine(refused.Message);
        }

        return 1;
    }

    [DoesNotReturn]
    private static void AppendForever(NodeOptions options, Random random)
    {
        var now = ExactText.WholeSeconds(options.TimeProvider.GetUtcNow());
        var disk = LedgerDisk.Real;
        disk.CreateFolder(options.StateFolder!);
        using var key = InstallationKey.ReadOrMake(disk, options.StateFolder!);
        var taken = LedgerFolder.TakeOrBegin(disk, options.StateFolder!, key, LedgerContinuity.Any, now);
        using var writer = taken.Writer;
        Console.WriteLine($"{writer.Ledger} {ExactText.FormatNumber(writer.Size)}");
        while (true)
        {
            writer.Append([.. Enumerable.Range(0, random.Next(1, MostAtOnce)).Select(_ => new ClockReceipt
            {
                At = now,
                AheadSeconds = random.Next(),
                BehindSeconds = 0,
            })]);
            Console.WriteLine(ExactText.FormatNumber(writer.Size));
        }
    }
}
