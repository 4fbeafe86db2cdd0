using OfflineLicense.Issuer.Batch;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Batch;

public sealed class CsvTextTests
{
    [Theory]
    [InlineData("a,b\r\nc,d\r\n", "1:a|b 2:c|d")]
    [InlineData("a,b\nc,d", "1:a|b 2:c|d")]
    [InlineData("a", "1:a")]
    [InlineData(",", "")]
    [InlineData("", "")]
    [InlineData("\n\r\n,,\nx", "4:x")]
    [InlineData("a,\n,b\n", "1:a| 2:|b")]
    [InlineData(" a , b ", "1: a | b ")] // white space is part of a field
    [InlineData("\"a\",\"b\"\n", "1:a|b")]
    [InlineData("\"a,b\",c", "1:a,b|c")]
    [InlineData("\"say \"\"hi\"\"\",\"\"", "1:say \"hi\"|")]
    [InlineData("\"a\r\nb\",c\nd,e", "1:a\r\nb|c 3:d|e")]
    [InlineData("\"\"\"\"", "1:\"")]
    public void Fields_and_lines_are_read_as_RFC_4180_has_them(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', CsvText.Read(text).Select(static record => FormattableString.Invariant($"{record.Line}:{string.Join('|', record.Fields)}"))));

    [Theory]
    [InlineData("a\nb\"c", 2, "a quote stands within a field")]
    [InlineData("a\n\"b\"c", 2, "a field goes on after its closing quote")]
    [InlineData("a\n\"b\"\"\nc\n", 2, "a quote is opened and never closed")]
    [InlineData("a\rb", 1, "a carriage return stands alone")]
    [InlineData("\"a\"\rb", 1, "a carriage return stands alone")]
    [InlineData("\"a\nb\"x", 2, "a field goes on after its closing quote")]
    public void What_is_no_CSV_is_refused_with_its_line(string text, int line, string reason)
    {
        var error = Assert.Throws<CsvFormatException>(() => CsvText.Read(text).Count());
        Assert.Equal((line, reason), (error.Line, error.Reason));
    }

    [Fact]
    public void Whatever_is_written_with_quotes_reads_back()
    {
        const int seed = 20261122;
        var random = new Random(seed);
        for (var round = 0; round < 500; round++)
        {
            var rows = Enumerable.Range(0, random.Next(1, 5)).Select(_ => Enumerable.Range(0, 3).Select(_ => Field(random)).ToList()).ToList();
            var text = string.Join("\r\n", rows.Select(static row => string.Join(',', row.Select(static field => $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\""))));
            var read = CsvText.Read(text).Select(static record => string.Join('\u0001', record.Fields));
            Assert.True(rows.Where(static row => row.Exists(static field => field.Length > 0)).Select(static row => string.Join('\u0001', row)).SequenceEqual(read), FormattableString.Invariant($"seed {seed}, round {round}: {text}"));
        }
    }

    private static string Field(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(0, 6)).Select(_ => "a,\"\r\n é;"[random.Next(0, 8)]));
}
