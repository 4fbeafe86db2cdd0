using Disk = OfflineLicense.Verifier.Ledger.LedgerDisk;

namespace OfflineLicense.Verifier.Check;

/// <summary>
/// Holds copies of one ledger against each other. Each is signed and whole by itself; together they are a fork where one is
/// not the beginning of the other: somebody copied or restored a state folder, and both went on.
/// </summary>
internal static class ForkSearch
{
    /// <summary>The same reports, with what was found of those that contradict another.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="reports">What was found of each copy.</param>
    /// <exception cref="IOException">A copy cannot be read any more, or is not what was checked.</exception>
    internal static IReadOnlyList<LedgerReport> In(Disk disk, IReadOnlyList<LedgerReport> reports)
    {
        var told = reports.ToArray();
        foreach (var copies in Enumerable.Range(0, told.Length).Where(index => told[index] is { Good: not null, IsUnreadable: false })
            .GroupBy(index => told[index].Ledger, StringComparer.Ordinal))
        {
            Compare(disk, told, [.. copies.OrderBy(index => told[index].Good!.Size)]);
        }

        return told;
    }

    // Each against the next longer one that reaches back to its end: what agrees with that agrees with all before it.
    private static void Compare(Disk disk, LedgerReport[] reports, int[] copies)
    {
        for (var index = 0; index < copies.Length; index++)
        {
            ref var one = ref reports[copies[index]];
            var size = one.Good!.Size;
            var longer = Array.FindIndex(copies, index + 1, copy => reports[copy].Start <= size);
            if (longer < 0)
                continue;
            ref var other = ref reports[copies[longer]];
            if (Between(disk, one, other) is not var (here, there))
                continue;
            one = one with { Fork = one.Fork ?? here };
            other = other with { Fork = other.Fork ?? there };
        }
    }

    private static (LedgerFork One, LedgerFork Other)? Between(Disk disk, LedgerReport one, LedgerReport other)
    {
        if (one.Good!.Size == other.Good!.Size && one.Good.Root.AsSpan().SequenceEqual(other.Good.Root))
            return null;
        using var here = new SecondReading(disk, one);
        using var there = new SecondReading(disk, other);
        var isOneEarlier = here.Head.Start <= there.Head.Start;
        var (earlier, later) = isOneEarlier ? (here, there) : (there, here);
        var isBefore = !IsTold(earlier, later.Head, out var isApart);
        if (isApart || (!isBefore && !HasOtherLine(here, there)))
            return null;
        var seq = isBefore ? later.Head.Start : here.Seq;
        return (new LedgerFork(other.Place, seq, isBefore, here.File, here.LineNumber), new LedgerFork(one.Place, seq, isBefore, there.File, there.LineNumber));
    }

    // Of what lies before its first receipt a copy has the hashes only.
    private static bool IsTold(SecondReading earlier, FileHead later, out bool isApart)
    {
        var tree = new HashTree();
        tree.Begin(earlier.Head.Start, earlier.Head.Subtrees);
        while (tree.Size < later.Start && earlier.Next())
            tree.Add(earlier.Line);
        isApart = tree.Size < later.Start;
        return isApart || tree.Has(later.Subtrees);
    }

    private static bool HasOtherLine(SecondReading one, SecondReading other)
    {
        while (one.Next() && other.Next())
        {
            if (!one.Line.SequenceEqual(other.Line))
                return true;
        }

        return false;
    }
}

/// <summary>That another copy of a ledger has another history under the same name and key. Immutable.</summary>
/// <param name="Other">The folder or file of that copy.</param>
/// <param name="Seq">The first receipt that is another there.</param>
/// <param name="IsBefore">Whether it is some receipt before <paramref name="Seq"/>: one of the two has nothing but hashes of those.</param>
/// <param name="File">The file here.</param>
/// <param name="Line">The line in it.</param>
internal sealed record LedgerFork(string Other, long Seq, bool IsBefore, string File, long Line);
