using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Verifier.Metering;

/// <summary>
/// The newest reply to each licensee, of the license folder and the kept copies. A machine may serve several customers of
/// a vendor, who count their replies apart: none displaces another's. Not thread-safe.
/// </summary>
internal sealed class NewestReplies
{
    private readonly Dictionary<string, (Reply Reply, ReadOnlyMemory<byte> File)> _byLicensee = new(StringComparer.Ordinal);
    private Trust? _trust;

    /// <summary>All of them.</summary>
    public IEnumerable<Reply> All => _byLicensee.Values.Select(static entry => entry.Reply);

    /// <summary>How often a reply was taken: another count means that another reply counts.</summary>
    public long Taken { get; private set; }

    /// <summary>The reply to a licensee; null for none.</summary>
    public Reply? To(string licensee) => _byLicensee.TryGetValue(licensee, out var entry) ? entry.Reply : null;

    /// <summary>The file that a reply was read from, to keep a copy.</summary>
    public ReadOnlyMemory<byte> FileOf(Reply reply) => _byLicensee[reply.Licensee].File;

    /// <summary>What the vendor has of a ledger, as each reply that names it says.</summary>
    public IEnumerable<ReplyLedger> Of(string ledger) => All.Select(reply => reply.Find(ledger)).OfType<ReplyLedger>();

    /// <summary>How many receipts of a ledger the vendor has, by whichever of the replies says the most: 0 where none names it.</summary>
    public long Acknowledged(string ledger) => Of(ledger).Select(static line => line.Size).DefaultIfEmpty().Max();

    /// <summary>
    /// Takes what is newer than what is held. A reply is believed for a licensee by a key that a license of that licensee
    /// names: the key in another customer's license says nothing about this one.
    /// </summary>
    /// <param name="untrustedFiles">Files that may be replies, each at most 4 MiB.</param>
    /// <param name="licenses">The licenses at hand, of this product and for this installation.</param>
    /// <param name="trust">What the node believes.</param>
    public void Take(IReadOnlyCollection<byte[]> untrustedFiles, IEnumerable<License> licenses, Trust trust)
    {
        // A key that is believed no more takes its replies with it, as it does when the node starts anew.
        if (trust != _trust && _byLicensee.Count > 0)
        {
            _byLicensee.Clear();
            Taken++;
        }

        _trust = trust;
        foreach (var ofLicensee in licenses.GroupBy(static license => (license.Product, license.Licensee)))
        {
            foreach (var untrusted in untrustedFiles)
            {
                var reply = Reply.Open(untrusted, ofLicensee, trust).Document;
                if (reply is null || (reply.Product, reply.Licensee) != ofLicensee.Key || reply.Number <= (To(reply.Licensee)?.Number ?? 0))
                    continue;
                _byLicensee[reply.Licensee] = (reply, untrusted);
                Taken++;
            }
        }
    }
}
