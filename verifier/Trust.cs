using OfflineLicense.Keys;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Verifier;

/// <summary>
/// Whose signatures a product believes. It is part of the product, compiled in, and never read from a folder that the
/// licensee fills: either the vendor's license keys themselves, or roots that say by trust documents which keys those
/// are. Immutable and thread-safe.
/// </summary>
public sealed partial class Trust
{
    private readonly VerifierKey[] _pinned;
    private readonly VerifierKey[] _roots;
    private readonly int _quorum;

    private Trust(VerifierKey[] pinned, VerifierKey[] roots, int quorum, TrustDocument? document = null)
    {
        (_pinned, _roots, _quorum, Document) = (pinned, roots, quorum, document);
        LicenseKeys = document is null ? pinned : [.. LicenseKeysOf(document)];
    }

    /// <summary>Trusts exactly these license keys, until the next release of the product says otherwise.</summary>
    /// <param name="licenseVerifierKeys">One or more verifier keys, as <c>issuer</c> prints them.</param>
    /// <exception cref="ArgumentException">There is none, two have one name and id, or one is no verifier key.</exception>
    public static Trust Pinned(params string[] licenseVerifierKeys) =>
        Pinned(KeysOf(licenseVerifierKeys, nameof(licenseVerifierKeys)));

    /// <summary>Trusts exactly these license keys, until the next release of the product says otherwise.</summary>
    /// <param name="licenseKeys">One or more keys.</param>
    /// <exception cref="ArgumentException">There is none, or two have one name and id.</exception>
    public static Trust Pinned(params VerifierKey[] licenseKeys)
    {
        ArgumentNullException.ThrowIfNull(licenseKeys);
        if (licenseKeys.Length == 0)
            throw new ArgumentException("pin at least one license key; without one no license can ever count", nameof(licenseKeys));
        if (licenseKeys.DistinctBy(static key => (key.Name, key.Id)).Count() != licenseKeys.Length)
            throw new ArgumentException("two of the license keys have one name and id", nameof(licenseKeys));
        return new Trust([.. licenseKeys], [], quorum: 0);
    }

    /// <summary>
    /// Trusts what a quorum of these roots says in trust documents, which nodes take up as they do licenses: so license and
    /// reply keys, and roots themselves, change and are revoked without a release of the product.
    /// </summary>
    /// <param name="quorum">How many of the roots must have signed a document: 1 to their number.</param>
    /// <param name="rootVerifierKeys">1 to 16 verifier keys, as <c>issuer</c> prints them, each another public key.</param>
    /// <exception cref="ArgumentException">A line is no verifier key, one key stands twice, or there are too many or none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The quorum is below 1 or above the number of roots.</exception>
    public static Trust Rooted(int quorum, params string[] rootVerifierKeys) =>
        Rooted(quorum, KeysOf(rootVerifierKeys, nameof(rootVerifierKeys)));

    /// <inheritdoc cref="Rooted(int, string[])"/>
    internal static Trust Rooted(int quorum, params VerifierKey[] roots)
    {
        if (roots.Length is 0 or > Limits.Signatures)
            throw new ArgumentException($"a product has 1 to {Limits.Signatures} roots, not {roots.Length}", nameof(roots));
        if (roots.DistinctBy(static root => Convert.ToBase64String(root.PublicKey)).Count() != roots.Length)
            throw new ArgumentException("two of the roots are one public key, which counts once toward the quorum", nameof(roots));
        ArgumentOutOfRangeException.ThrowIfLessThan(quorum, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quorum, roots.Length);
        return new Trust([], [.. roots], quorum);
    }

    /// <summary>Whether trust documents say which keys count; else those that are pinned do, and no document is ever taken.</summary>
    internal bool IsRooted => _roots.Length > 0;

    /// <summary>Who can have signed a trust document: the product's roots, and those of the version held.</summary>
    internal IReadOnlyCollection<VerifierKey> Roots => [.. _roots.Concat(Document?.Roots ?? []).DistinctBy(static root => (root.Name, root.Id))];

    /// <summary>The trust document held; null for none.</summary>
    internal TrustDocument? Document { get; }

    /// <summary>Its version; 0 for none.</summary>
    internal long Version => Document?.Version ?? 0;

    /// <summary>
    /// The keys by which a license or a time reset can have been signed: those that count, and those that are revoked, whose
    /// signatures are read to say so. Whether one counts is <see cref="Judge(IReadOnlyList{VerifierKey}, DateTimeOffset, ReadOnlySpan{byte})"/>'s to say.
    /// </summary>
    internal IReadOnlyCollection<VerifierKey> LicenseKeys { get; }

    /// <summary>The same product's trust with no document.</summary>
    internal Trust WithoutDocument => Document is null ? this : new Trust(_pinned, _roots, _quorum);

    /// <summary>The same product's trust, holding a document that <see cref="Open"/> found good.</summary>
    internal Trust With(TrustDocument document) => new(_pinned, _roots, _quorum, document);

    /// <summary>Whether these 32 bytes sign licenses or trust documents, under any name. No public key may stand in two roles.</summary>
    internal bool SignsMoreThanReplies(ReadOnlySpan<byte> publicKey)
    {
        foreach (var key in (IEnumerable<VerifierKey>)[.. _pinned, .. _roots, .. Document?.Roots ?? [], .. Document is null ? [] : KeysOf(Document, TrustedRole.License)])
        {
            if (key.PublicKey.SequenceEqual(publicKey)) return true;
        }

        return false;
    }

    private static VerifierKey[] KeysOf(string[] lines, string parameterName)
    {
        ArgumentNullException.ThrowIfNull(lines, parameterName);
        try
        {
            return Array.ConvertAll(lines, VerifierKey.Parse);
        }
        catch (KeyFormatException exception)
        {
            throw new ArgumentException($"one of the lines is no verifier key: {exception.Message}", parameterName, exception);
        }
    }

    private static IEnumerable<VerifierKey> KeysOf(TrustDocument document, TrustedRole role) =>
        document.Keys.Where(key => key.Role == role).Select(static key => key.Key);

    // Of two keys of one name and id, which somebody made on purpose, no line could say which is meant.
    private static IEnumerable<VerifierKey> LicenseKeysOf(TrustDocument document) =>
        KeysOf(document, TrustedRole.License).Concat(document.RevokedKeys.Select(static revoked => revoked.Key))
            .DistinctBy(static key => (key.Name, key.Id));
}
