using OfflineLicense.Verifier.Formats;
using static System.FormattableString;

namespace OfflineLicense.Issuer.Books;

/// <summary>
/// The most that any reply ever said that the vendor has of each ledger: nodes let go of it, so it must be there for as long as there
/// are books. Not thread-safe.
/// </summary>
internal sealed class AcknowledgedSizes
{
    private readonly Dictionary<string, (string By, ReplyLedger Line)> _most = new(StringComparer.Ordinal);

    /// <summary>The ledgers that replies name.</summary>
    internal IEnumerable<string> Ledgers => _most.Keys;

    /// <summary>Adds a reply.</summary>
    internal void Add(Reply reply)
    {
        foreach (var line in reply.Ledgers)
        {
            if (!_most.TryGetValue(line.Ledger, out var known) || known.Line.Size < line.Size)
                _most[line.Ledger] = (Invariant($"reply {reply.Number} to {reply.Licensee}"), line);
        }
    }

    /// <summary>What was said of a ledger, and which reply said it first; null for nothing.</summary>
    internal (string By, ReplyLedger Line)? Of(string ledger) => _most.TryGetValue(ledger, out var most) ? most : null;
}
