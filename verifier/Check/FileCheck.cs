using Disk = OfflineLicense.Verifier.Ledger.LedgerDisk;

namespace OfflineLicense.Verifier.Check;

/// <summary>
/// Checks a receipts file as it is mailed, plain or gzipped: every ledger in it, one after the other. Damage in one says
/// nothing about the next. Not thread-safe.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="file">The file's path.</param>
internal sealed class FileCheck(Disk disk, string file)
{
    private const byte GzipFirstByte = 0x1F;

    /// <summary>Which signatures are verified: <see cref="SignaturesToVerify.Last"/> of each ledger, or every one.</summary>
    internal SignaturesToVerify Signatures { get; init; }

    /// <summary>The licenses whose text is at hand.</summary>
    internal IReadOnlyList<LicenseText> Texts { get; init; } = [];

    /// <summary>Checks the file.</summary>
    /// <returns>What was found of each ledger in it, at least one.</returns>
    internal IEnumerable<LedgerReport> Check()
    {
        using var plain = Open(out var unreadable);
        if (plain is null)
        {
            yield return unreadable!;
            yield break;
        }

        using var expanded = Expand(plain);
        var lines = new LineReader(new LineSource(expanded));
        bool hasMore;
        do
        {
            yield return CheckLedger(lines, out hasMore);
        }
        while (hasMore);
    }

    /// <summary>The receipts of a file: what it expands to where it is gzipped, else the file itself.</summary>
    internal static Stream Expand(Stream plain)
    {
        var isGzipped = plain.ReadByte() == GzipFirstByte;
        plain.Position = 0;
        return isGzipped ? new GzipMembers(plain) : plain;
    }

    private LedgerReport CheckLedger(LineReader lines, out bool hasMore)
    {
        var account = new Account(Texts);
        var walk = new LedgerWalk(lines, file) { Signatures = Signatures, Account = account };
        try
        {
            walk.Walk();
            hasMore = walk.Damage is null ? lines.HasMore() : lines.SkipToHead();
        }
        catch (IOException exception)
        {
            hasMore = false;
            return Unreadable(exception);
        }

        var report = new LedgerReport
        {
            Place = file,
            Ledger = walk.Head?.Ledger,
            Start = walk.Head?.Start ?? 0,
            HeadLine = walk.Head?.Line ?? 1,
            Good = walk.Good,
            Files = walk.Good is null ? 0 : 1,
            Damage = walk.Damage,
        };
        return walk.Good is null ? report : account.Fill(report);
    }

    private Stream? Open(out LedgerReport? unreadable)
    {
        try
        {
            unreadable = null;
            return disk.OpenRead(file);
        }
        catch (IOException exception)
        {
            unreadable = Unreadable(exception);
            return null;
        }
    }

    private LedgerReport Unreadable(IOException exception) =>
        new() { Place = file, IsUnreadable = true, Damage = new DamageFound(file, 1, exception.Message) };
}
