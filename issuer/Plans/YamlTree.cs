using System.Text;
using OfflineLicense.Keys;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace OfflineLicense.Issuer.Plans;

/// <summary>
/// Reads YAML into nodes, and keeps from the parser what would hurt it: 40 KB of <c>[</c> would end the process, and
/// an alias bomb of 300 bytes take half a gigabyte. So size and nesting are bounded before the parser sees the text,
/// its events are pulled one by one and bounded again, and anchors, aliases, tags and second documents are refused.
/// No other file names YamlDotNet.
/// </summary>
internal sealed class YamlTree
{
    // Brackets count wherever they stand, also in quotes, where a closing one could hide an opening one from a count
    // of the depth alone; so their number is bounded too.
    private const int MaxOpeningBrackets = 1000;

    private readonly Parser _parser;

    private YamlTree(string boundedText) => _parser = new Parser(new StringReader(boundedText));

    /// <summary>Reads any YAML that a person may write: comments, flow style, every quoting.</summary>
    /// <exception cref="YamlFormatException">No YAML map, or too large, too deep, or with what is refused.</exception>
    internal static YamlMap ReadAny(string untrustedText)
    {
        CheckSize(untrustedText);
        CheckNesting(untrustedText);
        return new YamlTree(untrustedText).ReadDocument();
    }

    private static void CheckSize(string text)
    {
        if (text.Length > Limits.DocumentBytes || Encoding.UTF8.GetByteCount(text) > Limits.DocumentBytes)
            throw new YamlFormatException(1, $"the text is larger than {Limits.DocumentBytes} bytes");
    }

    private static void CheckNesting(string text)
    {
        int line = 1, depth = 0, openers = 0, indicators = 0;
        var lineBegins = true;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            // What stands before the first word of a line nests: "- - - x" is three lists.
            var isIndicator = c is '-' or '?' or ':' && (i + 1 == text.Length || char.IsWhiteSpace(text[i + 1]));
            lineBegins = c == '\n' || (lineBegins && (isIndicator || c is ' ' or '\t'));
            indicators = c == '\n' || !lineBegins ? 0 : isIndicator ? indicators + 1 : indicators;
            depth += c is '[' or '{' ? 1 : c is ']' or '}' && depth > 0 ? -1 : 0;
            openers += c is '[' or '{' ? 1 : 0;
            if (depth > Limits.YamlDepth || indicators > Limits.YamlDepth || openers > MaxOpeningBrackets)
                throw TooDeep(line);
            if (char.IsControl(c) && c is not ('\n' or '\r' or '\t'))
                throw new YamlFormatException(line, $"the line holds the control character U+{(int)c:X4}");
            line += c == '\n' ? 1 : 0;
        }
    }

    private YamlMap ReadDocument()
    {
        try
        {
            Next<StreamStart>();
            if (Next<ParsingEvent>() is not DocumentStart)
                throw new YamlFormatException(1, "the text holds no YAML");
            var root = ReadNode(Next<ParsingEvent>(), depth: 1);
            Next<DocumentEnd>();
            if (Next<ParsingEvent>() is DocumentStart second)
                throw new YamlFormatException(LineOf(second), "a second document begins; one file holds one");
            return root as YamlMap ?? throw new YamlFormatException(root.Line, "the text is no map of keys and values");
        }
        catch (YamlException e)
        {
            throw new YamlFormatException((int)e.Start.Line, $"not YAML: {LowerFirst(e.Message)}", e);
        }
        catch (Exception e) when (e is not YamlFormatException)
        {
            // The parser is another's: whatever it throws on some text means that the text is not read here.
            throw new YamlFormatException(_parser.Current is { } last ? LineOf(last) : 1, "not YAML", e);
        }
    }

    private YamlNode ReadNode(ParsingEvent current, int depth)
    {
        var line = LineOf(current);
        if (current is AnchorAlias)
            throw new YamlFormatException(line, "an alias (*) is not read here; write the value itself");
        if (current is NodeEvent { Anchor.IsEmpty: false })
            throw new YamlFormatException(line, "an anchor (&) is not read here; write the value itself");
        if (current is NodeEvent { Tag.IsEmpty: false })
            throw new YamlFormatException(line, "a tag (!) is not read here; leave it out");
        if (current is not Scalar && depth > Limits.YamlDepth)
            throw TooDeep(line);
        return current switch
        {
            Scalar scalar => new YamlScalar(line, scalar.Value, scalar.Style == ScalarStyle.Plain),
            SequenceStart => ReadList(line, depth),
            MappingStart => ReadMap(line, depth),
            _ => throw new YamlFormatException(line, "a value is missing"),
        };
    }

    private YamlList ReadList(int line, int depth)
    {
        var items = new List<YamlNode>();
        while (Next<ParsingEvent>() is var current and not SequenceEnd)
            items.Add(ReadNode(current, depth + 1));
        return new YamlList(line, items);
    }

    private YamlMap ReadMap(int line, int depth)
    {
        var entries = new List<YamlEntry>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (Next<ParsingEvent>() is var current and not MappingEnd)
        {
            if (ReadNode(current, depth + 1) is not YamlScalar key)
                throw new YamlFormatException(LineOf(current), "a key is a word or a text, not a list or map");
            if (!keys.Add(key.Value))
                throw new YamlFormatException(key.Line, $"the key '{key.Value}' stands twice");
            entries.Add(new YamlEntry(key.Value, key.Line, ReadNode(Next<ParsingEvent>(), depth + 1)));
        }

        return new YamlMap(line, entries);
    }

    private T Next<T>()
        where T : ParsingEvent =>
        _parser.MoveNext() && _parser.Current is T expected
            ? expected
            : throw new YamlFormatException(_parser.Current is { } current ? LineOf(current) : 1, "the text ends too early");

    private static YamlFormatException TooDeep(int line) =>
        new(line, $"nested more than {Limits.YamlDepth} levels deep");

    private static int LineOf(ParsingEvent current) => (int)current.Start.Line;

    private static string LowerFirst(string message) =>
        message.Length == 0 ? message : char.ToLowerInvariant(message[0]) + message[1..].TrimEnd('.');
}
