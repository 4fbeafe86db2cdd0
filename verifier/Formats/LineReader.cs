using System.Globalization;
using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Formats;

/// <summary>
/// Reads a text of lines, <c>KEY VALUE</c> each, in the one order that its format has. There is nothing to skip and
/// nothing to guess: a line is the one expected, or the text is refused with the line's number.
/// <code>
/// offline-license/reset/v1
/// id 01JDA7X0R3Q8N5V2K6T9W4M1ZC
/// product openvidu-pro
/// </code>
/// </summary>
internal sealed class LineReader
{
    private readonly string _text;
    private int _next;

    /// <param name="untrustedText">The whole text.</param>
    /// <param name="format">The first line, <c>offline-license/KIND/v1</c>.</param>
    /// <exception cref="DocumentFormatException">The text is of another format, or its last line has no newline.</exception>
    internal LineReader(string untrustedText, string format)
    {
        _text = untrustedText;
        if (!untrustedText.EndsWith('\n'))
            throw new DocumentFormatException(1 + untrustedText.AsSpan().Count('\n'), "the last line has no newline");
        var first = Next();
        if (first.SequenceEqual(format)) return;
        var version = format.LastIndexOf('v') + 1;
        throw first.StartsWith(format.AsSpan(0, version)) && ExactText.TryParseNumber(first[version..], out _)
            ? new DocumentFormatException(1, $"the format is '{first}', not '{format}'", needsNewerVersion: true)
            : new DocumentFormatException(1, $"the first line is not '{format}'");
    }

    /// <summary>The number, from 1, of the line that was read last.</summary>
    internal int Line { get; private set; }

    /// <summary>Whether the next line has this key.</summary>
    internal bool NextIs(string key)
    {
        var rest = _text.AsSpan(_next);
        return rest.StartsWith(key) && rest.Length > key.Length && rest[key.Length] == ' ';
    }

    /// <summary>The value of the next line, which must have this key.</summary>
    internal string Value(string key) => Span(key).ToString();

    /// <summary>The value of the next line, which must have this key, in the text itself.</summary>
    internal ReadOnlySpan<char> Span(string key)
    {
        var expected = NextIs(key);
        var line = Next();
        return expected ? line[(key.Length + 1)..] : throw Error($"here stands no line '{key} …'");
    }

    /// <summary>A value of a given form.</summary>
    /// <param name="key">The line's key.</param>
    /// <param name="problem">What is wrong with a value, or null.</param>
    internal string Value(string key, Func<string, string?> problem)
    {
        var value = Value(key);
        return problem(value) is { } reason ? throw Error($"'{key}' {reason}") : value;
    }

    internal DateTimeOffset Time(string key) => AsTime(Value(key));

    internal long Number(string key, long least) => AsNumber(Value(key), least);

    internal VerifierKey Key(string key)
    {
        try
        {
            return VerifierKey.Parse(Value(key));
        }
        catch (KeyFormatException exception)
        {
            throw Error(exception.Message);
        }
    }

    /// <summary>The values of the next line, which must have this key and so many values.</summary>
    internal string[] Values(string key, int count)
    {
        var values = Value(key).Split(' ');
        return values.Length == count ? values : throw Error(string.Create(CultureInfo.InvariantCulture, $"'{key}' has {values.Length} values, not {count}"));
    }

    /// <summary>All lines of this key that come next, if any, which must be in the ordinal order of their names, each once.</summary>
    internal List<T> Sorted<T>(string key, Func<T, string> name, Func<LineReader, T> read)
    {
        var items = new List<T>();
        while (NextIs(key))
        {
            var item = read(this);
            if (items.Count > 0 && string.CompareOrdinal(name(items[^1]), name(item)) >= 0)
                throw Error($"the '{key}' lines are not in order, or one stands twice");
            items.Add(item);
        }

        return items;
    }

    internal DateTimeOffset AsTime(string value) => ExactText.TryParseTime(value, out var time)
        ? time
        : throw Error($"'{value}' is no time such as 2026-11-22T10:00:00Z");

    internal long AsNumber(string value, long least) => ExactText.TryParseNumber(value, out var number) && number >= least
        ? number
        : throw Error(string.Create(CultureInfo.InvariantCulture, $"'{value}' is no whole number from {least} to 2^53 - 1"));

    /// <summary>A root of a ledger's tree: the base64 of 32 bytes.</summary>
    internal string AsRoot(string value)
    {
        Span<byte> root = stackalloc byte[32];
        return ExactText.TryParseBase64(value, root) ? value : throw Error($"'{value}' is not the base64 of 32 bytes");
    }

    internal string AsLedger(string value) =>
        InstallationName.IsLedger(value) ? value : throw Error($"'{value}' is not the name of a ledger");

    /// <summary>Refuses a text that goes on, or that is not what its parts print.</summary>
    internal void End(string printed)
    {
        if (_next < _text.Length)
        {
            Next();
            throw Error("the text goes on after its last line");
        }

        if (OneSpelling.Difference(_text, printed) is var (line, reason))
            throw new DocumentFormatException(line, reason);
    }

    internal DocumentFormatException Error(string reason) => new(Line, reason);

    private ReadOnlySpan<char> Next()
    {
        Line++;
        var length = _text.AsSpan(_next).IndexOf('\n');
        if (length < 0) throw Error("the text ends too early");
        if (length > Limits.LineBytes) throw Error($"the line is longer than {Limits.LineBytes} characters");
        var line = _text.AsSpan(_next, length);
        _next += length + 1;
        return line;
    }
}
