using System.Globalization;

namespace OfflineLicense.Keys;

/// <summary>What transport did to a note and was undone, in the order in which it is undone.</summary>
public enum NoteMending
{
    /// <summary>A byte-order mark stood before the first line.</summary>
    ByteOrderMark,

    /// <summary>The note came armored (<see cref="Keys.Armor"/>), on purpose.</summary>
    Armor,

    /// <summary>Every line ended in carriage return and newline.</summary>
    CarriageReturns,

    /// <summary>The newline after the last line was missing.</summary>
    FinalNewline,
}

/// <summary>A note as it was before transport.</summary>
public sealed record RepairedNote
{
    /// <summary>The bytes to read; those of the file when there was nothing to mend. Not verified.</summary>
    public required ReadOnlyMemory<byte> Note { get; init; }

    /// <summary>What was mended, in order; empty for nothing.</summary>
    public required IReadOnlyList<NoteMending> Mended { get; init; }
}

/// <summary>
/// Undoes what mail, tickets, editors and secrets do to files, before a note is read. Each step is taken once, in
/// this order: a leading byte-order mark goes; armor is opened; CRLF becomes LF if *every* line ends so; a lost
/// final newline is added. A signature is over the text's exact bytes, so a repair cannot make a bad note good. Pure.
/// </summary>
public static class NoteRepair
{
    /// <summary>Mends a file that holds a note.</summary>
    /// <param name="untrustedFile">The file's bytes. The caller bounds their number.</param>
    /// <exception cref="NoteFormatException">The file begins as armor and is none.</exception>
    public static RepairedNote Repair(ReadOnlyMemory<byte> untrustedFile)
    {
        var note = untrustedFile;
        var mended = new List<NoteMending>();
        if (note.Span.StartsWith("\uFEFF"u8))
        {
            note = note["\uFEFF"u8.Length..];
            mended.Add(NoteMending.ByteOrderMark);
        }

        if (Armor.IsArmored(note.Span))
        {
            note = Armor.Unwrap(note.Span);
            mended.Add(NoteMending.Armor);
        }

        if (EveryLineEndsInCrLf(note.Span))
        {
            note = WithoutCarriageReturns(note.Span);
            mended.Add(NoteMending.CarriageReturns);
        }

        if (!note.IsEmpty && note.Span[^1] != '\n')
        {
            note = (byte[])[.. note.Span, (byte)'\n'];
            mended.Add(NoteMending.FinalNewline);
        }

        return new RepairedNote { Note = note, Mended = mended };
    }

    /// <summary>Mends, with a bound on the file before and on the note after.</summary>
    /// <exception cref="NoteFormatException">Too many bytes, or armor that is none.</exception>
    internal static RepairedNote Bounded(ReadOnlyMemory<byte> untrustedFile, int maxNoteBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxNoteBytes);
        // Armor takes 4 characters for 3 bytes, and a line ending every 64: half as much again covers both, and CRLF.
        if (untrustedFile.Length > maxNoteBytes + maxNoteBytes / 2L + Armor.FrameBytes)
            throw TooLarge(maxNoteBytes);
        var repaired = Repair(untrustedFile);
        if (repaired.Note.Length > maxNoteBytes)
            throw TooLarge(maxNoteBytes);
        return repaired;
    }

    private static NoteFormatException TooLarge(int maxNoteBytes) => new(0, string.Create(CultureInfo.InvariantCulture,
        $"the file is larger than {maxNoteBytes} bytes, the most that its kind may have"));

    private static bool EveryLineEndsInCrLf(ReadOnlySpan<byte> bytes)
    {
        var newlines = bytes.Count((byte)'\n');
        return newlines > 0 && bytes.Count((byte)'\r') == newlines && bytes.Count("\r\n"u8) == newlines;
    }

    private static byte[] WithoutCarriageReturns(ReadOnlySpan<byte> bytes)
    {
        var result = new byte[bytes.Length - bytes.Count((byte)'\r')];
        var length = 0;
        foreach (var value in bytes)
        {
            if (value != '\r')
                result[length++] = value;
        }

        return result;
    }
}
