using System.Globalization;
using Disk = OfflineLicense.Verifier.Ledger.LedgerDisk;
using VerifierKey = OfflineLicense.Keys.VerifierKey;

namespace OfflineLicense.Verifier.Check;

/// <summary>
/// Checks a ledger's folder from its first segment to its last byte, by the format's page alone: nothing here is shared with
/// what writes and reads ledgers. Takes no lock and writes nothing, also beside a process that appends. Not thread-safe.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="folder">The ledger's folder.</param>
internal sealed class LedgerCheck(Disk disk, string folder)
{
    private const string Ending = ".receipts";
    private const int Digits = 12;

    private VerifierKey? _key;
    private HashTree? _tree;
    private long _start;
    private SealedPart? _good;
    private int _files;

    /// <summary>Which signatures are verified: <see cref="SignaturesToVerify.Last"/> of each file, or every one.</summary>
    internal SignaturesToVerify Signatures { get; init; }

    /// <summary>The licenses whose text is at hand.</summary>
    internal IReadOnlyList<LicenseText> Texts { get; init; } = [];

    /// <summary>Whether a file in a ledger's folder is a segment: 12 digits and the ending.</summary>
    internal static bool IsSegment(string name) =>
        name.Length == Digits + Ending.Length && name.EndsWith(Ending, StringComparison.Ordinal)
        && !name.AsSpan(0, Digits).ContainsAnyExceptInRange('0', '9');

    /// <summary>Checks the ledger.</summary>
    /// <returns>What was found; null where no ledger was ever begun.</returns>
    internal LedgerReport? Check()
    {
        string[] names;
        try
        {
            names = [.. disk.List(folder).Where(IsSegment)];
        }
        catch (IOException exception)
        {
            return new LedgerReport { Place = folder, IsFolder = true, IsUnreadable = true, Damage = new DamageFound(folder, 1, exception.Message) };
        }

        return names.Length == 0 ? null : Check(names, searchIn: -1);
    }

    // Where the last checkpoint of a segment is wrong, all is read once more, to find the last one there that is not.
    private LedgerReport Check(string[] names, int searchIn)
    {
        (_key, _tree, _start, _good, _files) = (null, null, 0, null, 0);
        var account = new Account(Texts);
        var report = new LedgerReport { Place = folder, IsFolder = true };
        for (var index = 0; index < names.Length && report is { Damage: null, Torn: null }; index++)
        {
            var path = Path.Combine(folder, names[index]);
            try
            {
                var (walk, length) = Walk(path, account, index == searchIn ? SignaturesToVerify.Every : Signatures);
                if (walk.IsGoodPartUnknown)
                    return Check(names, index);
                _files += walk.GoodBytes > 0 ? 1 : 0;
                _good = walk.Good ?? _good;
                var torn = walk is { Damage: { } damage, IsLastWrong: false } && index == names.Length - 1 ? Torn(path, walk, damage, length) : null;
                report = report with { Torn = torn, Damage = torn is null ? walk.Damage : null };
            }
            catch (IOException exception)
            {
                report = report with { IsUnreadable = true, Damage = new DamageFound(path, 1, exception.Message) };
            }
        }

        var isPruned = _start > 0 && PrunedPart.IsTold(disk, folder, _key!, _start);
        if (_start > 0 && !isPruned)
        {
            report = report with
            {
                Torn = null,
                Damage = new DamageFound(Path.Combine(folder, names[0]), 3, FormattableString.Invariant($"the receipts before {_start} are missing, and no summary says that they were pruned")),
            };
        }

        return account.Fill(report with { Ledger = _key?.Name, Start = _start, IsPruned = isPruned, Good = _good, Files = _files });
    }

    private (LedgerWalk Walk, long Length) Walk(string path, Account account, SignaturesToVerify signatures)
    {
        using var file = disk.OpenRead(path);

        // As long as it is now: a process may be appending.
        var length = file.Length;
        var lines = new LineReader(new LineSource(file, length));
        var walk = new LedgerWalk(lines, path)
        {
            IsSegment = true,
            Signatures = signatures,
            Account = account,
            CheckHead = head => CheckHead(head, path),
        };
        walk.Walk();
        if (walk.Damage is null)
            walk.EndSegment();
        _tree = walk.Tree;
        return (walk, length);
    }

    private void CheckHead(FileHead head, string path)
    {
        var start = long.Parse(Path.GetFileName(path).AsSpan(0, Digits), NumberStyles.None, CultureInfo.InvariantCulture);
        if (head.Folder != Path.GetFileName(folder))
            throw new DamageException(head.Line + 1, $"the ledger in this folder is {head.Ledger}: the folder was renamed from {head.Folder}, or copied");
        if (_key is not null && !_key.Equals(head.Key))
            throw new DamageException(head.Line + 1, "the segment before is of another ledger");
        if (head.Start != start)
            throw new DamageException(head.Line + 2, "the file's name says another start");
        if (_tree is not null && (head.Start != _tree.Size || !_tree.Has(head.Subtrees)))
            throw new DamageException(head.Line + 2, FormattableString.Invariant($"the segment does not go on where the one before ends, at {_tree.Size}"));

        // The first one that is here may start above 0: what the vendor has acknowledged may be pruned.
        _start = _key is null ? head.Start : _start;
        _key = head.Key;
    }

    private TornTail? Torn(string path, LedgerWalk walk, DamageFound damage, long length)
    {
        if (walk.GoodBytes == 0)
            return null;
        using var file = disk.OpenRead(path);
        var tail = new TailScan(file, walk.GoodBytes, length, walk.Head!.Key);
        return (damage.IsCutOff || tail.HasHole) && (tail.SignatureLines == 0 || (tail.HasHole && tail is { SignatureLines: 1, EndsSigned: true }))
            ? new TornTail(path, tail.Line, length - walk.GoodBytes, tail.HasHole)
            : null;
    }
}
