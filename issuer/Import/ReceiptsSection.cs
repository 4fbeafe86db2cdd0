using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Issuer.Import;

/// <summary>
/// One ledger's receipts without a hole, ending in a signed checkpoint: what a mailed file has of a ledger, or the
/// registry. It prints as a receipts file with one group, which verifies like any other. Immutable.
/// </summary>
internal sealed record ReceiptsSection
{
    /// <summary>The ledger's key; its name is the ledger's.</summary>
    public required VerifierKey Key { get; init; }

    /// <summary>The receipts, one piece at least. The last one has a checkpoint, and it is verified.</summary>
    public required IReadOnlyList<ReceiptsPiece> Pieces { get; init; }

    /// <summary>The root that the checkpoint signs: 32 bytes.</summary>
    public required byte[] Root { get; init; }

    public string Ledger => Key.Name;

    public long Start => Pieces[0].Start;

    public long End => Pieces[^1].End;

    /// <summary>The receipts file, in parts of a megabyte or so.</summary>
    internal IEnumerable<ReadOnlyMemory<byte>> Text()
    {
        var head = new LedgerHead { Key = Key, Start = Start, Hashes = Pieces[0].Frontier };
        yield return Encoding.UTF8.GetBytes(head.Print() + "\n");
        foreach (var piece in Pieces)
            yield return piece.Text();
        yield return (byte[])[(byte)'\n', .. Pieces[^1].Checkpoint ?? throw new InvalidDataException($"the checkpoint at the end of {Ledger} is missing")];
    }

    /// <summary>The receipts file, to be read once.</summary>
    internal Stream Open() => new SectionStream(Text());

    private sealed class SectionStream(IEnumerable<ReadOnlyMemory<byte>> parts) : Stream
    {
        private readonly IEnumerator<ReadOnlyMemory<byte>> _parts = parts.GetEnumerator();
        private ReadOnlyMemory<byte> _part;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            while (_part.IsEmpty)
            {
                if (!_parts.MoveNext())
                    return 0;
                _part = _parts.Current;
            }

            var length = Math.Min(buffer.Length, _part.Length);
            _part.Span[..length].CopyTo(buffer);
            _part = _part[length..];
            return length;
        }

        public override void Flush()
        {
            // Nothing is ever written.
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _parts.Dispose();
            base.Dispose(disposing);
        }
    }
}
