using VerifierKey = OfflineLicense.Keys.VerifierKey;

namespace OfflineLicense.Verifier.Check;

/// <summary>
/// Looks through what comes after a segment's last good checkpoint, for what tells an append that a crash cut short from
/// damage: sectors that were never written, and whole signature lines. Immutable.
/// </summary>
internal sealed class TailScan
{
    // What disks write whole or not at all.
    private const int SectorBytes = 512;

    /// <param name="file">The segment; whoever opened it closes it.</param>
    /// <param name="begin">Where the tail begins.</param>
    /// <param name="end">Where it ended when the segment was read.</param>
    /// <param name="key">The ledger's key.</param>
    internal TailScan(Stream file, long begin, long end, VerifierKey key)
    {
        var buffer = new byte[SectorBytes];
        Line = 1;
        for (long position = 0; position < end;)
        {
            // To the sector's end, the tail's begin or its end, whichever is first.
            var next = Math.Min(position < begin ? begin : end, ((position / SectorBytes) + 1) * SectorBytes);
            var sector = buffer.AsSpan(0, (int)(next - position));
            file.ReadExactly(sector);
            if (position < begin)
                Line += sector.Count((byte)'\n');
            else
                HasHole |= !sector.ContainsAnyExcept((byte)0);
            position = next;
        }

        file.Position = begin;
        var lines = new LineSource(file, end - begin);
        var checkpoint = new CheckpointText(key);
        for (var hasMore = true; hasMore;)
        {
            try
            {
                hasMore = lines.Read();
                if (!hasMore || !checkpoint.IsSignature(lines.Line))
                    continue;
                SignatureLines++;
                EndsSigned = lines.Position == end - begin;
            }
            catch (DamageException)
            {
                // A line that is too long, or the last one, cut off: no signature line.
            }
        }
    }

    /// <summary>The line of the segment that the tail begins in, from 1.</summary>
    internal long Line { get; }

    /// <summary>Whether a sector of it, or what of one lies in it, holds zeros and nothing else.</summary>
    internal bool HasHole { get; }

    /// <summary>How many whole signature lines stand in it.</summary>
    internal int SignatureLines { get; }

    /// <summary>Whether the last of them ends the file.</summary>
    internal bool EndsSigned { get; }
}
