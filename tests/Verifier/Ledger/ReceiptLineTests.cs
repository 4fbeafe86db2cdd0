using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Ledger;

public sealed class ReceiptLineTests
{
    public static TheoryData<int> Kinds => [.. Enumerable.Range(0, LedgerSamples.OfEveryKind.Count)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_kind_of_receipt_comes_back_from_its_line(int index)
    {
        var receipt = LedgerSamples.OfEveryKind[index] with { Seq = 41 };
        var line = ReceiptLine.Print(receipt);
        Assert.Equal(receipt, ReceiptLine.Parse(line));
        Assert.Equal(line, ReceiptLine.Print(ReceiptLine.Parse(line)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_a_changed_byte_leaves_readable_prints_back_to_itself(int index)
    {
        var line = ReceiptLine.Print(LedgerSamples.OfEveryKind[index]);
        for (var position = 0; position < line.Length; position++)
        {
            for (var value = 0; value < 256; value++)
            {
                var changed = (byte[])line.Clone();
                changed[position] = (byte)value;
                try
                {
                    Assert.Equal(changed, ReceiptLine.Print(ReceiptLine.Parse(changed)));
                }
                catch (ReceiptFormatException refused)
                {
                    Assert.InRange(refused.Column, 1, line.Length + 1);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_line_that_ends_early_or_late_is_no_receipt(int index)
    {
        var line = ReceiptLine.Print(LedgerSamples.OfEveryKind[index]);
        for (var length = 0; length < line.Length; length++)
            Assert.Throws<ReceiptFormatException>(() => ReceiptLine.Parse(line.AsSpan(0, length)));
        Assert.Throws<ReceiptFormatException>(() => ReceiptLine.Parse([.. line, (byte)' ']));
        Assert.Throws<ReceiptFormatException>(() => ReceiptLine.Parse([.. line, (byte)'}']));
    }

    [Theory]
    [InlineData("{\"seq\":0,\"kind\":\"stop\",\"at\":\"2026-11-22T10:00:00Z\",\"more\":1}")]
    [InlineData("{\"kind\":\"stop\",\"seq\":0,\"at\":\"2026-11-22T10:00:00Z\"}")]
    [InlineData("{\"seq\": 0,\"kind\":\"stop\",\"at\":\"2026-11-22T10:00:00Z\"}")]
    [InlineData("{\"seq\":00,\"kind\":\"stop\",\"at\":\"2026-11-22T10:00:00Z\"}")]
    [InlineData("{\"seq\":+1,\"kind\":\"stop\",\"at\":\"2026-11-22T10:00:00Z\"}")]
    [InlineData("{\"seq\":-1,\"kind\":\"stop\",\"at\":\"2026-11-22T10:00:00Z\"}")]
    [InlineData("{\"seq\":1.0,\"kind\":\"stop\",\"at\":\"2026-11-22T10:00:00Z\"}")]
    [InlineData("{\"seq\":9007199254740992,\"kind\":\"stop\",\"at\":\"2026-11-22T10:00:00Z\"}")]
    [InlineData("{\"seq\":\"0\",\"kind\":\"stop\",\"at\":\"2026-11-22T10:00:00Z\"}")]
    [InlineData("{\"seq\":0,\"kind\":\"stop\",\"at\":\"2026-02-29T10:00:00Z\"}")]
    [InlineData("{\"seq\":0,\"kind\":\"stop\",\"at\":\"2026-11-22T24:00:00Z\"}")]
    [InlineData("{\"seq\":0,\"kind\":\"stop\",\"at\":\"2026-11-22T10:00:00+00:00\"}")]
    [InlineData("{\"seq\":0,\"kind\":\"st\\u006fp\",\"at\":\"2026-11-22T10:00:00Z\"}")]
    [InlineData("{\"seq\":0,\"kind\":\"wétter\",\"at\":\"2026-11-22T10:00:00Z\"}")]
    [InlineData("{\"seq\":0,\"kind\":\"weather\",\"at\":\"2026-11-22T10:00:00Z\",\"sky\":{\"deep\":1}}")]
    [InlineData("{\"seq\":0,\"kind\":\"weather\",\"at\":\"2026-11-22T10:00:00Z\",\"sky\":[[1]]}")]
    [InlineData("{\"seq\":0,\"kind\":\"weather\",\"at\":\"2026-11-22T10:00:00Z\",\"sky\":[{}]}")]
    [InlineData("{\"seq\":0,\"kind\":\"weather\",\"at\":\"2026-11-22T10:00:00Z\",\"sky\":true}")]
    [InlineData("{\"seq\":0,\"kind\":\"weather\",\"at\":\"2026-11-22T10:00:00Z\",\"sky\":[1,]}")]
    [InlineData("{\"seq\":0,\"kind\":\"state\",\"at\":\"2026-11-22T10:00:00Z\",\"state\":\"Grace\",\"reasons\":[,]}")]
    public void Json_in_another_spelling_is_no_receipt(string line) =>
        Assert.Throws<ReceiptFormatException>(() => ReceiptLine.Parse(LedgerSamples.Utf8(line)));

    [Fact]
    public void A_state_that_does_not_exist_is_kept_for_a_finding()
    {
        var state = Assert.IsType<StateReceipt>(ReceiptLine.Parse(
            "{\"seq\":0,\"kind\":\"state\",\"at\":\"2026-11-22T10:00:00Z\",\"state\":\"Drunk\",\"reasons\":[]}"u8));
        Assert.Equal("Drunk", state.State.Word);
        Assert.Null(state.State.Known);
    }

    [Fact]
    public void A_known_state_is_compared_as_one()
    {
        foreach (var state in Enum.GetValues<LicenseState>())
            Assert.Equal(state, new StateWord(state.ToString()).Known);
        Assert.True(LedgerSamples.Licensed.State == LicenseState.Licensed);
    }

    [Fact]
    public void An_error_says_what_was_expected_and_where()
    {
        var wrong = Assert.Throws<ReceiptFormatException>(() => ReceiptLine.Parse("{\"seq\":0,\"kynd\":"u8));
        Assert.Equal(9, wrong.Column);
        Assert.Equal("expected ,\"kind\":", wrong.Reason);
    }

    [Theory]
    [InlineData("quote\"")]
    [InlineData("back\\slash")]
    [InlineData("new\nline")]
    [InlineData("ümlaut")]
    public void A_string_that_would_need_escapes_is_never_written(string text) =>
        Assert.Throws<ArgumentException>(() => ReceiptLine.Print(LedgerSamples.License("x") with { License = text }));

    [Fact]
    public void Times_and_numbers_out_of_range_are_never_written()
    {
        Assert.ThrowsAny<ArgumentException>(() => ReceiptLine.Print(LedgerSamples.Stop with { At = LedgerSamples.Begin.AddTicks(1) }));
        Assert.ThrowsAny<ArgumentException>(() => ReceiptLine.Print(LedgerSamples.Stop with { At = LedgerSamples.Begin.ToOffset(TimeSpan.FromHours(1)) }));
        Assert.ThrowsAny<ArgumentException>(() => ReceiptLine.Print(LedgerSamples.Usage(1) with { Cores = -1 }));
        Assert.ThrowsAny<ArgumentException>(() => ReceiptLine.Print(LedgerSamples.Usage(1) with { Cores = Limits.Number + 1 }));
    }

    [Fact]
    public void A_receipt_has_at_most_four_kibibytes()
    {
        var reasons = Enumerable.Repeat(new HeldReason(ReasonCode.TermEnded, LedgerSamples.Begin), 100).ToArray();
        Assert.Throws<ArgumentException>(() => ReceiptLine.Print(LedgerSamples.Licensed with { Reasons = reasons }));
        var tooLong = Encoding.ASCII.GetBytes($"{{\"seq\":0,\"kind\":\"{new string('k', Limits.ReceiptBytes)}\",\"at\":\"2026-11-22T10:00:00Z\"}}");
        Assert.Throws<ReceiptFormatException>(() => ReceiptLine.Parse(tooLong));
    }
}
