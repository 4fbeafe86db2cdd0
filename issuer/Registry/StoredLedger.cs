using OfflineLicense.Issuer.Import;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Issuer.Registry;

/// <summary>How far the registry has a ledger. Immutable; the arrays are not to be changed.</summary>
internal sealed record StoredLedger
{
    /// <summary>The ledger's key; its name is the ledger's.</summary>
    public required VerifierKey Key { get; init; }

    /// <summary>How many receipts are stored, from the first on; 0 when none is.</summary>
    public required long Size { get; init; }

    /// <summary>The root over them: 32 bytes.</summary>
    public required byte[] Root { get; init; }

    /// <summary>When a file last had this ledger, by the issuer's clock.</summary>
    public DateTimeOffset HeardAt { get; init; }

    /// <summary>How the account of it stands.</summary>
    public LedgerStanding Standing { get; init; } = LedgerStanding.New;

    /// <summary>The size that was stored when a second history of it first came; null while there is one.</summary>
    public long? ForkedSize { get; init; }

    public string Name => Key.Name;

    public string Installation => InstallationName.InstallationOf(Name);

    /// <summary>A ledger that the registry has nothing of.</summary>
    internal static StoredLedger None(VerifierKey key) => new() { Key = key, Size = 0, Root = MerkleHash.OfNothing() };
}
