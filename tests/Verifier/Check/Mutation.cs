using System.Globalization;
using static System.FormattableString;

namespace OfflineLicense.Tests.Verifier.Check;

/// <summary>One random change of a text's lines: what mail, editors, disks and people do to files, and what attackers try.</summary>
internal static class Mutation
{
    private static readonly string[] s_pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\\", " ", "\r", "\0", "\t", "0", "00", "-1", "+1", "1e3", "1.0", "9007199254740991", "9007199254740992",
        "null", "true", "[]", "{}", "[[]]", "{\"a\":1}", ",\"a\":1", ",\"a\":[1,{\"b\":\"c\"}]", ",\"a\":{\"b\":1}", "\u00e9", "\u2014", "usage", "weather",
        "2026-02-30T00:00:00Z", "2026-11-22T10:00:60Z", "1969-12-31T23:59:59Z", "2026-11-22T10:00:00+00:00", "offline-license/receipts/v1", "offline-license/receipts/v2",
    ];

    /// <summary>Changes the lines, and says how.</summary>
    internal static string Of(Random random, List<string> lines)
    {
        var line = random.Next(lines.Count);
        var at = random.Next(lines[line].Length + 1);
        switch (random.Next(8))
        {
            case 0:
                lines.RemoveAt(line);
                return Invariant($"line {line + 1} left out");
            case 1:
                lines.Insert(line, lines[random.Next(lines.Count)]);
                return Invariant($"a line doubled at {line + 1}");
            case 2:
                var other = random.Next(lines.Count);
                (lines[line], lines[other]) = (lines[other], lines[line]);
                return Invariant($"lines {line + 1} and {other + 1} exchanged");
            case 3:
                var piece = s_pieces[random.Next(s_pieces.Length)];
                lines[line] = lines[line].Insert(at, piece);
                return Invariant($"'{piece}' put into line {line + 1} at {at}");
            case 4:
                lines[line] = lines[line].Remove(at, Math.Min(lines[line].Length - at, random.Next(1, 12)));
                return Invariant($"line {line + 1} shortened at {at}");
            case 5:
                lines[line] = lines[line].Insert(at, new string((char)random.Next(0x20, 0x7F), random.Next(1, 5000)));
                return Invariant($"line {line + 1} made long at {at}");
            case 6:
                lines[line] = lines[line].Replace(
                    random.Next(10).ToString(CultureInfo.InvariantCulture), random.Next(100).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
                return Invariant($"digits of line {line + 1} exchanged");
            default:
                var all = string.Join('\n', lines);
                lines.Clear();
                lines.AddRange((all + all).Split('\n'));
                return "the file twice";
        }
    }
}
