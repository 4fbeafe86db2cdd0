using System.Globalization;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Command;

/// <summary>
/// A byte changed in a closed segment, which opening does not read. Whoever reads it tells of it with file and line; the product
/// goes on in the same ledger, and what it writes there is exported all the same.
/// </summary>
public sealed class ClosedSegmentTests : IDisposable
{
    private readonly OperatorSite _site = new();

    private string Ledger => Directory.EnumerateDirectories(_site["state/ledgers"]).Single();

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task Damage_in_a_closed_segment_is_found_by_whoever_reads_it_and_by_no_opening()
    {
        var (damaged, _, _) = await Damaged();
        using (var node = _site.Open())
        {
            Assert.Equal(LicenseState.Licensed, node.Verdict.State);
            Assert.DoesNotContain(node.Verdict.Warnings, static warning => warning.Code == ReasonCode.LedgerDamaged);
        }

        foreach (var (command, code) in ((string, int)[])[("check", ExitCode.Damage), ("receipts", ExitCode.Ok), ("statement", ExitCode.Ok), ("export", ExitCode.Gap)])
        {
            var run = await _site.Run(command);
            Assert.Equal((command, code), (command, run.ExitCode));
            Assert.Contains(damaged, run.Output + run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_comes_after_a_damaged_closed_segment_is_exported_and_the_rest_once_it_is_whole_again()
    {
        var (damaged, whole, _) = await Damaged();
        var run = await _site.Run("export", "mail/hole.receipts");
        Assert.Equal(ExitCode.Gap, run.ExitCode);
        Assert.Contains("receipts 7 to 13 of", run.Error, StringComparison.Ordinal);
        Assert.Contains("what comes after the damaged file", run.Error, StringComparison.Ordinal);
        Assert.Equal([(0, 7), (14, 46)], await Exported());

        // A backup has it.
        await File.WriteAllBytesAsync(damaged, whole);
        Assert.Equal(ExitCode.Ok, (await _site.Run("export", "mail/whole.receipts")).ExitCode);
        Assert.Equal([(0, 7), (14, 46), (0, 46)], await Exported());
    }

    [Fact]
    public async Task What_comes_after_a_closed_segment_that_is_gone_is_exported()
    {
        File.Delete((await Damaged()).Path);
        var run = await _site.Run("export", "mail/hole.receipts");
        Assert.Equal(ExitCode.Gap, run.ExitCode);
        Assert.Contains("does not go on where the one before ends", run.Error, StringComparison.Ordinal);
        Assert.Equal([(0, 7), (14, 46)], await Exported());
        Assert.Equal(1, run.Error.Split("warning: /").Length - 1);
    }

    [Fact]
    public async Task Damage_in_what_the_vendor_has_holds_no_export_back()
    {
        var (damaged, whole, broken) = await Damaged();
        await File.WriteAllBytesAsync(damaged, whole);
        await _site.Line(["answer", "mail/acme.reply"]);
        Assert.Equal(ExitCode.Ok, (await _site.Run("install", "mail/acme.reply")).ExitCode);
        _site.Work(4, TimeSpan.FromHours(10));
        await File.WriteAllBytesAsync(damaged, broken);
        Assert.Equal(ExitCode.Ok, (await _site.Run("export", "mail/next.receipts")).ExitCode);
        var (start, end) = Assert.Single(await Exported());
        Assert.Equal(46, start);
        Assert.InRange(end, 56, 70);
    }

    // Receipts 7 to 13, in the second of seven segments.
    private async Task<(string Path, byte[] Whole, byte[] Broken)> Damaged()
    {
        await _site.Line(["segments", "3000"]);
        await _site.Run("install", "mail/acme.lic");
        _site.Work(4, TimeSpan.FromHours(30));
        var second = Directory.EnumerateFiles(Ledger, "*.receipts").Order(StringComparer.Ordinal).ElementAt(1);
        var whole = await File.ReadAllBytesAsync(second);
        var broken = (byte[])whole.Clone();
        broken[broken.AsSpan().IndexOf("\"coreSeconds\":"u8) + 14] ^= 1;
        await File.WriteAllBytesAsync(second, broken);
        return (second, whole, broken);
    }

    private async Task<IEnumerable<(long Start, long End)>> Exported() =>
        (await File.ReadAllLinesAsync(_site["state/exports.log"])).Skip(1).Select(static line => line.Split(' '))
            .Select(static words => (long.Parse(words[3], CultureInfo.InvariantCulture), long.Parse(words[4], CultureInfo.InvariantCulture)));
}
