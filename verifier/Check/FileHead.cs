using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using VerifierKey = OfflineLicense.Keys.VerifierKey;

namespace OfflineLicense.Verifier.Check;

/// <summary>What a receipts file begins with: whose ledger it is, and where in it the file starts. Immutable.</summary>
internal sealed record FileHead
{
    private const string InstallationPrefix = "offline-license/";
    private const int InstallationLetters = 26;
    private const int LedgerLetters = 16;
    private const int HashedKeyBytes = 16;

    /// <summary>The ledger's key, whose name is the ledger's.</summary>
    internal required VerifierKey Key { get; init; }

    /// <summary>The <c>seq</c> of the file's first receipt.</summary>
    internal required long Start { get; init; }

    /// <summary>The roots of the full subtrees left of it, largest first; not to be changed.</summary>
    internal required byte[] Subtrees { get; init; }

    /// <summary>The line of the file that it begins in, from 1.</summary>
    internal required long Line { get; init; }

    /// <summary>The ledger's name.</summary>
    internal string Ledger => Key.Name;

    /// <summary>The name of the ledger's folder.</summary>
    internal string Folder => Ledger[^LedgerLetters..];

    internal static ReadOnlySpan<byte> Format => "offline-license/receipts/v1"u8;

    /// <summary>How the first line begins in every version.</summary>
    internal static ReadOnlySpan<byte> AnyFormat => "offline-license/receipts/v"u8;

    /// <summary>Reads a head, whose first line comes next.</summary>
    /// <exception cref="DamageException">A line is not what it has to be.</exception>
    internal static FileHead Read(LineReader lines)
    {
        var isFirst = lines.Number == 0;
        if (!lines.TakeAny().SequenceEqual(Format))
        {
            throw lines.Line.StartsWith(AnyFormat)
                ? lines.Damage(lines.Line.StartsWith(Format) ? "expected offline-license/receipts/v1" : "another version of this format, which needs a newer version of this program")
                : new DamageException(lines.Number, "not a receipts file: expected offline-license/receipts/v1") { IsOtherFormat = isFirst };
        }

        var line = lines.Number;
        var key = ReadKey(lines);
        var text = lines.Take("the start");
        if (!text.StartsWith("start "u8) || !Spelling.Number(text["start "u8.Length..], out var start))
            throw lines.Damage("expected 'start' and a whole number");
        var subtrees = new byte[BitOperations.PopCount((ulong)start) * Spelling.HashBytes];
        for (var at = 0; at < subtrees.Length; at += Spelling.HashBytes)
        {
            if (!Spelling.Base64(lines.Take("a hash"), subtrees.AsSpan(at, Spelling.HashBytes)))
                throw lines.Damage("expected one hash in base64 for each bit of the start");
        }

        return new FileHead { Key = key, Start = start, Subtrees = subtrees, Line = line };
    }

    private static VerifierKey ReadKey(LineReader lines)
    {
        var text = lines.Take("the ledger's key");
        if (!text.StartsWith("key "u8) || !VerifierKey.TryParse(Encoding.UTF8.GetString(text["key "u8.Length..]), out var key))
            throw lines.Damage("expected 'key' and a verifier key");
        var installation = InstallationPrefix + Spelling.Base32(SHA256.HashData(key.PublicKey).AsSpan(0, HashedKeyBytes));
        return key.Name.Length == InstallationPrefix.Length + InstallationLetters + 1 + LedgerLetters
            && key.Name.StartsWith(installation + "/", StringComparison.Ordinal) && Spelling.IsBase32(key.Name.AsSpan(installation.Length + 1))
            ? key
            : throw lines.Damage($"the key is that of {installation}, and has another's name");
    }
}
