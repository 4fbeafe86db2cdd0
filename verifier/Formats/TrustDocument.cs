using System.Security.Cryptography;
using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Formats;

/// <summary>What a key of a trust document signs.</summary>
internal enum TrustedRole
{
    /// <summary>Licenses and time resets.</summary>
    License,

    /// <summary>Replies to receipts, where a license names no keys for them itself.</summary>
    Reply,
}

/// <summary>A key that signs for a vendor. Immutable.</summary>
internal sealed record TrustedKey
{
    internal required VerifierKey Key { get; init; }

    internal required TrustedRole Role { get; init; }

    /// <summary>It verifies what is dated from this second on. UTC.</summary>
    internal required DateTimeOffset From { get; init; }

    /// <summary>The first second after that; null for no end. UTC.</summary>
    internal DateTimeOffset? Until { get; init; }

    /// <summary>Whether it verifies what bears this date. Dates do not stop a thief, who sets them; revocation does.</summary>
    internal bool Covers(DateTimeOffset date) => From <= date && !(Until <= date);
}

/// <summary>A key that verifies nothing any more, but for the licenses that its vendor names by their texts. Immutable.</summary>
internal sealed record RevokedKey
{
    private readonly ValueList<string> _staysGood = [];

    internal required VerifierKey Key { get; init; }

    /// <summary>
    /// The SHA-256 of each signed text that stays good, in lower-case hexadecimal, in ordinal order, each once. Texts and not
    /// ids: a thief chooses ids.
    /// </summary>
    internal IReadOnlyList<string> StaysGood { get => _staysGood; init => _staysGood = ValueList.Of(value); }
}

/// <summary>
/// Whose signatures count for a vendor from now on, <c>*.trust</c>, signed by a quorum of the vendor's roots. The
/// format: <see cref="TrustFormat"/> and <c>verifier/README.md</c>, "Trust document"; when one is good:
/// <see cref="Trust.Open"/>. Immutable.
/// </summary>
internal sealed record TrustDocument
{
    private readonly ValueList<VerifierKey> _roots = [];
    private readonly ValueList<TrustedKey> _keys = [];
    private readonly ValueList<RevokedKey> _revokedKeys = [];
    private readonly ValueList<string> _revokedLicenses = [];

    /// <summary>1 and up; on a node it never goes back.</summary>
    internal required long Version { get; init; }

    internal required DateTimeOffset Issued { get; init; }

    /// <summary>Who signs the next version, beside the product's own roots: 1 to 16, in the vendor's order.</summary>
    internal required IReadOnlyList<VerifierKey> Roots { get => _roots; init => _roots = ValueList.Of(value); }

    /// <summary>How many of the roots must sign: 1 to their number.</summary>
    internal required int Quorum { get; init; }

    /// <summary>The keys that sign licenses and replies, in the vendor's order.</summary>
    internal IReadOnlyList<TrustedKey> Keys { get => _keys; init => _keys = ValueList.Of(value); }

    /// <summary>Keys that do so no more, in the vendor's order.</summary>
    internal IReadOnlyList<RevokedKey> RevokedKeys { get => _revokedKeys; init => _revokedKeys = ValueList.Of(value); }

    /// <summary>Ids of licenses that were taken back, in ordinal order, each once.</summary>
    internal IReadOnlyList<string> RevokedLicenses { get => _revokedLicenses; init => _revokedLicenses = ValueList.Of(value); }

    /// <summary>How a text is named in <see cref="RevokedKey.StaysGood"/>.</summary>
    internal static string NameOf(ReadOnlySpan<byte> signedText) => Convert.ToHexStringLower(SHA256.HashData(signedText));

    /// <summary>Whether the key is revoked, under whatever name.</summary>
    internal RevokedKey? Revocation(ReadOnlySpan<byte> publicKey)
    {
        foreach (var revoked in RevokedKeys)
        {
            if (revoked.Key.PublicKey.SequenceEqual(publicKey)) return revoked;
        }

        return null;
    }
}
