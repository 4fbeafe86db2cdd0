using System.Globalization;
using System.Text;

namespace OfflineLicense.Issuer.Batch;

/// <summary>A record of a CSV file.</summary>
/// <param name="Line">The line that it begins on, from 1 on.</param>
/// <param name="Fields">Its fields, one at least.</param>
internal readonly record struct CsvRecord(int Line, IReadOnlyList<string> Fields);

/// <summary>
/// Reads CSV exactly as RFC 4180 has it, and nothing else: fields set apart by commas; a field that begins with a quote
/// ends with one, and may hold commas, line ends and doubled quotes; lines end in CRLF, or in LF, as editors save them.
/// What a spreadsheet leaves at the end, lines with nothing in any field, is passed over.
/// <code>
/// licensee,quota.cores,notes.order
/// Acme Telemedicine,64,A-1027
/// "Smith, Jones and ""Sons""",8,
/// </code>
/// </summary>
internal sealed class CsvText
{
    private readonly string _text;
    private readonly StringBuilder _field = new();
    private int _at;
    private int _line = 1;

    private CsvText(string text) => _text = text;

    /// <summary>The records, one after another.</summary>
    /// <param name="untrustedText">The file's text, bounded by the caller.</param>
    /// <exception cref="CsvFormatException">A quote or a line end stands where none may; no record after it is read.</exception>
    internal static IEnumerable<CsvRecord> Read(string untrustedText)
    {
        var csv = new CsvText(untrustedText);
        while (csv._at < untrustedText.Length)
        {
            var record = csv.Record();
            if (record.Fields.Any(static field => field.Length > 0))
                yield return record;
        }
    }

    private CsvRecord Record()
    {
        var line = _line;
        var fields = new List<string> { Field() };
        while (TakeIf(','))
            fields.Add(Field());
        if (_at < _text.Length && !TakeLineEnd())
        {
            throw _text[_at] == '"'
                ? new CsvFormatException(_line, "a quote stands within a field", "put the whole field in quotes, and write each quote in it twice")
                : _text[_at] == '\r'
                    ? new CsvFormatException(_line, "a carriage return stands alone", "save the file with lines that end in CRLF or LF")
                    : new CsvFormatException(_line, "a field goes on after its closing quote", "write a quote within a field twice");
        }

        return new CsvRecord(line, fields);
    }

    private string Field()
    {
        if (TakeIf('"')) return Quoted();
        var end = _text.AsSpan(_at).IndexOfAny(",\"\r\n");
        var field = _text.Substring(_at, end < 0 ? _text.Length - _at : end);
        _at += field.Length;
        return field;
    }

    private string Quoted()
    {
        var first = _line;
        _field.Clear();
        while (true)
        {
            if (_at == _text.Length)
                throw new CsvFormatException(first, "a quote is opened and never closed", "close it; a quote within a field is written twice");
            var letter = _text[_at++];
            if (letter == '\n') _line++;
            if (letter == '"' && !TakeIf('"')) return _field.ToString();
            _field.Append(letter);
        }
    }

    private bool TakeIf(char letter)
    {
        if (_at == _text.Length || _text[_at] != letter) return false;
        _at++;
        return true;
    }

    private bool TakeLineEnd()
    {
        var length = _text.AsSpan(_at).StartsWith("\r\n") ? 2 : _text[_at] == '\n' ? 1 : 0;
        _at += length;
        if (length > 0) _line++;
        return length > 0;
    }
}

/// <summary>The text is no CSV.</summary>
/// <param name="line">The line, from 1 on.</param>
/// <param name="reason">What is wrong: lower case, no full stop.</param>
/// <param name="hint">What mends it.</param>
internal sealed class CsvFormatException(int line, string reason, string hint)
    : FormatException(string.Create(CultureInfo.InvariantCulture, $"line {line}: {reason}"))
{
    internal int Line { get; } = line;

    internal string Reason { get; } = reason;

    internal string Hint { get; } = hint;
}
