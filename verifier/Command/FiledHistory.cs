using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Command;

/// <summary>What one file says of a ledger's history: receipts from <paramref name="Start"/> up to a signed checkpoint.</summary>
/// <param name="File">The file as the user knows it.</param>
/// <param name="Start">The first receipt's <c>seq</c>.</param>
/// <param name="Seal">The file's last checkpoint of this ledger.</param>
/// <param name="RootAt">The root over so many receipts, from <paramref name="Start"/> to the checkpoint's, by reading the file again.</param>
internal sealed record FiledHistory(string File, long Start, ReceiptsSeal Seal, Func<long, byte[]> RootAt)
{
    /// <summary>
    /// Refuses files that signed two histories of one ledger: added up they would be a third, which nobody wrote. Each is held
    /// against the next longer one that reaches back to its end, so all that can be compared is.
    /// </summary>
    /// <exception cref="LedgerForkException">Two contradict each other.</exception>
    public static void RefuseForks(IEnumerable<LedgerToTell> ledgers)
    {
        foreach (var one in ledgers.GroupBy(static ledger => ledger.Ledger.Name, static ledger => ledger.Filed, StringComparer.Ordinal))
        {
            var histories = one.OfType<FiledHistory>().OrderBy(static history => history.Seal.Size).ToList();
            for (var index = 0; index < histories.Count; index++)
            {
                var history = histories[index];
                var size = history.Seal.Size;
                if (histories.Skip(index + 1).FirstOrDefault(longer => longer.Start <= size) is { } longer
                    && !longer.RootAt(size).AsSpan().SequenceEqual(history.Seal.Root))
                {
                    throw new LedgerForkException(one.Key, size, history.File, longer.File);
                }
            }
        }
    }
}
