using System.Globalization;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Verifier.Ledger;

/// <summary>
/// The lines of a summary about its closed segments: for each block its segments, and the use in it. Days that follow each other
/// share a line, which has the use of each: seconds and core-seconds. Years of use are most of a summary, and a ledger's
/// opening waits until they are read.
/// <code>
/// block 0 9032 16 2026-11-22T10:00:00Z 2026-12-23T17:25:00Z
/// use 01JDA7X0R3Q8N5V2K6T9W4M1ZC 2026-11-22 300 2400 86400 691200 1200 4800
/// </code>
/// </summary>
internal static class LedgerBlockFormat
{
    private const string DayForm = "yyyy-MM-dd";

    // With the longest numbers that there are, a line has half of what a line may have.
    private const int DaysOfLine = 64;

    /// <summary>Reads all blocks that come next.</summary>
    /// <exception cref="DocumentFormatException">They are none, or do not follow each other from the ledger's beginning on.</exception>
    internal static List<LedgerBlock> Read(LineReader reader)
    {
        var blocks = new List<LedgerBlock>();
        while (reader.NextIs("block"))
        {
            var values = reader.Values("block", 5);
            var block = new LedgerBlock(reader.AsNumber(values[0], least: 0), segments: reader.AsNumber(values[2], least: 1));
            if (block.Start != (blocks is [.., var before] ? before.End : 0))
                throw reader.Error("a block does not begin where the one before ends");
            block.Extend(reader.AsNumber(values[1], least: block.Start + 1), reader.AsTime(values[3]), reader.AsTime(values[4]));
            while (reader.NextIs("use"))
                ReadUse(reader, block.Use);
            blocks.Add(block);
        }

        return blocks;
    }

    /// <summary>The lines of a block.</summary>
    /// <exception cref="ArgumentException">A number or a time cannot be written.</exception>
    internal static IEnumerable<string> Print(LedgerBlock block)
    {
        yield return string.Join(' ', "block", ExactText.FormatNumber(block.Start), ExactText.FormatNumber(block.End),
            ExactText.FormatNumber(block.Segments), ExactText.FormatTime(block.Earliest), ExactText.FormatTime(block.Latest));
        var line = new List<string>();
        var (license, next, left) = ("", 0, 0);
        foreach (var day in block.Use.Days(isAcknowledged: false).OrderBy(static day => day.License, StringComparer.Ordinal).ThenBy(static day => day.Day))
        {
            if (left == 0 || day.License != license || day.Day.DayNumber != next)
            {
                if (line.Count > 0)
                    yield return string.Join(' ', line);
                line = ["use", day.License, day.Day.ToString(DayForm, CultureInfo.InvariantCulture)];
                left = DaysOfLine;
            }

            line.Add(ExactText.FormatNumber(day.Seconds));
            line.Add(ExactText.FormatNumber(day.CoreSeconds));
            (license, next, left) = (day.License, day.Day.DayNumber + 1, left - 1);
        }

        if (line.Count > 0)
            yield return string.Join(' ', line);
    }

    private static void ReadUse(LineReader reader, DaysOfUse use)
    {
        var line = reader.Span("use");
        var license = Word(ref line).ToString();
        if (!DateOnly.TryParseExact(Word(ref line), DayForm, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            throw reader.Error("the line's second value is no day");
        for (var number = day.DayNumber; number <= DateOnly.MaxValue.DayNumber; number++)
        {
            if (!ExactText.TryParseNumber(Word(ref line), out var seconds) || !ExactText.TryParseNumber(Word(ref line), out var coreSeconds))
                throw reader.Error("after its first day a line has seconds and core-seconds, for each day two whole numbers to 2^53 - 1");
            use.Add(license, DateOnly.FromDayNumber(number), seconds, coreSeconds);
            if (line.IsEmpty)
                return;
        }

        throw reader.Error("the line leads past the year 9999");
    }

    // The next word, and what comes after the space behind it; nothing, where there is none.
    private static ReadOnlySpan<char> Word(ref ReadOnlySpan<char> line)
    {
        var end = line.IndexOf(' ');
        var word = end < 0 ? line : line[..end];
        line = end < 0 ? default : line[(end + 1)..];
        return word;
    }
}
