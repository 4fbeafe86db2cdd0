using Disk = OfflineLicense.Verifier.Ledger.LedgerDisk;

namespace OfflineLicense.Verifier.Check;

/// <summary>
/// Reads the receipts of a ledger that was checked once more, one at a time, as far as they were found good: to hold them
/// against another copy of that ledger. Not thread-safe.
/// </summary>
internal sealed class SecondReading : IDisposable
{
    private readonly Disk _disk;
    private readonly LedgerReport _report;
    private readonly Queue<string> _next;
    private Stream? _plain;
    private Stream? _expanded;
    private LineReader? _lines;

    /// <param name="disk">The disk.</param>
    /// <param name="report">What the check found, with a good part.</param>
    /// <exception cref="IOException">It cannot be read, or not any more what was checked.</exception>
    internal SecondReading(Disk disk, LedgerReport report)
    {
        (_disk, _report) = (disk, report);
        _next = new(report.IsFolder ? disk.List(report.Place).Where(LedgerCheck.IsSegment).Select(name => Path.Combine(report.Place, name)) : [report.Place]);
        Head = Unchanged(ReadHead);
        Seq = Head.Start - 1;
    }

    /// <summary>What it begins with.</summary>
    internal FileHead Head { get; }

    /// <summary>The number of the receipt that was read last; one less than the head's start before the first.</summary>
    internal long Seq { get; private set; }

    /// <summary>The file of that receipt, or the one that comes next.</summary>
    internal string File { get; private set; } = "";

    /// <summary>The line in it that was read last, from 1.</summary>
    internal long LineNumber => _lines!.Number;

    /// <summary>The receipt; valid until the next is read.</summary>
    internal ReadOnlySpan<byte> Line => _lines!.Line;

    /// <summary>Reads the next receipt.</summary>
    /// <returns>False at the end of what is good.</returns>
    /// <exception cref="IOException">It cannot be read, or not any more what was checked.</exception>
    internal bool Next()
    {
        if (Seq + 1 >= _report.Good!.Size)
            return false;
        Unchanged(() =>
        {
            // No line of a head or a checkpoint begins like a receipt.
            do
            {
                while (!_lines!.HasMore())
                    Open();
            }
            while (!_lines.TakeAny().StartsWith("{"u8));
            return true;
        });
        Seq++;
        return true;
    }

    public void Dispose()
    {
        _expanded?.Dispose();
        _plain?.Dispose();
    }

    private FileHead ReadHead()
    {
        Open();
        while (_lines!.SkipToHead() && _lines.Number < _report.HeadLine)
            _lines.TakeAny();
        return FileHead.Read(_lines);
    }

    private void Open()
    {
        Dispose();
        if (!_next.TryDequeue(out var file))
            throw new DamageException(LineNumber, "the file ends early");
        File = file;
        _plain = _disk.OpenRead(file);
        _expanded = FileCheck.Expand(_plain);
        _lines = new LineReader(new LineSource(_expanded));
    }

    private T Unchanged<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (DamageException changed)
        {
            throw new IOException($"{_report.Place} changed while it was checked: {changed.Message}", changed);
        }
    }
}
