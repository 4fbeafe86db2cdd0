using System.Text;
using OfflineLicense.Keys;
using static System.FormattableString;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// What signs a ledger up to a receipt, as c2sp.org/tlog-checkpoint has it: three lines and nothing more.
/// <code>
/// offline-license/mfrggzdfmztwq2lknnwg23tpoa/nbswy3dpeb3w64tm
/// 4
/// CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
/// </code>
/// The origin is the ledger's name, which is also the name of the key in the one signature line; the size is the
/// number of receipts; the root is that of the RFC 6962 tree over them, in base64. Immutable.
/// </summary>
internal sealed record Checkpoint
{
    /// <summary>The ledger's name.</summary>
    public required string Origin { get; init; }

    /// <summary>Receipts that it covers, 0 to 2^53 - 1.</summary>
    public required long Size { get; init; }

    /// <summary>The tree's root: 32 bytes, not to be changed.</summary>
    public required byte[] Root { get; init; }

    /// <summary>The text that is signed, final newline included.</summary>
    internal string Text => $"{Origin}\n{ExactText.FormatNumber(Size)}\n{ExactText.FormatBase64(Root)}\n";

    /// <summary>Signs the checkpoint.</summary>
    /// <param name="key">The installation's key, under the ledger's name.</param>
    /// <returns>The note: text, blank line, signature line.</returns>
    /// <exception cref="ArgumentException">The key has another name.</exception>
    internal byte[] Sign(SigningKey key) => key.VerifierKey.Name == Origin
        ? SignedNote.Sign(Text, key)
        : throw new ArgumentException(
            $"a checkpoint of {Origin} is signed under that name, not {key.VerifierKey.Name}", nameof(key));

    /// <summary>Reads the text of a checkpoint; what does not print back to the same bytes is refused.</summary>
    /// <exception cref="CheckpointFormatException">It is no checkpoint; the exception says why and in which line.</exception>
    internal static Checkpoint Parse(ReadOnlySpan<byte> untrustedText)
    {
        var lines = untrustedText;
        var origin = Line(ref lines, 1);
        if (origin.IsEmpty || !Ascii.IsValid(origin))
            throw new CheckpointFormatException(1, "expected the origin, which is the ledger's name");
        if (!ExactText.TryParseNumber(Line(ref lines, 2), out var size))
            throw new CheckpointFormatException(2, "expected the size, a whole number from 0 to 2^53 - 1");
        var root = new byte[MerkleHash.Bytes];
        if (!ExactText.TryParseBase64(Line(ref lines, 3), root.AsSpan()))
            throw new CheckpointFormatException(3, "expected the root, 32 bytes in base64");
        if (!lines.IsEmpty)
            throw new CheckpointFormatException(4, "a checkpoint has three lines and no extensions");
        return new Checkpoint { Origin = Encoding.ASCII.GetString(origin), Size = size, Root = root };
    }

    public bool Equals(Checkpoint? other) =>
        other is not null && Origin == other.Origin && Size == other.Size && Root.AsSpan().SequenceEqual(other.Root);

    public override int GetHashCode() => HashCode.Combine(Origin, Size);

    private static ReadOnlySpan<byte> Line(ref ReadOnlySpan<byte> rest, int number)
    {
        var end = rest.IndexOf((byte)'\n');
        if (end < 0)
            throw new CheckpointFormatException(number, "a checkpoint has three lines, each with a newline");
        var line = rest[..end];
        rest = rest[(end + 1)..];
        return line;
    }
}

/// <summary>A text is no checkpoint.</summary>
/// <param name="line">Where: the line of the text, from 1.</param>
/// <param name="reason">What is wrong, in lower case and with no full stop.</param>
internal sealed class CheckpointFormatException(int line, string reason)
    : FormatException(Invariant($"line {line}: {reason}"))
{
    /// <summary>The line of the text, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>What is wrong.</summary>
    public string Reason { get; } = reason;
}
