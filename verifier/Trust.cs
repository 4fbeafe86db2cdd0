using OfflineLicense.Keys;

namespace OfflineLicense.Verifier;

/// <summary>
/// Whose signatures a product believes. It is part of the product, compiled in, and never read from a folder that the
/// licensee fills. Immutable and thread-safe.
/// </summary>
public sealed class Trust
{
    private readonly VerifierKey[] _licenseKeys;

    private Trust(VerifierKey[] licenseKeys) => _licenseKeys = licenseKeys;

    /// <summary>Trusts exactly these license keys, until the next release of the product says otherwise.</summary>
    /// <param name="licenseVerifierKeys">One or more verifier keys, as <c>issuer</c> prints them.</param>
    /// <exception cref="ArgumentException">There is none, two have one name and id, or one is no verifier key.</exception>
    public static Trust Pinned(params string[] licenseVerifierKeys)
    {
        ArgumentNullException.ThrowIfNull(licenseVerifierKeys);
        try
        {
            return Pinned(Array.ConvertAll(licenseVerifierKeys, VerifierKey.Parse));
        }
        catch (KeyFormatException exception)
        {
            throw new ArgumentException($"one of the lines is no verifier key: {exception.Message}", nameof(licenseVerifierKeys), exception);
        }
    }

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
        return new Trust([.. licenseKeys]);
    }

    /// <summary>The keys whose signatures make a license or a time reset.</summary>
    internal IReadOnlyCollection<VerifierKey> LicenseKeys => _licenseKeys;

    /// <summary>Whether these 32 bytes are a license key under any name. No public key may stand in two roles.</summary>
    internal bool IsLicenseKey(ReadOnlySpan<byte> publicKey)
    {
        foreach (var key in _licenseKeys)
        {
            if (key.PublicKey.SequenceEqual(publicKey)) return true;
        }

        return false;
    }
}
