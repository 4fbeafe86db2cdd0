using OfflineLicense.Keys;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Metering;

/// <summary>
/// What a node tells of a ledger that lost what the vendor has: which one, and how much. It is told from the ledger that
/// follows it, so that every start tells the same, and until a reply names that one: then the vendor knows. Not thread-safe.
/// </summary>
/// <param name="disk">The disk.</param>
/// <param name="stateFolder">Where the ledgers are.</param>
/// <param name="machine">The id of this machine: what another machine's ledger lacks, that machine may have.</param>
internal sealed class LostHistory(LedgerDisk disk, string stateFolder, string? machine)
{
    private readonly Dictionary<string, string?> _told = new(StringComparer.Ordinal);
    private long _taken;

    /// <summary>In words, for the first ledger by name; null for none.</summary>
    /// <param name="replies">What the vendor has.</param>
    /// <param name="ledgers">All ledgers of the folder.</param>
    public string? Of(NewestReplies replies, IEnumerable<LedgerReadings> ledgers)
    {
        if (_taken != replies.Taken)
            _told.Clear();
        _taken = replies.Taken;
        return ledgers.Where(ledger => ledger.Begun is { Follows.Length: > 0 } && !replies.Of(ledger.Ledger).Any())
            .OrderBy(ledger => ledger.Ledger, StringComparer.Ordinal)
            .Select(ledger => Of(replies, ledger.Ledger, ledger.Begun!))
            .FirstOrDefault(told => told is not null);
    }

    private string? Of(NewestReplies replies, string ledger, StartReceipt start)
    {
        if (_told.TryGetValue(ledger, out var told) || !replies.Of(start.Follows).Any())
            return told;
        try
        {
            var folder = Path.Combine(stateFolder, LedgerFolder.Name, InstallationName.LedgerPartOf(start.Follows));
            told = LedgerMachine.IsOther(disk, folder, start.Follows, machine)
                ? null
                : replies.Of(start.Follows).Select(line => Of(line, start, folder)).FirstOrDefault(words => words is not null);
        }
        catch (Exception e) when (e is IOException or ReceiptsDamageException)
        {
            return null;
        }

        return _told[ledger] = told;
    }

    private string? Of(ReplyLedger line, StartReceipt start, string folder)
    {
        if (line.Size > start.FollowsSize)
            return $"{Words.Number(line.Size - start.FollowsSize)} of {start.Follows}";
        return LedgerScan.ReadTail(disk, folder) is { } scan && scan.Start <= line.Size && scan.Size >= line.Size
            && ExactText.FormatBase64(scan.TreeAt(disk, line.Size).Root()) != line.Root
                ? $"some of {start.Follows}, which went on here from an older state"
                : null;
    }
}
