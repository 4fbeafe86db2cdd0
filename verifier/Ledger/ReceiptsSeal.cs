namespace OfflineLicense.Verifier.Ledger;

/// <summary>The checkpoint that closes a group of receipts, and where it stands. Immutable; the arrays are not to be changed.</summary>
internal sealed record ReceiptsSeal
{
    /// <summary>What is signed.</summary>
    public required Checkpoint Checkpoint { get; init; }

    /// <summary>The signed note, byte for byte as it stands in the file.</summary>
    public required byte[] Note { get; init; }

    /// <summary>The newest receipt that it covers.</summary>
    public required Receipt Last { get; init; }

    /// <summary>The line of the file that it begins in, from 1.</summary>
    public required long Line { get; init; }

    /// <summary>Bytes of the (expanded) file up to its end.</summary>
    public required long EndPosition { get; init; }

    /// <summary>Receipts that it covers.</summary>
    public long Size => Checkpoint.Size;

    /// <summary>The root over them: 32 bytes.</summary>
    public byte[] Root => Checkpoint.Root;
}

/// <summary>A receipt as a file has it.</summary>
/// <param name="Line">The exact bytes, without newline: the leaf. Valid until the reader is called again.</param>
/// <param name="Receipt">What they say.</param>
internal readonly record struct ReceiptEntry(ReadOnlyMemory<byte> Line, Receipt Receipt);
