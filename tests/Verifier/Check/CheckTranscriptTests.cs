using System.Globalization;
using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Tests.Verifier.Command;
using OfflineLicense.Tests.Verifier.Ledger;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Check;

public sealed class CheckTranscriptTests
{
    /// <summary>
    /// Beside the usual commands there are <c>tear N</c> (the last N bytes of the ledger are gone), <c>change A B</c> (the
    /// first A in the ledger is B) and <c>copy FROM TO</c>.
    /// </summary>
    [Fact]
    public async Task An_operator_who_checks_reads_as_written()
    {
        using var site = new OperatorSite();
        var name = Path.GetFileName(Checks.Folder);
        var continued = await File.ReadAllBytesAsync(Path.Combine(Snapshot.Repository(), "tests", "Vectors", "receipts", "continued.receipts"));
        site.Put("pruned/ledgers/" + name + "/000000000003.receipts", continued);
        site.Put("pruned/ledgers/" + name + "/summary", Summary(size: 3));
        site.Put("missing/ledgers/" + name + "/000000000003.receipts", continued);
        site.Put("inconsistent.receipts", Checks.FileOf([.. Checks.Opening, LedgerSamples.Usage(1) with { CoreSeconds = 24000 }, LedgerSamples.Usage(2), LedgerSamples.Usage(3)]));
        site.Put("two.receipts", [.. LedgerSamples.SmallExport(), .. LedgerSamples.SmallExport((byte)'x')]);
        site.Put("cut.receipts", LedgerSamples.SmallExport().AsSpan()[..^40]);
        site.Put("pasted.receipts", Encoding.UTF8.GetString(LedgerSamples.SmallExport()).Replace("\n", "\r\n", StringComparison.Ordinal));
        site.Put("hostile.receipts", "offline-license/receipts/v1\nkey \e[31mred\n");
        Directory.CreateDirectory(site["broken/ledgers/" + name + "/000000000000.receipts"]);
        await Transcript.Check("operator-check", async words => words switch
        {
            ["tear", var bytes] => Change(site, ledger => ledger[..^int.Parse(bytes, CultureInfo.InvariantCulture)]),
            ["change", var from, var to] => Change(site, ledger => Replace(ledger, from, to)),
            ["copy", var from, var to] => Copy(site, from, to),
            _ => await site.Line(words),
        });
    }

    private static byte[] Summary(long size)
    {
        using var key = LedgerSamples.Installation.WithName(Checks.Name);
        return SignedNote.Sign(FormattableString.Invariant($"offline-license/summary/v1\nledger {Checks.Name}\nsize {size}\n"), key);
    }

    private static string Change(OperatorSite site, Func<byte[], byte[]> change)
    {
        var segment = Directory.EnumerateFiles(site["state/ledgers"], "*" + LedgerSegment.Extension, SearchOption.AllDirectories).Max(StringComparer.Ordinal)!;
        File.WriteAllBytes(segment, change(File.ReadAllBytes(segment)));
        return "";
    }

    private static byte[] Replace(byte[] ledger, string from, string to)
    {
        var text = Encoding.UTF8.GetString(ledger);
        var at = text.IndexOf(from, StringComparison.Ordinal);
        Assert.True(at >= 0, $"the ledger does not hold {from}");
        return Encoding.UTF8.GetBytes(text[..at] + to + text[(at + from.Length)..]);
    }

    private static string Copy(OperatorSite site, string from, string to)
    {
        File.Copy(site[from], site[to]);
        return "";
    }
}
