using System.Text;
using OfflineLicense.Keys;
using static System.FormattableString;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>Reads the head of a receipts file: the other half of <see cref="LedgerHead.Print"/>.</summary>
internal static class LedgerHeadParser
{
    /// <summary>How the first line of this format begins in every version.</summary>
    internal static ReadOnlySpan<byte> AnyVersion => "offline-license/receipts/v"u8;

    /// <summary>The first line in this version.</summary>
    internal static ReadOnlySpan<byte> FormatLine => "offline-license/receipts/v1"u8;

    /// <summary>Takes the next line, and fails when there is none.</summary>
    /// <param name="expected">What should follow, in words.</param>
    internal delegate ReadOnlySpan<byte> TakeLine(string expected);

    /// <summary>What is wrong with a first line that is not <see cref="FormatLine"/>.</summary>
    internal static ReceiptsDamageException WrongFormat(ReceiptsSource source) =>
        source.Line.Span.StartsWith(AnyVersion) && ExactText.TryParseNumber(source.Line.Span[AnyVersion.Length..], out var version) && version > 1
            ? source.Newer(
                $"expected {LedgerHead.Format}", "it is of another version of this format, and needs a newer version of the product")
            : source.Damage($"not a receipts file: expected {LedgerHead.Format}");

    /// <summary>Reads what comes after the first line.</summary>
    /// <exception cref="ReceiptsDamageException">A line is not what it has to be.</exception>
    internal static LedgerHead Parse(ReceiptsSource source, TakeLine take)
    {
        var firstLine = source.LineNumber;
        var key = ParseKey(source, After(source, take("the ledger's key"), "key "u8));
        if (!ExactText.TryParseNumber(After(source, take("where the file starts"), "start "u8), out var start))
            throw source.Damage("expected start and a whole number from 0 to 2^53 - 1");
        var count = MerkleTree.HashCount(start);
        var hashes = new byte[count * MerkleHash.Bytes];
        for (var index = 0; index < count; index++)
        {
            var line = take("a hash of the tree left of the start");
            if (!ExactText.TryParseBase64(line, hashes.AsSpan(index * MerkleHash.Bytes, MerkleHash.Bytes)))
                throw source.Damage(Invariant($"expected {count} hashes of 32 bytes in base64 after start {start}; this is none"));
        }

        return new LedgerHead { Key = key, Start = start, Hashes = hashes, Line = firstLine };
    }

    private static VerifierKey ParseKey(ReceiptsSource source, ReadOnlySpan<byte> untrustedKey)
    {
        VerifierKey key;
        try
        {
            key = VerifierKey.Parse(Encoding.UTF8.GetString(untrustedKey));
        }
        catch (KeyFormatException malformed)
        {
            throw source.Damage($"no verifier key: {malformed.Message}");
        }

        // The name is a hash of the key, so that nobody can write receipts under another's.
        var installation = InstallationName.Of(key.PublicKey);
        return InstallationName.IsLedger(key.Name) && InstallationName.InstallationOf(key.Name) == installation
            ? key
            : throw source.Damage($"the key's name is not that of a ledger of {installation}, which is whose key it is");
    }

    private static ReadOnlySpan<byte> After(ReceiptsSource source, ReadOnlySpan<byte> line, ReadOnlySpan<byte> word) =>
        line.StartsWith(word)
            ? line[word.Length..]
            : throw source.Damage($"expected {Encoding.ASCII.GetString(word).TrimEnd()} here");
}
