using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier;

namespace OfflineLicense.Tests.Issuer.Import;

/// <summary>A vendor with one license and its books, and a customer's node that ran a while.</summary>
public abstract class ImportTest : IDisposable
{
    private protected static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    private protected FleetVendor Vendor { get; } = new();
    private protected SignedLicense License { get; }
    private protected ImportBooks Mailbox { get; }

    /// <param name="change">What is special about the license; null for nothing.</param>
    private protected ImportTest(Func<License, License>? change = null)
    {
        var plan = FleetVendor.Plan(1);
        License = Vendor.Issue(change?.Invoke(plan) ?? plan);
        Mailbox = new ImportBooks(License);
    }

    public void Dispose()
    {
        Mailbox.Dispose();
        Vendor.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected FleetNode Node() => FleetNode.Begin("acme", "first", Start).Hold(License).Use(4, 5).Restart(hoursOff: 2).Use(1, 2);

    private protected byte[] Text(FleetNode node) =>
        Bytes(Mailbox.Registry.Read(transaction => new LedgerTable(transaction).Section(new LedgerTable(transaction).Find(node.Ledger)!, 0)));

    private protected static byte[] Bytes(ReceiptsSection section)
    {
        using var bytes = new MemoryStream();
        using var text = section.Open();
        text.CopyTo(bytes);
        return bytes.ToArray();
    }
}
