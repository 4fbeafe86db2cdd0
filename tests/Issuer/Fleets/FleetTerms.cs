using OfflineLicense.Verifier;

namespace OfflineLicense.Tests.Issuer.Fleets;

/// <summary>
/// The licenses of one customer of a drawn fleet: one for a term that may end in the midst of it, the renewal for after it, and those by
/// which frauds are committed. Immutable.
/// </summary>
internal sealed class FleetTerms
{
    private readonly FleetVendor _vendor;
    private readonly string _licensee;
    private readonly int _firstNumber;

    /// <summary>How many ids a fleet takes.</summary>
    internal const int Ids = 10;

    /// <param name="vendor">Who signs.</param>
    /// <param name="random">What decides.</param>
    /// <param name="fleet">The fleet's number in its books, from 0.</param>
    internal FleetTerms(FleetVendor vendor, Random random, int fleet)
    {
        (_vendor, _licensee, _firstNumber) = (vendor, FormattableString.Invariant($"Customer {fleet}"), fleet * Ids);
        Begin = FleetVendor.Plan(1).From;
        End = Begin.AddDays(random.Next(55, 85));
        Until = random.Next(2) == 0 ? Begin.AddDays(random.Next(20, 50)) : Begin.AddYears(1);
        Duration? mailEvery = random.Next(3) == 0 ? Duration.Parse("30d") : null;
        License Plan(int number) => Draft(number) with { Receipts = new LicenseReceipts { Every = Duration.Parse("1h"), MailEvery = mailEvery } };
        First = Issue(Plan(1) with { Until = Until, Grace = new LicenseGrace { Days = 14 } });
        Short = Issue(Plan(3) with { Until = Begin.AddDays(20), Grace = new LicenseGrace { Days = 2 } });
        Small = Issue(Plan(4) with { Quota = new LicenseQuota { NodeMinutes = 30 } });
        Bound = Issue(Plan(5) with { Installations = ["offline-license/mfrggzdfmztwq2lknnwg23tpoa"] });
        Amended = Issue(Plan(6));
        Amendment = Issue(Plan(7) with { Replaces = Amended.License.Id, Issued = Begin.AddDays(5) });
        Renewal = Issue(Plan(2) with { Replaces = First.License.Id, From = Until, Issued = Until.AddDays(-10), Until = Until.AddYears(1) });
    }

    /// <summary>The first second of everything.</summary>
    internal DateTimeOffset Begin { get; }

    /// <summary>When the fleet's story ends.</summary>
    internal DateTimeOffset End { get; }

    /// <summary>When the first term ends, which may be after the story.</summary>
    internal DateTimeOffset Until { get; }

    internal SignedLicense First { get; }

    internal SignedLicense Renewal { get; }

    /// <summary>One whose term ends early.</summary>
    internal SignedLicense Short { get; }

    /// <summary>One for half an hour.</summary>
    internal SignedLicense Small { get; }

    /// <summary>One for another installation.</summary>
    internal SignedLicense Bound { get; }

    /// <summary>One whose place <see cref="Amendment"/> took early.</summary>
    internal SignedLicense Amended { get; }

    internal SignedLicense Amendment { get; }

    /// <summary>All that are in the vendor's books.</summary>
    internal IEnumerable<SignedLicense> Issued => [First, Renewal, Short, Small, Bound, Amended, Amendment];

    /// <summary>A license of this customer that a fraud needs, not signed yet; numbers from 3 on.</summary>
    internal License Draft(int number) => FleetVendor.Plan(_firstNumber + number, _licensee);

    /// <summary>Signs it.</summary>
    internal SignedLicense Issue(License license) => _vendor.Issue(license);
}
