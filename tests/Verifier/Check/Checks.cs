using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Tests.Verifier.Formats;
using OfflineLicense.Tests.Verifier.Ledger;
using OfflineLicense.Verifier.Check;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Tests.Verifier.Check;

/// <summary>Ledgers and files as the checker sees them, beside what the node's own reader makes of the same bytes.</summary>
internal static class Checks
{
    internal static LicenseText ExampleText { get; } =
        new(LedgerSamples.LicenseId, Encoding.UTF8.GetBytes(LicenseFormat.Print(Examples.License)), 300);

    internal static LedgerReport OfLedger(
        LedgerDisk disk, string folder, SignaturesToVerify signatures = SignaturesToVerify.Last, params LicenseText[] texts) =>
        new LedgerCheck(disk, folder) { Signatures = signatures, Texts = texts }.Check()!;

    internal static List<LedgerReport> OfFile(
        byte[] file, SignaturesToVerify signatures = SignaturesToVerify.Last, params LicenseText[] texts)
    {
        var disk = new MemoryDisk { ["/mail/mail.receipts"] = file };
        return [.. new FileCheck(disk, "/mail/mail.receipts") { Signatures = signatures, Texts = texts }.Check()];
    }

    internal static bool IsRefused(LedgerReport report) => report.Outcome >= CheckOutcome.NotReceipts;

    /// <summary>What the node's own reader refuses in a file; null where it takes all of it.</summary>
    internal static ReceiptsDamageException? RefusedByReader(byte[] file)
    {
        try
        {
            LedgerSamples.ReadAll(file);
            return null;
        }
        catch (ReceiptsDamageException damage)
        {
            return damage;
        }
    }

    /// <summary>A group of a ledger that grows by whatever receipts are given, also by such as no node would write.</summary>
    internal static byte[] FileOf(params Receipt[] receipts) => FileOf([receipts]);

    /// <summary>The same in several groups.</summary>
    internal static byte[] FileOf(params Receipt[][] groups)
    {
        using var key = LedgerSamples.Installation.WithName(Name);
        var tree = new MerkleTree();
        var file = new List<byte>(LedgerSamples.Utf8(LedgerHead.After(tree, key.VerifierKey).Print()));
        foreach (var receipts in groups)
        {
            var group = new LedgerGroup(tree.Size);
            group.Add(receipts);
            file.AddRange(group.Seal(tree, key));
        }

        return [.. file];
    }

    /// <summary>The name of the ledger that <see cref="FileOf(Receipt[])"/> makes.</summary>
    internal static string Name { get; } = InstallationName.OfLedger(
        InstallationName.Of(LedgerSamples.Installation.VerifierKey.PublicKey), LedgerSamples.DrawnName);

    /// <summary>Where its folder lies.</summary>
    internal static string Folder { get; } = Path.Combine(LedgerSamples.LedgersFolder, InstallationName.LedgerPartOf(Name));

    /// <summary>The first receipts of a ledger, as a process that is licensed writes them.</summary>
    internal static Receipt[] Opening { get; } =
        [new StartReceipt { At = LedgerSamples.Begin, Clean = 1 }, LedgerSamples.License(Name), LedgerSamples.Licensed];
}
