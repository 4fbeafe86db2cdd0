using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Tests.Verifier.Ledger;

/// <summary>
/// A file of locks in memory, as the kernel keeps one: who holds which ranges. Asked for a lock of somebody else it names
/// any of them, as Linux does. Not thread-safe.
/// </summary>
internal sealed class LockTable(Random random)
{
    private readonly List<(object Owner, LockRange Range)> _held = [];

    /// <summary>What happens elsewhere before a call is carried out.</summary>
    public Action Before { get; set; } = static () => { };

    /// <summary>Whether the system has no lock left to give.</summary>
    public bool IsExhausted { get; set; }

    /// <summary>How many calls there were.</summary>
    public int Calls { get; private set; }

    public long CountOf(object owner) => _held.Where(held => held.Owner == owner).Sum(held => held.Range.Count);

    public IEnumerable<LockRange> Ranges => _held.Select(held => held.Range);

    public bool TryTake(object owner, LockRange range)
    {
        Call();
        if (IsExhausted)
            throw new LedgerDiskException("lock in", "cores", "the test says so");
        if (Others(owner, range).Count > 0)
            return false;
        Give(owner, range);
        _held.Add((owner, range));
        return true;
    }

    public LockRange? Other(object owner, LockRange range)
    {
        Call();
        var others = Others(owner, range);
        return others.Count == 0 ? null : others[random.Next(others.Count)];
    }

    public void Give(object owner, LockRange range)
    {
        foreach (var held in _held.Where(held => held.Owner == owner && Overlap(held.Range, range)).ToList())
        {
            _held.Remove(held);
            if (held.Range.Start < range.Start)
                _held.Add((owner, held.Range with { End = range.Start }));
            if (held.Range.End > range.End)
                _held.Add((owner, held.Range with { Start = range.End }));
        }
    }

    public void GiveAll(object owner) => _held.RemoveAll(held => held.Owner == owner);

    public void Call()
    {
        Calls++;
        Before();
    }

    private List<LockRange> Others(object owner, LockRange range) =>
        [.. _held.Where(held => held.Owner != owner && Overlap(held.Range, range)).Select(held => held.Range)];

    private static bool Overlap(LockRange a, LockRange b) => a.Start < b.End && b.Start < a.End;
}

/// <summary>One opening of a <see cref="LockTable"/>.</summary>
internal sealed class MemoryLocks(LockTable table, Func<LockTable> now) : RangeLocks
{
    internal override bool TryTake(LockRange range) => table.TryTake(this, range);

    internal override void Give(LockRange range)
    {
        table.Call();
        table.Give(this, range);
    }

    internal override LockRange? Other(LockRange range) => table.Other(this, range);

    internal override bool AreInForce() => table == now();

    public override void Dispose() => table.GiveAll(this);
}
