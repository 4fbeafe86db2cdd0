using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Statements;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Statements;

/// <summary>Which days a statement is about.</summary>
public sealed class StatementPeriodTests
{
    [Theory]
    [InlineData(QuotaPeriod.Term, "2026-12-05T10:00:00Z", "2026-11-22", "2026-12-06")]
    [InlineData(QuotaPeriod.Term, "2026-12-05T00:00:00Z", "2026-11-22", "2026-12-05")]
    [InlineData(QuotaPeriod.Term, "2027-12-05T10:00:00Z", "2026-11-22", "2027-12-06")]
    [InlineData(QuotaPeriod.Term, "2025-12-05T10:00:00Z", "2026-11-22", "2026-11-23")]
    [InlineData(QuotaPeriod.Year, "2026-12-05T10:00:00Z", "2026-01-01", "2026-12-06")]
    [InlineData(QuotaPeriod.Year, "2027-01-01T00:00:00Z", "2026-01-01", "2027-01-01")]
    [InlineData(QuotaPeriod.Month, "2026-12-05T10:00:00Z", "2026-12-01", "2026-12-06")]
    [InlineData(QuotaPeriod.Month, "2027-01-01T00:00:01Z", "2027-01-01", "2027-01-02")]
    [InlineData(QuotaPeriod.Month, null, "2026-11-01", "2026-11-23")]
    [InlineData(QuotaPeriod.Month, "9999-12-31T23:59:59Z", "9999-12-01", "9999-12-31")]
    public void Without_days_a_statement_runs_from_the_quota_s_period_to_the_day_of_the_newest_receipt(
        QuotaPeriod per, string? newest, string from, string until)
    {
        var license = FleetVendor.Plan(1) with { Quota = new() { Per = per } };
        var at = newest is null ? (DateTimeOffset?)null : DateTimeOffset.Parse(newest, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(StatementPeriod.Days(from, until), StatementPeriod.Default(license, at));
    }

    [Fact]
    public void A_month_is_its_days() =>
        Assert.Equal(StatementPeriod.Days("2028-02-01", "2028-03-01"), StatementPeriod.Month("2028-02"));

    [Theory]
    [InlineData("2026-13")]
    [InlineData("2026-1")]
    [InlineData("2026-12-01")]
    [InlineData("1969-12")]
    [InlineData("9999-12")]
    [InlineData(" 2026-12")]
    [InlineData("")]
    public void What_is_no_month_is_refused_with_an_example(string text) =>
        Assert.Equal($"'{text}' is no month such as 2026-12", Assert.Throws<FormatException>(() => StatementPeriod.Month(text)).Message);

    [Theory]
    [InlineData("2026-02-29", "2026-03-01", "'2026-02-29' is no day such as 2026-12-01")]
    [InlineData("2026-02-28", "1.3.2026", "'1.3.2026' is no day such as 2026-12-01")]
    [InlineData("2026-02-28", "2026-02-28", "no day lies from 2026-02-28 until 2026-02-28: the second is the day after the last one")]
    public void Days_that_are_none_are_refused(string from, string until, string reason) =>
        Assert.Equal(reason, Assert.Throws<FormatException>(() => StatementPeriod.Days(from, until)).Message);
}
