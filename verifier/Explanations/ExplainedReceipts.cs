using System.Runtime.InteropServices;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Explanations;

/// <summary>
/// A receipts file in words: numbers are summed up by ledger, but every text in it is shown once, because the operator
/// asks what leaves the network.
/// </summary>
internal static class ExplainedReceipts
{
    // Of an honest node there are a few: states, reason codes, license ids. A file made to flood gets an end.
    private const int MostTexts = 1_000;

    /// <summary>Tells all ledgers of the file, and goes on behind a damaged one.</summary>
    /// <returns>Why the file is not verified; empty where every ledger's checkpoint is good.</returns>
    internal static string Add(ExplanationLines lines, ReadOnlyMemory<byte> untrustedFile, string fileName)
    {
        lines.Add("what it is", "receipts: what the product measured, signed by each ledger's own key");
        using var stream = AsStream(untrustedFile);
        using var reader = new ReceiptsReader(stream, fileName);
        var problems = new List<string>();
        var isAllTold = true;
        do
        {
            try
            {
                while (reader.NextLedger() is { } head) isAllTold &= AddLedger(lines, reader, head);
                break;
            }
            catch (ReceiptsDamageException damage)
            {
                lines.NotUnderstood(damage.Line, damage.Reason, damage.Hint);
                problems.Add($"line {Words.Number(damage.Line)}: {damage.Reason}");
            }
        }
        while (reader.SkipToNextLedger());
        if (problems.Count > 0) return problems[0];
        if (!isAllTold) return "";
        lines.Add("", "beside these words a receipt holds times and numbers only; no host name, address, user or path");
        lines.NothingElse();
        return "";
    }

    /// <returns>Whether all that the receipts hold was told.</returns>
    private static bool AddLedger(ExplanationLines lines, ReceiptsReader reader, LedgerHead head)
    {
        var kinds = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var texts = new SortedSet<string>(StringComparer.Ordinal);
        Receipt? first = null, last = null;
        var isAllTold = true;
        lines.Key("ledger", head.Key);
        while (reader.NextReceipt() is var (_, receipt))
        {
            first ??= receipt;
            last = receipt;
            isAllTold &= receipt is not UnknownReceipt && texts.Count < MostTexts;
            if (!isAllTold) continue;
            kinds[receipt.Kind] = kinds.GetValueOrDefault(receipt.Kind) + 1;
            texts.UnionWith(TextsOf(receipt));
        }

        lines.Add("receipts", $"{Words.Count(reader.Tree.Size - head.Start, "receipt")} from number {Words.Number(head.Start)} on, "
            + $"from {Words.Date(first!.At)} to {Words.Date(last!.At)}");
        foreach (var (kind, count) in kinds) lines.Add("", $"{Words.Number(count)} of kind {kind}: {MeaningOf(kind)}");
        foreach (var text in texts) lines.Add("holds the words", text);
        if (last is UsageReceipt usage)
        {
            lines.Add("meter", $"{Words.HoursAndMinutes(usage.TotalSeconds)} with a core in use and {Words.HoursAndMinutes(usage.TotalCoreSeconds)} "
                + $"of cores for the license {usage.License}, since the ledger was begun");
        }

        if (!isAllTold) lines.Add("not understood", "some receipts need a newer version of this program");
        return isAllTold;
    }

    private static string MeaningOf(string kind) => kind switch
    {
        StartReceipt.KindName => "the product was started",
        StopReceipt.KindName => "the product was stopped in good order",
        LicenseReceipt.KindName => "a license became the active one, and a proof that its text was there",
        StateReceipt.KindName => "licensed or not, why, and since when",
        UsageReceipt.KindName => "cores in use, and seconds, in one interval",
        ClockReceipt.KindName => "the clock was set forward or back by so many seconds",
        ReplyReceipt.KindName => "a reply of the vendor was taken in",
        ResetReceipt.KindName => "a time reset was applied",
        TrustReceipt.KindName => "a trust document was taken in",
        _ => "unknown",
    };

    // Hashes too: in a receipt that was made to smuggle they could be anything.
    private static IEnumerable<string> TextsOf(Receipt receipt) => (receipt switch
    {
        StartReceipt start => [start.Format, start.Follows, start.FollowsRoot],
        LicenseReceipt license => [license.License, license.Holds],
        StateReceipt state => [state.State.Word, .. state.Reasons.Select(static reason => reason.Code)],
        UsageReceipt usage => [usage.License, usage.State.Word],
        ResetReceipt reset => [reset.Reset],
        TrustReceipt trust => [trust.Sha256],
        _ => (string[])[],
    }).Where(static text => text.Length > 0);

    private static MemoryStream AsStream(ReadOnlyMemory<byte> bytes) => MemoryMarshal.TryGetArray(bytes, out var array)
        ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
        : new MemoryStream(bytes.ToArray(), writable: false);
}
