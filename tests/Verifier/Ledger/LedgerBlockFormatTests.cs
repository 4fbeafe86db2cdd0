using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using Xunit;
using static System.FormattableString;

namespace OfflineLicense.Tests.Verifier.Ledger;

public sealed class LedgerBlockFormatTests
{
    private const string Block = "block 0 9 2 2026-11-22T10:00:00Z 2026-12-23T17:25:00Z\n";

    [Fact]
    public void Days_that_follow_each_other_share_a_line_and_a_day_apart_begins_another()
    {
        const string Text = Block
            + "use A 2026-11-30 1 2 3 4\n"
            + "use A 2026-12-03 300 2400\n"
            + "use B 2026-11-29 5 6\n"
            + "block 9 12 1 2026-12-23T17:30:00Z 2026-12-23T17:40:00Z\n";
        var blocks = Read(Text);
        Assert.Equal(Text, Print(blocks));
        Assert.Equal([(0, 9, 2), (9, 12, 1)], blocks.Select(static block => (block.Start, block.End, block.Segments)));
        Assert.Equal(
            [("A", 30, 1, 2), ("A", 1, 3, 4), ("A", 3, 300, 2400), ("B", 29, 5, 6)],
            blocks[0].Use.Days(isAcknowledged: false).Select(static day => (day.License, day.Day.Day, day.Seconds, day.CoreSeconds)));
    }

    [Fact]
    public void Years_of_the_longest_numbers_fit_the_lines_that_a_note_may_have()
    {
        var block = new LedgerBlock(0);
        block.Extend(1, LedgerSamples.Begin, LedgerSamples.Begin);
        for (var day = 0; day < 3_650; day++)
            block.Use.Add(LedgerSamples.LicenseId, new DateOnly(2026, 11, 22).AddDays(day), OfflineLicense.Keys.Limits.Number, OfflineLicense.Keys.Limits.Number);
        var text = Print([block]);
        Assert.InRange(text.Split('\n').Max(static line => line.Length), 100, OfflineLicense.Keys.Limits.LineBytes / 2 + 200);
        Assert.Equal(text, Print(Read(text)));
    }

    [Fact]
    public void The_last_day_of_the_calendar_is_a_day_and_none_follows_it()
    {
        const string Last = Block + "use A 9999-12-30 1 2 3 4\n";
        Assert.Equal(Last, Print(Read(Last)));
        Assert.Contains("past the year 9999", Refused(Block + "use A 9999-12-31 1 2 3 4\n"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("use A 2026-11-30 1\n", "for each day two whole numbers")]
    [InlineData("use A 2026-11-30\n", "for each day two whole numbers")]
    [InlineData("use A 2026-11-30 1 2 3\n", "for each day two whole numbers")]
    [InlineData("use A 2026-11-30 1  2\n", "for each day two whole numbers")]
    [InlineData("use A 2026-11-30 1 -2\n", "for each day two whole numbers")]
    [InlineData("use A 2026-11-31 1 2\n", "no day")]
    [InlineData("use A\n", "no day")]
    [InlineData("block 8 12 1 2026-12-23T17:30:00Z 2026-12-23T17:40:00Z\n", "does not begin where the one before ends")]
    [InlineData("block 9 9 1 2026-12-23T17:30:00Z 2026-12-23T17:40:00Z\n", "no whole number from 10")]
    [InlineData("block 9 12 0 2026-12-23T17:30:00Z 2026-12-23T17:40:00Z\n", "no whole number from 1")]
    [InlineData("block 9 12 2026-12-23T17:30:00Z 2026-12-23T17:40:00Z\n", "4 values, not 5")]
    public void What_is_no_block_is_refused(string lines, string reason) => Assert.Contains(reason, Refused(Block + lines), StringComparison.Ordinal);

    private static List<LedgerBlock> Read(string text) => LedgerBlockFormat.Read(new LineReader("x/v1\n" + text, "x/v1"));

    private static string Refused(string text) => Assert.Throws<DocumentFormatException>(() => Read(text)).Message;

    private static string Print(IReadOnlyList<LedgerBlock> blocks) =>
        string.Concat(blocks.SelectMany(LedgerBlockFormat.Print).Select(static line => Invariant($"{line}\n")));
}
