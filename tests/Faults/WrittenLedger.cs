using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Tests.Verifier.Ledger;
using OfflineLicense.Verifier.Check;
using OfflineLicense.Verifier.Ledger;
using Xunit;
using static System.FormattableString;

namespace OfflineLicense.Tests.Faults;

/// <summary>
/// A ledger that a test writes, with all that was asked to be written, and what it must find of it after a power cut: every
/// receipt whose append returned, and nothing that was not asked for, and by the independent checker the same.
/// </summary>
internal sealed class WrittenLedger
{
    private readonly SimulatedDisk _disk;
    private readonly List<string> _asked = [];

    // How many receipts are written for sure after each promise; the first is what holds before any.
    private readonly List<int> _promised;

    // Receipts up to the end of each append that was tried, also of those that failed.
    private readonly HashSet<int> _ends = [];

    /// <summary>A ledger that nobody has begun yet.</summary>
    public WrittenLedger(SimulatedDisk disk) => (_disk, _promised) = (disk, [0]);

    private WrittenLedger(SimulatedDisk disk, IEnumerable<string> lines)
        : this(disk)
    {
        _asked.AddRange(lines);
        _ends.Add(_asked.Count);
        _promised = [_asked.Count];
    }

    /// <summary>The ledger's folder.</summary>
    public static string Folder { get; } = Path.Combine(LedgerSamples.LedgersFolder, InstallationName.LedgerPartOf(
        InstallationName.OfLedger(LedgerSamples.Installation.VerifierKey.Name, LedgerSamples.DrawnName)));

    /// <summary>Receipts that were asked to be written.</summary>
    public int Size => _asked.Count;

    /// <summary>The ledger that a power cut left, to go on in it on a disk of its own; null where none was begun.</summary>
    public static WrittenLedger? After(PowerCut cut, SimulatedDisk disk) =>
        LedgerScan.Read(cut.Disk, Folder) is { } scan ? new WrittenLedger(disk, Lines(cut.Disk, scan)) : null;

    /// <summary>Begins it.</summary>
    public LedgerWriter Begin()
    {
        _disk.CreateFolder(LedgerSamples.StateFolder);
        _disk.SyncFolder("/");
        _disk.CreateFolder(LedgerSamples.LedgersFolder);
        _disk.SyncFolder(LedgerSamples.StateFolder);
        Ask(new StartReceipt { At = LedgerSamples.Begin, Clean = 1 });
        var writer = LedgerSamples.NewLedger(_disk);
        Promise();
        return writer;
    }

    /// <summary>Opens it, and takes over what is in it, however the last append ended.</summary>
    public LedgerWriter Open()
    {
        var (writer, past) = Assert.IsType<LedgerOpening.Opened>(LedgerWriter.Open(_disk, Folder, LedgerSamples.Installation));
        Assert.InRange(past.Size, _promised[^1], _asked.Count);
        _asked.RemoveRange((int)past.Size, (int)(_asked.Count - past.Size));
        Promise();
        return writer;
    }

    /// <summary>Appends receipts in one go.</summary>
    public void Append(LedgerWriter writer, params Receipt[] receipts)
    {
        Ask(receipts);
        writer.Append(receipts);
        Promise();
    }

    /// <summary>Opens what a power cut left, and appends to it.</summary>
    public void Check(PowerCut cut)
    {
        var promised = _promised[cut.Promised];
        var report = new LedgerCheck(cut.Disk, Folder).Check();
        var opening = LedgerWriter.Open(cut.Disk, Folder, LedgerSamples.Installation);
        if (promised == 0 && opening is LedgerOpening.NotBegun)
            return;
        Assert.True(opening is LedgerOpening.Opened, Invariant($"{cut}: {(opening as LedgerOpening.Damaged)?.Past.Damage?.Message ?? opening.GetType().Name}"));
        var (writer, past) = (LedgerOpening.Opened)opening;
        using (writer)
        {
            var lines = Lines(cut.Disk, past);
            Assert.True(report!.Damage is null && report.Good!.Size == lines.Count, Invariant($"{cut}: the checker says {report.Outcome}"));
            Assert.True(lines.Count >= promised, Invariant($"{cut}: {promised} receipts were written, and {lines.Count} are left"));
            Assert.Contains(lines.Count, _ends);
            Assert.Equal(_asked.Take(lines.Count), lines);
            Assert.Equal(lines.Count, writer.Append(LedgerSamples.Stop));
        }

        var again = LedgerSamples.Scan(cut.Disk, Folder);
        Assert.Null(again.Damage);
        Assert.Equal((past.Size + 1, true), (again.Size, again.EndsWithStop));
        report = new LedgerCheck(cut.Disk, Folder) { Signatures = SignaturesToVerify.Every }.Check()!;
        Assert.True(report is { Damage: null, Torn: null } && report.Good!.Size == again.Size, Invariant($"{cut}: then the checker says {report.Outcome}"));
    }

    private void Ask(params ReadOnlySpan<Receipt> receipts)
    {
        foreach (var receipt in receipts)
            _asked.Add(Encoding.ASCII.GetString(ReceiptLine.Print(receipt with { Seq = _asked.Count })));
        _ends.Add(_asked.Count);
    }

    private void Promise()
    {
        _promised.Add(_asked.Count);
        _disk.Promise(_promised.Count - 1);
    }

    private static List<string> Lines(LedgerDisk disk, LedgerScan scan) =>
        [.. scan.Receipts(disk).Select(entry => Encoding.ASCII.GetString(entry.Line.Span))];
}
