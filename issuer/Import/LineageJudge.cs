using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;
using static System.FormattableString;

namespace OfflineLicense.Issuer.Import;

/// <summary>
/// Judges ledgers that carry on others. A machine that was repaired, restored, replaced or copied begins a ledger that
/// names the one before; one that lost nothing is no finding, and all that is to be told of one ledger is one. What a
/// follower says that it carries over is compared with the ledger it follows, as soon as that is stored far enough.
/// </summary>
/// <param name="transaction">A transaction that writes.</param>
/// <param name="book">The issued licenses.</param>
/// <param name="now">When the file is read.</param>
internal sealed class LineageJudge(RegistryTransaction transaction, LicenseBook book, DateTimeOffset now)
{
    /// <summary>The subject of a follower that goes on from other readings than the ledger it follows had.</summary>
    internal const string CarriedSubject = "carried";

    private readonly LedgerTable _ledgers = new(transaction);
    private readonly LineageTable _lineage = new(transaction);
    private readonly FindingTable _findings = new(transaction);

    /// <summary>Makes the findings about a ledger's past, and about those that carry it on, be what they are now.</summary>
    internal void Judge(string ledger)
    {
        if (_lineage.Of(ledger) is { } own)
            JudgeFollowed(own.Followed);
        JudgeFollowed(ledger);
    }

    private void JudgeFollowed(string followed)
    {
        var followers = _lineage.FollowersOf(followed);
        if (followers.Count == 0)
            return;
        var stored = _ledgers.Find(followed);
        var finding = Story(followed, stored, followers);
        _findings.CloseMended(followed, [FindingKind.CarriedOn], finding is null ? [] : [finding], now);
        if (finding is not null)
            _findings.Renew(finding);
        foreach (var follower in followers.Where(follower => stored is not null && Agrees(stored, follower) == true))
            CheckCarriedOver(stored!, follower);
    }

    // A fork has its own finding, which tells more than this.
    private Finding? Story(string followed, StoredLedger? stored, List<LedgerFollower> followers)
    {
        if (stored?.ForkedSize is not null)
            return null;
        var told = followers.Select(follower => Words(stored, follower)).Where(static told => told.Words.Length > 0).ToList();
        if (followers.Count == 1 && told.Count == 0)
            return null;
        var names = string.Join(" and ", followers.Select(static follower => Invariant($"{follower.Ledger} (from its first {follower.Size} receipts on)")));
        var copies = followers.Count > 1 ? [Invariant($"{followers.Count} machines went on from it, so it was copied")] : Array.Empty<string>();
        return new Finding
        {
            Kind = FindingKind.CarriedOn,
            Ledger = followed,
            Subject = string.Join(' ', followers.Select(static follower => InstallationName.LedgerPartOf(follower.Ledger))),
            Customer = CustomerOf(followed) ?? CustomerOf(followers[0].Ledger),
            Evidence = $"ledger {followed} is carried on by {names}; {string.Join("; ", copies.Concat(told.Select(static told => told.Words)).Append("nothing is billed twice"))}",

            // Receipts that go on coming are the same story.
            Basis = string.Join(' ', told.Select(static told => told.Sort)),
            FoundAt = now,
        };
    }

    private (string Sort, string Words) Words(StoredLedger? stored, LedgerFollower follower)
    {
        if (stored is null || Agrees(stored, follower) is not { } agrees)
            return ("", "");
        var part = InstallationName.LedgerPartOf(follower.Ledger);
        if (!agrees)
        {
            return ("other", Invariant(
                $"the {follower.Size} receipts that {part} names are not those stored: its machine had gone on from an older state, and what it wrote there until it got the reply is in no file; ask for it if it matters"));
        }

        if (stored.Size == follower.Size)
            return ("", "");
        return stored.Standing.LastAt > follower.BegunAt
            ? ("both", Invariant($"{stored.Size - follower.Size} more receipts of it are stored, the last from after {part} was begun: both machines ran, and both are billed"))
            : ("lost", Invariant($"{stored.Size - follower.Size} more receipts of it are stored, which the machine of {part} did not have any more; they are billed, as they were signed"));
    }

    // Null while too little is stored to say. A head that was damaged left nothing to compare.
    private bool? Agrees(StoredLedger stored, LedgerFollower follower) =>
        stored.Size < follower.Size ? null
            : follower.Size == 0 || ExactText.FormatBase64(_ledgers.RootAt(stored, follower.Size)) == follower.Root;

    private void CheckCarriedOver(StoredLedger stored, LedgerFollower follower)
    {
        if (StandingAt(stored, follower.Size) is not { } standing)
            return;
        var account = new LedgerAccount(standing, [], book.Find);
        foreach (var receipt in _ledgers.Receipts(follower.Ledger))
        {
            account.Add(receipt is StartReceipt { Seq: 0 } start ? start with { Follows = "" } : receipt);
            if (receipt is UsageReceipt)
                break;
        }

        if (!account.Oddities.TryGetValue(LedgerAccount.GraceSubject, out var oddity))
            return;
        _findings.Add(new Finding
        {
            Kind = FindingKind.Contradiction,
            Ledger = follower.Ledger,
            Subject = CarriedSubject,
            Customer = CustomerOf(follower.Ledger),
            Evidence = $"ledger {follower.Ledger} carries on {stored.Name}, and {oddity}",
            FoundAt = now,
        });
    }

    private Customer? CustomerOf(string ledger) =>
        LedgerJudge.CustomersOf(ledger, new UseTable(transaction).Claims(ledger), book) is [var first, ..] ? first : null;

    // The readings after so many receipts; null where no use among them tells, and the ledger carries on another itself.
    private LedgerStanding? StandingAt(StoredLedger stored, long size)
    {
        foreach (var start in _ledgers.PieceStarts(stored.Name).AsEnumerable().Reverse().Where(start => start < size))
        {
            var last = _ledgers.Piece(stored.Name, start).LineByLine().Select(static line => ReceiptLine.Parse(line.Span))
                .TakeWhile(receipt => receipt.Seq < size).OfType<UsageReceipt>().LastOrDefault();
            if (last is not null)
                return new LedgerStanding { LicensedSeconds = last.LicensedSeconds, GraceSeconds = last.GraceSeconds };
        }

        return _lineage.Of(stored.Name) is null ? LedgerStanding.New : null;
    }
}
