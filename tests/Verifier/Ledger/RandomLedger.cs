using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using static System.FormattableString;

namespace OfflineLicense.Tests.Verifier.Ledger;

/// <summary>
/// A ledger to which everything happens that can, one random thing at each step; what was read of it before is changed
/// only by putting an older file back, from which it grows another way.
/// </summary>
internal sealed class RandomLedger : IDisposable
{
    private readonly MemoryDisk _disk;
    private readonly Random _random;
    private readonly List<byte[]> _copies = [];
    private LedgerWriter? _writer;
    private long _interval;
    private int _readTo;

    public RandomLedger(MemoryDisk disk, int seed)
    {
        (_disk, _random) = (disk, new Random(seed));
        _writer = LedgerSamples.NewLedger(disk);
        Folder = _writer.Folder;
    }

    public string Folder { get; }

    private string Segment => LedgerSamples.SegmentOf(Folder);

    /// <summary>Does something to the file, and says what.</summary>
    public string Step()
    {
        if (_writer is null && _random.Next(3) > 0)
            return Restart();
        return _random.Next(12) switch
        {
            < 5 => Append(),
            5 => Restart(),
            6 => Cut(),
            7 => Tail(new byte[_random.Next(1, 900)], "zeros"),
            8 => Tail(LedgerSamples.Utf8("\n{\"seq\":7}\nrubbish\n"), "rubbish"),
            9 => ChangeWhatIsNew(),
            10 => PutBack(),
            _ => "nothing",
        };
    }

    /// <summary>Appends groups, with a start and a stop now and then, and does nothing else.</summary>
    public void AppendAll(int groups)
    {
        for (var group = 0; group < groups; group++)
        {
            Append();
            if (_random.Next(6) == 0)
                Restart();
        }
    }

    /// <summary>What is there now has been read.</summary>
    public void WasRead() => _readTo = (int)(LedgerSamples.Scan(_disk, Folder).Segments is [.., var last] ? last.GoodBytes : 0);

    public void Dispose() => _writer?.Dispose();

    private string Append()
    {
        if (_writer is null)
            return Restart();
        var groups = _random.Next(1, 4);
        for (var group = 0; group < groups; group++)
            _writer.Append([.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Next())]);
        return Invariant($"{groups} groups appended");
    }

    private string Restart()
    {
        Close();
        if (LedgerWriter.Open(_disk, Folder, LedgerSamples.Installation) is not LedgerOpening.Opened opened)
            return _copies.Count > 0 ? PutBack() : "damaged for good";
        _writer = opened.Writer;
        _writer.Append(new StartReceipt { At = At(), Clean = _random.Next(2) });
        _copies.Add(_disk[Segment]);
        return "started again";
    }

    // As a crash leaves it, and as it looks to whoever comes while it is written.
    private string Cut()
    {
        var before = _disk[Segment].Length;
        var did = Append();
        Close();
        var bytes = _disk[Segment];
        if (bytes.Length <= before)
            return did;
        _disk[Segment] = bytes[..Math.Max(_random.Next(before, bytes.Length), before)];
        return did + ", and cut";
    }

    private string Tail(byte[] tail, string what)
    {
        Close();
        _disk[Segment] = [.. _disk[Segment], .. tail];
        return what;
    }

    private string ChangeWhatIsNew()
    {
        var did = Append();
        Close();
        var bytes = _disk[Segment];
        if (bytes.Length <= _readTo)
            return did;
        var position = _random.Next(_readTo, bytes.Length);
        bytes[position] ^= (byte)_random.Next(1, 256);
        _disk[Segment] = bytes;
        return Invariant($"{did}, and byte {position} changed");
    }

    private string PutBack()
    {
        Close();
        if (_copies.Count == 0)
            return "nothing to put back";
        var copy = _random.Next(_copies.Count);
        _disk[Segment] = _copies[copy];
        _copies.RemoveRange(copy + 1, _copies.Count - copy - 1);
        if (_random.Next(2) == 0)
            return "an older file put back";
        return Invariant($"an older file put back, {Restart()}, {Append()}");
    }

    private void Close()
    {
        _writer?.Dispose();
        _writer = null;
    }

    private DateTimeOffset At() => LedgerSamples.Begin.AddMinutes(5 * ++_interval);

    private Receipt Next()
    {
        var license = _random.Next(3) switch { 0 => "", 1 => LedgerSamples.LicenseId, _ => "01JC0000000000000000000000" };
        var state = (LicenseState)_random.Next(4);
        return _random.Next(9) switch
        {
            0 => new LicenseReceipt { At = At(), License = license, Holds = "" },
            1 => new StateReceipt { At = At(), State = state, Reasons = [new HeldReason(ReasonCode.TermEnded, LedgerSamples.Begin)] },
            2 => new ReplyReceipt { At = At(), Number = _random.Next(9), Size = 1 },
            3 => new StopReceipt { At = At() },
            4 => new UnknownReceipt("weather", ",\"sky\":\"blue\"}") { At = At() },
            5 => new ResetReceipt { At = At(), Reset = LedgerSamples.LicenseId, Mark = LedgerSamples.Begin },
            _ => LedgerSamples.Usage(_interval + 1) with
            {
                At = At(),
                License = license,
                State = state,
                Cores = _random.Next(9),
                Seconds = _random.Next(300),
                CoreSeconds = _random.Next(2400),
                TotalSeconds = _random.Next(99999),
                GraceSeconds = _random.Next(999),
            },
        };
    }
}
