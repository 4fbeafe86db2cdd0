using System.Security.Cryptography;

namespace OfflineLicense.Keys;

/// <summary>
/// Names of installations and ledgers.
/// <code>
/// offline-license/mfrggzdfmztwq2lknnwg23tpoa                    an installation
/// offline-license/mfrggzdfmztwq2lknnwg23tpoa/nbswy3dpeb3w64tm   one of its ledgers
/// </code>
/// An installation's name is <c>offline-license/</c> and the first 16 bytes of SHA-256 of its 32 public key bytes in
/// lower-case unpadded base32 (26 characters); a ledger's name adds <c>/</c> and 10 random bytes in the same base32
/// (16 characters). So a name tells nothing about the customer, and nobody can take another's.
/// </summary>
internal static class InstallationName
{
    internal const string Prefix = "offline-license/";
    internal const int LedgerRandomBytes = 10;

    private const int HashBytes = 16;
    private const int Length = 16 + 26;
    private const int LedgerLength = Length + 1 + 16;

    /// <summary>The name of the installation that holds this key.</summary>
    /// <param name="publicKey">32 bytes.</param>
    internal static string Of(ReadOnlySpan<byte> publicKey)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(publicKey, hash);
        return Prefix + Base32.Encode(hash[..HashBytes]);
    }

    /// <summary>The name of a ledger that is about to be begun.</summary>
    /// <param name="installation">The installation's name.</param>
    /// <param name="random">10 bytes, drawn for this ledger.</param>
    /// <exception cref="ArgumentException">No installation's name, or not 10 bytes.</exception>
    internal static string OfLedger(string installation, ReadOnlySpan<byte> random)
    {
        if (!IsInstallation(installation))
            throw new ArgumentException("not the name of an installation", nameof(installation));
        if (random.Length != LedgerRandomBytes)
            throw new ArgumentException($"a ledger's name takes {LedgerRandomBytes} random bytes", nameof(random));
        return $"{installation}/{Base32.Encode(random)}";
    }

    internal static bool IsInstallation(ReadOnlySpan<char> untrustedName) =>
        untrustedName.Length == Length
        && untrustedName.StartsWith(Prefix)
        && Base32.IsEncodingOf(HashBytes, untrustedName[Prefix.Length..]);

    internal static bool IsLedger(ReadOnlySpan<char> untrustedName) =>
        untrustedName.Length == LedgerLength
        && IsInstallation(untrustedName[..Length])
        && untrustedName[Length] == '/'
        && Base32.IsEncodingOf(LedgerRandomBytes, untrustedName[(Length + 1)..]);

    /// <exception cref="ArgumentException">No ledger's name.</exception>
    internal static string InstallationOf(string ledgerName) =>
        IsLedger(ledgerName) ? ledgerName[..Length]
            : throw new ArgumentException("not the name of a ledger", nameof(ledgerName));

    /// <summary>The 16 characters that set a ledger apart from its installation's others.</summary>
    /// <exception cref="ArgumentException">No ledger's name.</exception>
    internal static string LedgerPartOf(string ledgerName) =>
        IsLedger(ledgerName) ? ledgerName[(Length + 1)..]
            : throw new ArgumentException("not the name of a ledger", nameof(ledgerName));
}
