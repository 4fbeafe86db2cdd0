using OfflineLicense.Keys;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Verifier.Metering;

/// <summary>A trust document that was taken up here: what a copy is kept of.</summary>
/// <param name="Document">What it says.</param>
/// <param name="File">The file that it was read from.</param>
/// <param name="Sha256">Base64 of the SHA-256 of its signed text, as receipts name it.</param>
internal sealed record TakenTrust(TrustDocument Document, ReadOnlyMemory<byte> File, string Sha256);

/// <summary>
/// The trust document that a node goes by. Versions go up and never back: what is offered is tried in the order of its
/// versions, so a node that was off for years takes the way over each version whose roots signed the next. Pure: files come
/// as bytes, and a copy of what was taken is the caller's to keep. Not thread-safe.
/// </summary>
/// <param name="product">What the product embeds.</param>
internal sealed class HeldTrust(Trust product)
{
    private readonly List<TakenTrust> _taken = [];
    private readonly Trust _product = product;
    private Trust _newest = product;
    private string _text = "";
    private long _floor;
    private IReadOnlyList<Reason> _refused = [];

    /// <summary>What the node believes now.</summary>
    public Trust Trust { get; private set; } = product;

    /// <summary>All that were taken, each of a higher version than the one before it.</summary>
    public IReadOnlyList<TakenTrust> Taken => _taken;

    /// <summary>The document that the node goes by; null for none.</summary>
    public TakenTrust? Newest => Trust.Document is null ? null : _taken[^1];

    /// <summary>
    /// Which files of the license folder were not taken, and why; and whether a version that was taken here is missing. An
    /// older version has done its part and is not among them.
    /// </summary>
    public IReadOnlyList<Reason> Refused => _newest.Version >= _floor ? _refused : [.. _refused, Missing()];

    /// <summary>Takes up the kept copies, before anything else. One that was damaged is as good as none.</summary>
    public void TakeKept(IEnumerable<byte[]> untrustedFiles)
    {
        foreach (var file in InOrder(untrustedFiles.Select(static bytes => new OfferedTrust("", bytes))))
            Try(file.Bytes!);
        Trust = Effective();
    }

    /// <summary>Takes up what is newer in the license folder.</summary>
    /// <returns>Whether other keys count than before.</returns>
    public bool Take(IEnumerable<OfferedTrust> untrusted)
    {
        var refused = new List<Reason>();
        foreach (var file in InOrder(untrusted))
        {
            if (WhyNot(file) is { } why && !file.IsChanging)
                refused.Add(why);
        }

        _refused = refused;
        return Settle();
    }

    /// <summary>
    /// A version that receipts say was taken here: below it no document counts, though the copy of it be gone. What is below
    /// still leads to what is above.
    /// </summary>
    /// <returns>Whether other keys count than before.</returns>
    public bool NotBelow(long version)
    {
        _floor = Math.Max(_floor, version);
        return Settle();
    }

    /// <summary>Another one that holds the same, to try what may be put here.</summary>
    public HeldTrust Copy()
    {
        var copy = new HeldTrust(_product) { _newest = _newest, _text = _text, _floor = _floor, Trust = Trust };
        copy._taken.AddRange(_taken);
        return copy;
    }

    private bool Settle()
    {
        var before = Trust;
        Trust = Effective();
        return Trust != before;
    }

    private Trust Effective() => _newest.Version >= _floor ? _newest : _product;

    private Reason? WhyNot(OfferedTrust file)
    {
        if (!_product.IsRooted)
            return Why("this product takes no trust documents: it was built with its license keys", "remove the file");
        if (file.Bytes is not { } bytes)
            return Why($"it cannot be read: {file.Problem}", "make it a file that the user whom the product runs as can read, or remove it");
        if (VersionOf(bytes) < _newest.Version)
            return null;
        var reading = Try(bytes);
        if (reading.Document is not { } document)
        {
            var line = reading.Line > 0 ? $"line {Words.Number(reading.Line)}: " : "";
            return Why($"the trust document does not count: {line}{reading.Reason}", reading.Hint ?? reading.Outcome switch
            {
                ReadingOutcome.UnknownKey => "get the file again from your vendor, and any version before it that is missing here",
                ReadingOutcome.NeedsNewerVersion => "update the product",
                _ => "get the file again, as an attachment, or armored",
            });
        }

        return reading.Text != _text
            ? Why(
                $"it is another trust document of version {Words.Number(document.Version)} than the one that was taken here",
                "a vendor gives a version once: ask which of the two is right")
            : null;

        Reason Why(string sentence, string mend) => new() { Code = ReasonCode.TrustRefused, Sentence = sentence, Mend = mend, File = file.File };
    }

    private Reason Missing() => new()
    {
        Code = ReasonCode.TrustRefused,
        Sentence = $"trust document {Words.Number(_floor)} was taken here already, and the newest that is here now is {(_newest.Version == 0 ? "none" : Words.Number(_newest.Version))}",
        Mend = $"install trust document {Words.Number(_floor)}, or a newer one of your vendor",
    };

    private DocumentReading<TrustDocument> Try(byte[] untrusted)
    {
        var reading = _newest.Open(untrusted);
        if (reading.Document is { } document && document.Version > _newest.Version)
        {
            (_newest, _text) = (_newest.With(document), reading.Text);
            _taken.Add(new TakenTrust(document, untrusted, Convert.ToBase64String(Convert.FromHexString(TrustDocument.NameOf(reading.TextBytes)))));
        }

        return reading;
    }

    private static List<OfferedTrust> InOrder(IEnumerable<OfferedTrust> untrusted) =>
        [.. untrusted.OrderBy(static file => VersionOf(file.Bytes ?? [])).ThenBy(static file => file.File, StringComparer.Ordinal)];

    // Of the line alone: what nobody is known to have signed is not worth the checking of its keys. What has no such line
    // comes last, and is told by its own reader what is wrong with it.
    private static long VersionOf(byte[] untrusted)
    {
        try
        {
            return SignedNote.SplitFile(untrusted, Limits.DocumentBytes).UntrustedText.Split('\n', 3) is [_, var line, _]
                && line.StartsWith("version: ", StringComparison.Ordinal) && ExactText.TryParseNumber(line.AsSpan("version: ".Length), out var version)
                    ? version
                    : long.MaxValue;
        }
        catch (NoteFormatException)
        {
            return long.MaxValue;
        }
    }
}

/// <summary>A file that may be a trust document.</summary>
/// <param name="File">Where it was read, for the reasons.</param>
/// <param name="Bytes">Its bytes; null when it cannot be read.</param>
/// <param name="IsChanging">Whether it changed so lately that whoever writes it may not be done.</param>
/// <param name="Problem">Why it cannot be read; null when it can.</param>
internal sealed record OfferedTrust(string File, byte[]? Bytes, bool IsChanging = false, string? Problem = null);
