using System.Security.Cryptography;
using System.Text;
using static System.FormattableString;

namespace OfflineLicense.Verifier.Check;

/// <summary>
/// The proofs of a ledger's <c>license</c> receipts: <c>holds</c> is base64 of SHA-256 of
/// <c>offline-license/holds/v1</c>, the ledger's name and the license's signed text, the first two each with a newline. Not
/// thread-safe.
/// </summary>
/// <param name="findings">Where a proof that is none is told.</param>
/// <param name="texts">The licenses whose text is at hand.</param>
internal sealed class Proofs(Findings findings, IReadOnlyList<LicenseText> texts)
{
    // By id: the proofs that the texts at hand make in this ledger; none for a license whose text is not.
    private readonly Dictionary<string, List<string>> _due = new(StringComparer.Ordinal);

    /// <summary>Ids of licenses whose text is at hand.</summary>
    internal IReadOnlyList<string> Proven => Ids(static due => due.Count > 0);

    /// <summary>Ids of licenses whose text is not.</summary>
    internal IReadOnlyList<string> NotProven => Ids(static due => due.Count == 0);

    /// <summary>Holds the next <c>license</c> receipt against its text.</summary>
    internal void Add(in ReceiptText receipt, string ledger)
    {
        if (receipt.License.IsEmpty)
            return;
        var id = Encoding.ASCII.GetString(receipt.License);
        if (!_due.TryGetValue(id, out var due))
        {
            if (_due.Count == Meters.MostLicenses)
                return;
            _due[id] = due = [.. texts.Where(text => text.Id == id).Select(text => Proof(ledger, text))];
        }

        if (due.Count > 0 && !due.Contains(Encoding.ASCII.GetString(receipt.Holds)) && findings.IsFirst(FindingKind.Proof))
            findings.Tell(FindingKind.Proof, Invariant($"receipt {receipt.Seq} does not prove license {id}: its writer had another text under that id"));
    }

    private static string Proof(string ledger, LicenseText text) => Convert.ToBase64String(
        SHA256.HashData([.. Encoding.ASCII.GetBytes($"offline-license/holds/v1\n{ledger}\n"), .. text.SignedText]));

    private string[] Ids(Func<List<string>, bool> are) => [.. _due.Where(entry => are(entry.Value)).Select(static entry => entry.Key).Order(StringComparer.Ordinal)];
}
