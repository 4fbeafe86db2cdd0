using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Formats;

/// <summary>Use that the vendor has of one license, in the quota's period that runs at the reply's time.</summary>
/// <param name="License">The license's id; the use is that of its whole chain, over all installations.</param>
/// <param name="PeriodStart">The first second of the period.</param>
/// <param name="NodeSeconds">Seconds with at least one core in use, summed over nodes.</param>
/// <param name="CoreSeconds">Seconds times cores in use, summed over nodes.</param>
internal sealed record ReplyUse(string License, DateTimeOffset PeriodStart, long NodeSeconds, long CoreSeconds);

/// <summary>How far the vendor has one ledger.</summary>
/// <param name="Ledger">The ledger's name.</param>
/// <param name="Size">How many receipts the vendor has, at least 1.</param>
/// <param name="Root">The root of the ledger's tree at that size: base64 of 32 bytes.</param>
internal sealed record ReplyLedger(string Ledger, long Size, string Root);

/// <summary>
/// The vendor's answer to receipts: what it has, for one customer and product; the same file for all nodes. The
/// format: <see cref="ReplyFormat"/> and <c>verifier/README.md</c>, "Reply". Immutable.
/// </summary>
internal sealed record Reply
{
    private readonly ValueList<ReplyUse> _used = [];
    private readonly ValueList<ReplyLedger> _ledgers = [];

    internal required string Product { get; init; }

    internal required string Licensee { get; init; }

    /// <summary>1 and up; on a node it never goes back.</summary>
    internal required long Number { get; init; }

    internal required DateTimeOffset Time { get; init; }

    /// <summary>By license id, ordinal.</summary>
    internal IReadOnlyList<ReplyUse> Used { get => _used; init => _used = ValueList.Of(value); }

    /// <summary>By ledger name, ordinal.</summary>
    internal IReadOnlyList<ReplyLedger> Ledgers { get => _ledgers; init => _ledgers = ValueList.Of(value); }

    /// <summary>Reads a reply file: bound, repairs, signature, text.</summary>
    /// <param name="untrustedFile">The file's bytes, at most 4 MiB.</param>
    /// <param name="replyKeys">The keys whose replies count; see <see cref="Trust.ReplyKeysFor"/>.</param>
    internal static DocumentReading<Reply> Open(ReadOnlyMemory<byte> untrustedFile, IReadOnlyCollection<VerifierKey> replyKeys) =>
        DocumentReading<Reply>.Open(untrustedFile, replyKeys, Limits.ReplyBytes, ReplyFormat.Parse);

    /// <summary>
    /// Reads a reply that may be to any of these licensees: by the keys that count for one of their licenses, on the day that
    /// it bears.
    /// </summary>
    /// <param name="untrustedFile">The file's bytes, at most 4 MiB.</param>
    /// <param name="licenses">The licenses.</param>
    /// <param name="trust">What the node believes.</param>
    internal static DocumentReading<Reply> Open(ReadOnlyMemory<byte> untrustedFile, IEnumerable<License> licenses, Trust trust)
    {
        var reading = Open(untrustedFile, [.. licenses.SelectMany(trust.ReplyKeysFor).DistinctBy(static key => (key.Name, key.Id))]);
        return reading.Document is not { } reply || reading.Signers.Any(signer => trust.MaySignReply(signer, reply.Time))
            ? reading
            : DocumentReading<Reply>.Malformed(0, $"the key {reading.SignedBy!.Name} signs no replies of {Words.Date(reply.Time)}") with
            {
                Outcome = ReadingOutcome.UnknownKey,
            };
    }

    /// <summary>Prints and signs, after reading back what was printed.</summary>
    /// <exception cref="ArgumentException">A value is out of its bounds, a list out of order, or all is longer than 4 MiB.</exception>
    internal byte[] Sign(INoteSigner replyKey) => DocumentSigning.Sign(ReplyFormat.Print(this), ReplyFormat.Parse, Limits.ReplyBytes, replyKey);

    /// <summary>The vendor's size and root of a ledger, or null where the reply does not name it.</summary>
    internal ReplyLedger? Find(string ledger)
    {
        var (low, high) = (0, Ledgers.Count - 1);
        while (low <= high)
        {
            var middle = low + (high - low) / 2;
            var order = string.CompareOrdinal(Ledgers[middle].Ledger, ledger);
            if (order == 0) return Ledgers[middle];
            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }
}
