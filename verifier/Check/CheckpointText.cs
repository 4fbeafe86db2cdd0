using System.Buffers.Binary;
using System.Text;
using VerifierKey = OfflineLicense.Keys.VerifierKey;

namespace OfflineLicense.Verifier.Check;

/// <summary>
/// Reads the five lines that end a group (origin, size, root, blank, signature) and holds them until it is asked whether they
/// are true. Not thread-safe.
/// </summary>
internal sealed class CheckpointText
{
    private const int SignatureBytes = 64;

    // Origin, size and root are at most this long, each with its newline.
    private readonly byte[] _text = new byte[256];
    private readonly byte[] _keyIdAndSignature = new byte[sizeof(uint) + SignatureBytes];
    private readonly byte[] _root = new byte[Spelling.HashBytes];
    private readonly byte[] _due = new byte[Spelling.HashBytes];
    private readonly byte[] _signatureBegin;
    private readonly byte[] _origin;
    private readonly VerifierKey _key;
    private int _length;

    internal CheckpointText(VerifierKey key)
    {
        _key = key;
        _origin = Encoding.ASCII.GetBytes(key.Name);
        _signatureBegin = Encoding.UTF8.GetBytes($"\u2014 {key.Name} ");
    }

    /// <summary>The line that it begins in, from 1.</summary>
    internal long Line { get; private set; }

    /// <summary>Whether the root is that of the receipts before it.</summary>
    internal bool IsRootGood { get; private set; }

    /// <summary>The root that it names: 32 bytes, valid until the next is read.</summary>
    internal ReadOnlySpan<byte> Root => _root;

    /// <summary>Reads the lines, which come next.</summary>
    /// <param name="lines">The file.</param>
    /// <param name="tree">The tree over all receipts before them.</param>
    /// <exception cref="DamageException">They are not of a checkpoint's form, or not of this ledger or size.</exception>
    internal void Read(LineReader lines, HashTree tree)
    {
        _length = 0;
        if (!Keep(lines.Take("a checkpoint")).SequenceEqual(_origin))
            throw lines.Damage("expected the ledger's name, with which its checkpoint begins");
        Line = lines.Number;
        if (!Spelling.Number(Keep(lines.Take("the checkpoint's size")), out var size) || size != tree.Size)
            throw lines.Damage(FormattableString.Invariant($"expected {tree.Size}, the receipts up to here"));
        if (!Spelling.Base64(Keep(lines.Take("the checkpoint's root")), _root))
            throw lines.Damage("expected the root in base64");
        lines.TakeBlank("the checkpoint's signature");
        if (!IsSignature(lines.Take("the checkpoint's signature")))
            throw lines.Damage("expected a signature line by the ledger's key");
        tree.Root(_due);
        IsRootGood = _due.AsSpan().SequenceEqual(_root);
    }

    /// <summary>What is wrong with what it says; null when it is true.</summary>
    internal DamageException? Wrong() =>
        !IsRootGood ? new DamageException(Line + 2, "the root is not that of the receipts before it: one of them was changed, or the root")
        : !_key.Verify(_text.AsSpan(0, _length), _keyIdAndSignature.AsSpan(sizeof(uint))) ? new DamageException(Line + 4, "the signature is not that of the lines before it")
        : null;

    /// <summary>Whether a line is, by its form, a whole signature line of the ledger.</summary>
    internal bool IsSignature(ReadOnlySpan<byte> line) =>
        line.StartsWith(_signatureBegin) && Spelling.Base64(line[_signatureBegin.Length..], _keyIdAndSignature)
        && BinaryPrimitives.ReadUInt32BigEndian(_keyIdAndSignature) == _key.Id;

    // What is longer than it can be is kept in part: it is refused by what it should have been.
    private ReadOnlySpan<byte> Keep(ReadOnlySpan<byte> line)
    {
        var length = Math.Min(line.Length, _text.Length - _length - 1);
        line[..length].CopyTo(_text.AsSpan(_length));
        _text[_length + length] = (byte)'\n';
        _length += length + 1;
        return line;
    }
}
