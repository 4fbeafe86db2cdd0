namespace OfflineLicense.Verifier.Check;

/// <summary>
/// Takes a file's lines one after the other, and looks one ahead: a line that begins another ledger's head is never taken for
/// a line of the ledger before. Not thread-safe.
/// </summary>
internal sealed class LineReader(LineSource source)
{
    private bool _isAhead;
    private long _takenEnd;

    /// <summary>The number of the line that was looked at last, taken or not; 0 before the first.</summary>
    internal long Number => source.Number;

    /// <summary>The line that was looked at last.</summary>
    internal ReadOnlySpan<byte> Line => source.Line;

    /// <summary>Bytes of the file up to the end of the line that was taken last.</summary>
    internal long Position => _takenEnd;

    /// <summary>Whether there is another line; it is looked at.</summary>
    /// <exception cref="DamageException">It is too long, or cut off.</exception>
    internal bool HasMore() => _isAhead || (_isAhead = source.Read());

    /// <summary>Whether the line that is looked at begins a head.</summary>
    internal bool IsHead() => Line.StartsWith(FileHead.AnyFormat);

    /// <summary>Takes the next line of a ledger.</summary>
    /// <param name="expected">What it should be, in words.</param>
    /// <exception cref="DamageException">There is none.</exception>
    internal ReadOnlySpan<byte> Take(string expected)
    {
        if (!HasMore())
            throw new DamageException(Number, $"the file ends here, where {expected} should follow") { IsCutOff = true };
        return IsHead() ? throw Damage($"another ledger begins here, where {expected} should follow") : TakeAny();
    }

    /// <summary>Takes an empty line.</summary>
    internal void TakeBlank(string expected)
    {
        if (!Take("a blank line and " + expected).IsEmpty)
            throw Damage("expected a blank line, and then " + expected);
    }

    /// <summary>Takes the next line, which there is, whatever it is.</summary>
    internal ReadOnlySpan<byte> TakeAny()
    {
        if (!HasMore())
            throw new DamageException(Number, "the file is empty") { IsOtherFormat = true };
        _isAhead = false;
        _takenEnd = source.Position;
        return Line;
    }

    /// <summary>Goes on to the next head, over whatever is there.</summary>
    /// <returns>Whether there is one.</returns>
    internal bool SkipToHead()
    {
        while (true)
        {
            try
            {
                if (!HasMore())
                    return false;
                if (IsHead())
                    return true;
            }
            catch (DamageException)
            {
                // What is skipped may be damaged in more places.
            }

            _isAhead = false;
        }
    }

    /// <summary>Damage in the line that was looked at last.</summary>
    internal DamageException Damage(string reason) =>
        new(Number, Line.EndsWith("\r"u8) ? reason + "; the line ends were changed on the way" : reason);
}
