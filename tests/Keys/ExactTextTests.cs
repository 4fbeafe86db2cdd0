using System.Buffers;
using System.Globalization;
using System.Text;
using OfflineLicense.Keys;
using Xunit;

namespace OfflineLicense.Tests.Keys;

public sealed class ExactTextTests
{
    [Theory]
    [InlineData("1970-01-01T00:00:00Z")]
    [InlineData("2026-11-22T10:05:59Z")]
    [InlineData("2024-02-29T23:59:59Z")]
    [InlineData("2000-02-29T00:00:00Z")]
    [InlineData("9999-12-31T23:59:59Z")]
    public void A_time_prints_back_to_the_same_bytes(string text)
    {
        Assert.True(ExactText.TryParseTime(text, out var time));
        Assert.True(ExactText.TryParseTime(Encoding.UTF8.GetBytes(text), out var same));
        Assert.Equal(time, same);
        Assert.Equal(DateTimeOffset.Parse(text, CultureInfo.InvariantCulture), time);
        Assert.Equal(text, ExactText.FormatTime(time));
        Assert.Equal(text, Written(writer => ExactText.AppendTime(writer, time)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1969-12-31T23:59:59Z")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("2026-02-29T00:00:00Z")]
    [InlineData("2100-02-29T00:00:00Z")]
    [InlineData("2026-13-01T00:00:00Z")]
    [InlineData("2026-00-01T00:00:00Z")]
    [InlineData("2026-04-31T00:00:00Z")]
    [InlineData("2026-04-00T00:00:00Z")]
    [InlineData("2026-11-22T24:00:00Z")]
    [InlineData("2026-11-22T23:60:00Z")]
    [InlineData("2026-12-31T23:59:60Z")]
    [InlineData("2026-11-22 10:00:00Z")]
    [InlineData("2026-11-22t10:00:00Z")]
    [InlineData("2026-11-22T10:00:00z")]
    [InlineData("2026-11-22T10:00:00")]
    [InlineData("2026-11-22T10:00:00.0Z")]
    [InlineData("2026-11-22T10:00:00+00:00")]
    [InlineData("+026-11-22T10:00:00Z")]
    [InlineData("2026-11-22T10:00: 0Z")]
    [InlineData("2026-11-22T1٠:00:00Z")]
    [InlineData("12026-11-22T10:00:00Z")]
    public void What_is_no_real_time_in_its_one_spelling_is_refused(string text)
    {
        Assert.False(ExactText.TryParseTime(text, out _));
        Assert.False(ExactText.TryParseTime(Encoding.UTF8.GetBytes(text), out _));
    }

    [Fact]
    public void Only_whole_seconds_of_UTC_from_1970_on_are_printed()
    {
        var time = new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
        Assert.Throws<ArgumentException>(() => ExactText.FormatTime(time.AddTicks(1)));
        Assert.Throws<ArgumentException>(() => ExactText.FormatTime(time.ToOffset(TimeSpan.FromHours(1))));
        Assert.Throws<ArgumentException>(() => ExactText.FormatTime(DateTimeOffset.UnixEpoch.AddSeconds(-1)));
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("7", 7)]
    [InlineData("1051200", 1051200)]
    [InlineData("9007199254740991", 9007199254740991)]
    public void A_number_prints_back_to_the_same_bytes(string text, long expected)
    {
        Assert.True(ExactText.TryParseNumber(text, out var number));
        Assert.True(ExactText.TryParseNumber(Encoding.UTF8.GetBytes(text), out var same));
        Assert.Equal((expected, expected), (number, same));
        Assert.Equal(text, ExactText.FormatNumber(number));
        Assert.Equal(text, Written(writer => ExactText.AppendNumber(writer, number)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("01")]
    [InlineData("-0")]
    [InlineData("-1")]
    [InlineData("+5")]
    [InlineData(" 5")]
    [InlineData("5 ")]
    [InlineData("5.0")]
    [InlineData("5e3")]
    [InlineData("1_000")]
    [InlineData("٥")]
    [InlineData("9007199254740992")]
    [InlineData("9999999999999999")]
    [InlineData("10000000000000000")]
    public void What_is_no_whole_number_in_its_one_spelling_is_refused(string text)
    {
        Assert.False(ExactText.TryParseNumber(text, out _));
        Assert.False(ExactText.TryParseNumber(Encoding.UTF8.GetBytes(text), out _));
    }

    [Fact]
    public void A_number_out_of_range_is_not_printed()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ExactText.FormatNumber(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ExactText.FormatNumber(Limits.Number + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Written(writer => ExactText.AppendNumber(writer, -1)));
    }

    [Fact]
    public void Base64_of_every_length_prints_back_and_no_other_spelling_is_read()
    {
        for (var length = 0; length < 70; length++)
        {
            var bytes = Enumerable.Range(1, length).Select(i => (byte)(i * 37 % 256)).ToArray();
            var text = ExactText.FormatBase64(bytes);
            Assert.Equal(text, Written(writer => ExactText.AppendBase64(writer, bytes)));
            Assert.True(ExactText.TryParseBase64(text, out byte[] read));
            Assert.Equal(bytes, read);
            var exact = new byte[length];
            Assert.True(ExactText.TryParseBase64(Encoding.UTF8.GetBytes(text), exact.AsSpan()));
            Assert.Equal(bytes, exact);
            Assert.False(ExactText.TryParseBase64(text, new byte[length + 1].AsSpan()));
            if (length > 0)
                Assert.False(ExactText.TryParseBase64(text, new byte[length - 1].AsSpan()));
            foreach (var c in " \n=A")
            {
                for (var i = 0; i <= text.Length; i++)
                    Assert.False(ExactText.TryParseBase64(text.Insert(i, c.ToString()), out byte[] _) && c != 'A');
            }
        }
    }

    [Theory]
    [InlineData("A")]
    [InlineData("AA")]
    [InlineData("AAA")]
    [InlineData("=")]
    [InlineData("====")]
    [InlineData("A===")]
    [InlineData("AB==")]
    [InlineData("AAB=")]
    [InlineData("AA==AA==")]
    [InlineData("AA=A")]
    [InlineData("AAA\n")]
    [InlineData("AA\n==")]
    [InlineData("    ")]
    [InlineData("AAAA    ")]
    [InlineData("AAA-")]
    [InlineData("AAA_")]
    [InlineData("AAAé")]
    public void Base64_in_another_spelling_is_refused(string text) =>
        Assert.False(ExactText.TryParseBase64(text, out byte[] _));

    private static string Written(Action<IBufferWriter<byte>> append)
    {
        var writer = new ArrayBufferWriter<byte>();
        append(writer);
        return Encoding.UTF8.GetString(writer.WrittenSpan);
    }
}
