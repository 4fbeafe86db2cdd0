namespace OfflineLicense.Keys;

/// <summary>
/// Bounds on what is read from a file that a stranger may have written. Each is enforced on the bytes actually
/// read, before anything is parsed.
/// </summary>
public static class Limits
{
    /// <summary>Bytes of a license, trust document, installation request or time reset. A real license has about 1 KiB.</summary>
    public const int DocumentBytes = 64 * 1024;

    /// <summary>Bytes of a reply: about 130 for a ledger, so some 30,000 ledgers of one customer.</summary>
    public const int ReplyBytes = 4 * 1024 * 1024;

    /// <summary>Bytes of one line of any text format. A verifier key or a root has under 200.</summary>
    public const int LineBytes = 4 * 1024;

    /// <summary>Bytes of one receipt. The longest real one has about 500.</summary>
    public const int ReceiptBytes = 4 * 1024;

    /// <summary>Levels of nesting in a YAML text. The deepest format has 3.</summary>
    public const int YamlDepth = 8;

    /// <summary>Signature lines of one note (c2sp.org/signed-note asks that at least 16 be accepted).</summary>
    public const int Signatures = 16;

    /// <summary>Bytes of a receipts file after expanding: some 15 million receipts.</summary>
    public const long ReceiptsFileBytes = 4L * 1024 * 1024 * 1024;

    /// <summary>
    /// Bytes to which a ledger's newest segment grows: some 430 receipts written one at a time, a day and a half of the usual
    /// interval. It is copied when the ledger is opened, which is to take milliseconds on a slow disk, too.
    /// </summary>
    internal const int SegmentBytes = 256 * 1024;

    /// <summary>Bytes of a ledger's summary: some 13 for each day of use, and at receipts of a second up to 4 MB for the newest day.</summary>
    internal const int SummaryBytes = 64 * 1024 * 1024;

    /// <summary>How many times its size a gzipped file may expand to, past <see cref="GzipRatioFreeBytes"/>. Receipts reach about 15.</summary>
    public const int GzipRatio = 100;

    /// <summary>Expanded bytes to which <see cref="GzipRatio"/> does not apply.</summary>
    public const int GzipRatioFreeBytes = 1024 * 1024;

    /// <summary>Rounds of PBKDF2 that a private key file may ask for; OpenSSL's default is 2,048, ours 600,000.</summary>
    public const int KeyFileIterations = 10_000_000;

    /// <summary>The greatest whole number in any format: what a JSON reader with doubles holds exactly, 2^53 - 1.</summary>
    public const long Number = (1L << 53) - 1;
}
