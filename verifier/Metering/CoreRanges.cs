using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Metering;

/// <summary>Which bytes a process holds: ranges in ascending order, with a gap between any two. Not thread-safe.</summary>
internal sealed class CoreRanges
{
    private readonly List<LockRange> _ranges = [];

    /// <summary>How many bytes there are in all.</summary>
    public long Count { get; private set; }

    /// <summary>The range with the highest bytes; there is one.</summary>
    public LockRange Last => _ranges[^1];

    /// <summary>How many of them lie at a byte or above.</summary>
    public long CountFrom(long start)
    {
        long count = 0;
        for (var i = _ranges.Count - 1; i >= 0 && _ranges[i].End > start; i--)
            count += _ranges[i].End - Math.Max(_ranges[i].Start, start);
        return count;
    }

    /// <summary>The lowest stretch of a range that is not held; null when all of it is.</summary>
    public LockRange? Gap(LockRange within)
    {
        var start = within.Start;
        for (var i = FirstThatEndsAfter(start); i < _ranges.Count && _ranges[i].Start <= start; i++)
            start = _ranges[i].End;
        if (start >= within.End)
            return null;
        var next = FirstThatEndsAfter(start);
        return new LockRange(start, next < _ranges.Count ? Math.Min(within.End, _ranges[next].Start) : within.End);
    }

    /// <summary>Adds bytes of which none is held.</summary>
    public void Add(LockRange range)
    {
        Count += range.Count;
        var at = FirstThatEndsAfter(range.Start);
        if (at > 0 && _ranges[at - 1].End == range.Start)
        {
            range = range with { Start = _ranges[--at].Start };
            _ranges.RemoveAt(at);
        }

        if (at < _ranges.Count && _ranges[at].Start == range.End)
        {
            range = range with { End = _ranges[at].End };
            _ranges.RemoveAt(at);
        }

        _ranges.Insert(at, range);
    }

    /// <summary>Takes the highest bytes away, which are part of <see cref="Last"/>.</summary>
    public void RemoveLast(long count)
    {
        Count -= count;
        var rest = Last with { End = Last.End - count };
        _ranges.RemoveAt(_ranges.Count - 1);
        if (rest.Count > 0)
            _ranges.Add(rest);
    }

    /// <summary>Takes all away.</summary>
    public void Clear()
    {
        _ranges.Clear();
        Count = 0;
    }

    private int FirstThatEndsAfter(long start)
    {
        var (low, high) = (0, _ranges.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _ranges[middle].End > start ? (low, middle) : (middle + 1, high);
        }

        return low;
    }
}
