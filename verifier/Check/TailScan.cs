using VerifierKey = OfflineLicense.Keys.VerifierKey;

namespace OfflineLicense.Verifier.Check;

/// <summary>
/// Looks through what comes after a segment's last good checkpoint: whether it holds zeros, and whether a whole signature
/// line of the ledger stands in it, as it does in all that was ever acknowledged. Immutable.
/// </summary>
internal sealed class TailScan
{
    /// <param name="file">The segment; whoever opened it closes it.</param>
    /// <param name="begin">Where the tail begins.</param>
    /// <param name="end">Where it ended when the segment was read.</param>
    /// <param name="key">The ledger's key.</param>
    internal TailScan(Stream file, long begin, long end, VerifierKey key)
    {
        var buffer = new byte[64 * 1024];
        Line = 1;
        for (long position = 0; position < end;)
        {
            var count = file.Read(buffer.AsSpan(0, (int)Math.Min(buffer.Length, (position < begin ? begin : end) - position)));
            if (count == 0)
                break;
            if (position < begin)
                Line += buffer.AsSpan(0, count).Count((byte)'\n');
            else
                HasZeros |= buffer.AsSpan(0, count).Contains((byte)0);
            position += count;
        }

        file.Position = begin;
        var lines = new LineSource(file, end - begin);
        var checkpoint = new CheckpointText(key);
        for (var hasMore = true; hasMore && !HasSignatureLine;)
        {
            try
            {
                hasMore = lines.Read();
                HasSignatureLine = hasMore && checkpoint.IsSignature(lines.Line);
            }
            catch (DamageException)
            {
                // A line that is too long, or the last one, cut off: no signature line.
            }
        }
    }

    /// <summary>The line of the segment that the tail begins in, from 1.</summary>
    internal long Line { get; }

    /// <summary>Whether the tail holds zeros.</summary>
    internal bool HasZeros { get; }

    /// <summary>Whether a whole signature line stands in it.</summary>
    internal bool HasSignatureLine { get; }
}
