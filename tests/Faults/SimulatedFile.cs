namespace OfflineLicense.Tests.Faults;

/// <summary>
/// A file as a disk keeps it: what a reader sees, and how much of each sector would be there after a power cut. Files are
/// written from front to back. Not thread-safe.
/// </summary>
internal sealed class SimulatedFile
{
    /// <summary>What a disk writes whole or not at all, in bytes.</summary>
    public const int Sector = 512;

    private readonly List<byte> _bytes = [];

    // Of each sector: the bytes at its beginning that are on the disk, and whether the system would write it at a sync.
    private readonly List<(int Durable, bool IsDirty)> _sectors = [];
    private int _durableLength;

    /// <summary>What a reader sees.</summary>
    public ReadOnlySpan<byte> Bytes => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes);

    /// <summary>The sectors of which nobody can say whether a power cut leaves them as they are seen.</summary>
    public IReadOnlyList<int> Undecided =>
        [.. Enumerable.Range(0, _sectors.Count).Where(sector => _sectors[sector].Durable < Seen(sector))];

    /// <summary>Writes at the end.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        var first = _bytes.Count / Sector;
        _bytes.AddRange(bytes);
        while (_sectors.Count * Sector < _bytes.Count)
            _sectors.Add((0, true));
        for (var sector = first; sector < _sectors.Count; sector++)
            _sectors[sector] = (_sectors[sector].Durable, true);
    }

    /// <summary>
    /// Syncs. When that fails, the system calls the sectors clean although they never reached the disk, and no later sync
    /// writes them, as Linux does.
    /// </summary>
    public void Sync(bool fails)
    {
        for (var sector = 0; sector < _sectors.Count; sector++)
        {
            if (_sectors[sector].IsDirty)
                _sectors[sector] = (fails ? _sectors[sector].Durable : Seen(sector), false);
        }

        if (!fails)
            _durableLength = _bytes.Count;
    }

    /// <summary>The same file, to go on with apart from this one.</summary>
    public SimulatedFile Copy()
    {
        var copy = new SimulatedFile { _durableLength = _durableLength };
        copy._bytes.AddRange(_bytes);
        copy._sectors.AddRange(_sectors);
        return copy;
    }

    /// <summary>What a power cut leaves.</summary>
    /// <param name="isKept">Of each undecided sector, whether it reached the disk.</param>
    /// <param name="end">
    /// Where the file ends when the new length is not on the disk whole: 0 for as early as it can, 1 for the end of what is
    /// seen, anything between for there.
    /// </param>
    public byte[] AfterPowerCut(Func<int, bool> isKept, double end)
    {
        var left = new byte[_bytes.Count];
        var least = _durableLength;
        for (var sector = 0; sector < _sectors.Count; sector++)
        {
            var isWhole = _sectors[sector].Durable == Seen(sector);
            var count = isWhole || isKept(sector) ? Seen(sector) : _sectors[sector].Durable;
            Bytes.Slice(sector * Sector, count).CopyTo(left.AsSpan(sector * Sector));
        }

        return left[..(least + (int)(end * (left.Length - least)))];
    }

    private int Seen(int sector) => Math.Min(Sector, _bytes.Count - sector * Sector);
}
