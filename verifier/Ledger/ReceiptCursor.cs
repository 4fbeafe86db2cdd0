using System.Buffers;
using System.Text;
using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// Walks over one receipt's line from left to right. It knows the few JSON values that receipts are made of, each in
/// its one spelling, and allocates nothing but the strings that it gives back.
/// </summary>
/// <param name="line">The line, without its newline.</param>
internal ref struct ReceiptCursor(ReadOnlySpan<byte> line)
{
    // Printable ASCII but the two characters that JSON would have to escape: so a string has one spelling.
    internal static readonly SearchValues<byte> StringBytes = SearchValues.Create(
        Enumerable.Range(' ', '~' - ' ' + 1).Where(value => value is not ('"' or '\\')).Select(value => (byte)value).ToArray());

    private readonly ReadOnlySpan<byte> _line = line;
    private int _position;

    /// <summary>What is not read yet.</summary>
    internal readonly ReadOnlySpan<byte> Rest => _line[_position..];

    /// <summary>Reads exactly these bytes.</summary>
    internal void Expect(ReadOnlySpan<byte> literal)
    {
        if (!TryRead(literal))
            throw Wrong($"expected {Encoding.ASCII.GetString(literal)}");
    }

    /// <summary>Reads these bytes if they come next.</summary>
    internal bool TryRead(ReadOnlySpan<byte> literal)
    {
        if (!Rest.StartsWith(literal))
            return false;
        _position += literal.Length;
        return true;
    }

    /// <summary>Reads a whole number, 0 to 2^53 - 1.</summary>
    internal long Number()
    {
        var digits = Rest[..CountDigits(Rest)];
        if (!ExactText.TryParseNumber(digits, out var number))
            throw Wrong("expected a whole number from 0 to 2^53 - 1 with no leading zero");
        _position += digits.Length;
        return number;
    }

    /// <summary>Reads a string's bytes, without the quotes.</summary>
    internal ReadOnlySpan<byte> Bytes()
    {
        Expect("\""u8);
        var length = Rest.IndexOfAnyExcept(StringBytes);
        if (length < 0 || Rest[length] != '"')
        {
            _position += length < 0 ? Rest.Length : length;
            throw Wrong("expected a string of printable ASCII characters and its closing quote");
        }

        var bytes = Rest[..length];
        _position += length + 1;
        return bytes;
    }

    /// <summary>Reads a string.</summary>
    internal string Text() => Encoding.ASCII.GetString(Bytes());

    /// <summary>Reads a time, as a string in its one spelling.</summary>
    internal DateTimeOffset Time()
    {
        var start = _position;
        if (!ExactText.TryParseTime(Bytes(), out var time))
        {
            _position = start;
            throw Wrong("expected a real time in UTC, as in \"2026-11-22T10:00:00Z\"");
        }

        return time;
    }

    /// <summary>Reads a state; the four known words cost no allocation.</summary>
    internal StateWord State()
    {
        var word = Bytes();
        return word switch
        {
            _ when word.SequenceEqual("Licensed"u8) => LicenseState.Licensed,
            _ when word.SequenceEqual("Grace"u8) => LicenseState.Grace,
            _ when word.SequenceEqual("Lapsed"u8) => LicenseState.Lapsed,
            _ when word.SequenceEqual("Unlicensed"u8) => LicenseState.Unlicensed,
            _ => new StateWord(Encoding.ASCII.GetString(word)),
        };
    }

    /// <summary>Checks that nothing is left.</summary>
    internal readonly void End()
    {
        if (_position != _line.Length)
            throw Wrong("expected the end of the line");
    }

    /// <summary>
    /// Reads the rest of a line of an unknown kind: more keys with strings, numbers, or lists of those and of objects
    /// of those; what a later version can need, and nothing that hides anything.
    /// </summary>
    internal string UnknownMembers()
    {
        var rest = Encoding.ASCII.GetString(Rest);
        while (TryRead(","u8))
        {
            Key();
            if (TryRead("["u8))
                List();
            else
                Scalar();
        }

        Expect("}"u8);
        End();
        return rest;
    }

    /// <summary>What is wrong, at this place.</summary>
    internal readonly ReceiptFormatException Wrong(string reason) => new(reason, _position + 1);

    private void Key()
    {
        _ = Bytes();
        Expect(":"u8);
    }

    private void Scalar()
    {
        if (Rest.StartsWith("\""u8))
            _ = Bytes();
        else
            _ = Number();
    }

    private void List()
    {
        if (TryRead("]"u8))
            return;
        do
        {
            if (!TryRead("{"u8))
            {
                Scalar();
                continue;
            }

            do
            {
                Key();
                Scalar();
            }
            while (TryRead(","u8));
            Expect("}"u8);
        }
        while (TryRead(","u8));
        Expect("]"u8);
    }

    private static int CountDigits(ReadOnlySpan<byte> bytes)
    {
        var count = 0;
        while (count < bytes.Length && char.IsAsciiDigit((char)bytes[count]))
            count++;
        return count;
    }
}
