using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Statements;

namespace OfflineLicense.Tests.Verifier.Statements;

/// <summary>A clerk's desk: licenses of one vendor, and statements of them for any days and ledgers.</summary>
internal sealed class StatementDesk : IDisposable
{
    private readonly FleetVendor _vendor = new();
    private readonly List<SignedLicense> _issued = [];

    /// <summary>The day that the first license's term begins with.</summary>
    internal static DateTimeOffset TermBegin { get; } = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A moment of December 2026.</summary>
    internal static DateTimeOffset December(int day, int hour = 0, int minute = 0, int second = 0) =>
        new(2026, 12, day, hour, minute, second, TimeSpan.Zero);

    internal static StatementPeriod Month { get; } = StatementPeriod.Month("2026-12");

    /// <summary>All the days that any test has to do with.</summary>
    internal static StatementPeriod Ever { get; } = StatementPeriod.Days("2026-01-01", "2029-01-01");

    /// <summary>Issues a license; it is known to the statements from then on.</summary>
    internal SignedLicense Issue(int number, Func<License, License>? change = null)
    {
        var plan = FleetVendor.Plan(number);
        var issued = _vendor.Issue(change?.Invoke(plan) ?? plan);
        _issued.Add(issued);
        return issued;
    }

    /// <summary>A license that somebody signed with a stolen key: right in every way, and never issued.</summary>
    internal SignedLicense Forge(int number, Func<License, License> change) => _vendor.Issue(change(FleetVendor.Plan(number)));

    internal StatementRequest Request(SignedLicense newest, StatementPeriod period) => new()
    {
        Newest = StatementLicense.Of(newest),
        Known = [.. _issued.Select(StatementLicense.Of)],
        Period = period,
    };

    internal Statement Of(SignedLicense newest, StatementPeriod period, params IEnumerable<StatementLedger> ledgers) =>
        Statement.Of(Request(newest, period), ledgers);

    internal string Print(SignedLicense newest, StatementPeriod period, params IEnumerable<StatementLedger> ledgers) =>
        Statement.Print(Request(newest, period), ledgers);

    /// <summary>All that a node wrote.</summary>
    internal static StatementLedger Whole(FleetNode node) => new() { Name = node.Ledger, Receipts = node.Receipts };

    /// <summary>A part of what a node wrote.</summary>
    internal static StatementLedger Part(FleetNode node, int from, int until) =>
        new() { Name = node.Ledger, Receipts = node.Receipts.Take(from..until) };

    /// <summary>What a node wrote, but for some receipts.</summary>
    internal static StatementLedger Without(FleetNode node, Func<Receipt, bool> isMissing) =>
        new() { Name = node.Ledger, Receipts = node.Receipts.Where(receipt => !isMissing(receipt)) };

    public void Dispose() => _vendor.Dispose();
}
