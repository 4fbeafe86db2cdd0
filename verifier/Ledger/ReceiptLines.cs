namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// The lines of receipts that a <see cref="ReceiptsReader"/> has verified before, a second time and without parsing them. It
/// knows where they stand and nothing of what they say: whoever reads them holds their tree's root against the checkpoint.
/// </summary>
internal static class ReceiptLines
{
    // Checkpoint (three lines), blank line, signature line.
    private const int NoteLines = 5;

    /// <summary>The lines of a ledger's segments, in order.</summary>
    internal static IEnumerable<ReadOnlyMemory<byte>> Of(LedgerDisk disk, IReadOnlyList<LedgerSegment> segments)
    {
        foreach (var segment in segments)
        {
            using var file = disk.OpenRead(segment.Path);
            using var source = new ReceiptsSource(file, segment.Path, mayBeGzipped: false, segment.GoodBytes);
            foreach (var line in Next(source, segment.Size - segment.Start))
                yield return line;
        }
    }

    /// <summary>The lines of the ledger whose head, or the rest of it, comes next; fewer than asked for when the file ends before.</summary>
    /// <param name="source">The file.</param>
    /// <param name="count">How many receipts it has; nothing after the last one is read.</param>
    internal static IEnumerable<ReadOnlyMemory<byte>> Next(ReceiptsSource source, long count)
    {
        while (source.Read() && !source.Line.IsEmpty)
        {
            // The head, up to the blank line.
        }

        while (count > 0 && source.Read())
        {
            if (!source.Line.IsEmpty)
            {
                count--;
                yield return source.Line;
                continue;
            }

            // Between two groups, with the blank line that begins the next.
            for (var skipped = 0; skipped <= NoteLines; skipped++)
                source.Read();
        }
    }

    /// <summary>Goes on to the next head and reads its first line.</summary>
    /// <returns>Whether there is one.</returns>
    internal static bool SkipToHead(ReceiptsSource source)
    {
        while (source.Read())
        {
            if (source.Line.Span.StartsWith(LedgerHeadParser.AnyVersion))
                return true;
        }

        return false;
    }
}
