using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using static System.FormattableString;

namespace OfflineLicense.Issuer.Import;

/// <summary>
/// Judges a ledger by what it proves, never by who mailed it: whose it is, and what about its licenses and its dates a person
/// has to know of. It is judged anew at every import, so a license that reaches the registry later mends what was unknown.
/// </summary>
internal static class LedgerJudge
{
    private static readonly FindingKind[] Kinds =
        [FindingKind.ClockAhead, FindingKind.ClockUnsteady, FindingKind.WrongInstallation, FindingKind.UnknownLicense, FindingKind.AlteredLicense];

    // What a node has to run before the date that it goes by cannot be undone; all that is less mends itself.
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(1);

    /// <summary>How often in a day a clock is set before it is told: as often as a working day has hours.</summary>
    internal const int ManyClockSteps = 8;

    /// <summary>The customers whose licenses a ledger proves, in order.</summary>
    internal static IReadOnlyList<Customer> CustomersOf(string ledger, IEnumerable<LicenseClaim> claims, LicenseBook book) =>
        [.. Proven(ledger, claims, book).Select(static license => new Customer(license.Product, license.Licensee))
            .Distinct().OrderBy(static customer => customer.Product, StringComparer.Ordinal).ThenBy(static customer => customer.Licensee, StringComparer.Ordinal)];

    /// <summary>Makes a ledger's findings be what its claims make them now.</summary>
    /// <returns>The customers whose licenses it proves.</returns>
    internal static IReadOnlyList<Customer> Judge(RegistryTransaction transaction, string ledger, LicenseBook book, DateTimeOffset now)
    {
        var claims = new UseTable(transaction).Claims(ledger);
        var customers = CustomersOf(ledger, claims, book);
        var findings = claims.Select(claim => OfClaim(ledger, claim, book, customers, now)).OfType<Finding>()
            .Concat(Proven(ledger, claims, book).Select(license => OfInstallation(ledger, license, now)).OfType<Finding>())
            .DistinctBy(static finding => (finding.Kind, finding.Subject)).ToList();
        var table = new FindingTable(transaction);
        if (OfClock(transaction, ledger, customers, now) is { } ahead)
            findings.Add(ahead);
        if (OfClockSteps(transaction, ledger, customers, now) is { } unsteady)
            findings.Add(unsteady);
        table.CloseMended(ledger, Kinds, findings, now);
        foreach (var finding in findings)
            table.Renew(finding);
        return customers;
    }

    private static IEnumerable<StoredLicense> Proven(string ledger, IEnumerable<LicenseClaim> claims, LicenseBook book)
    {
        foreach (var claim in claims)
        {
            if (book.Judge(ledger, claim, out var license) == ClaimVerdict.Proven)
                yield return license!;
        }
    }

    private static Finding? OfClaim(string ledger, LicenseClaim claim, LicenseBook book, IReadOnlyList<Customer> customers, DateTimeOffset now)
    {
        var verdict = book.Judge(ledger, claim, out _);
        return verdict == ClaimVerdict.Proven ? null : new Finding
        {
            Kind = verdict == ClaimVerdict.Altered ? FindingKind.AlteredLicense : FindingKind.UnknownLicense,
            Ledger = ledger,
            Subject = claim.License,
            Customer = customers.Count > 0 ? customers[0] : null,
            Evidence = verdict == ClaimVerdict.Altered
                ? $"ledger {ledger} holds a text of license {claim.License} that is not the issued one"
                : claim.Holds.Length == 0
                    ? $"ledger {ledger} has use of license {claim.License} without a proof of it"
                    : $"ledger {ledger} has use of license {claim.License}, which is in no entry of the registry",
            FoundAt = now,
        };
    }

    // By its newest receipt: a node whose clock was ahead, and which is back in its time, needs nothing more.
    private static Finding? OfClock(RegistryTransaction transaction, string ledger, IReadOnlyList<Customer> customers, DateTimeOffset now)
    {
        if (new LedgerTable(transaction).Find(ledger)?.Standing.LastAt is not { } newest || newest - now <= Ahead)
            return null;
        var told = new FindingTable(transaction).OfLedger(ledger).Find(static finding => finding.Kind == FindingKind.ClockAhead && finding.ClosedAt is null);
        return new Finding
        {
            Kind = FindingKind.ClockAhead,
            Ledger = ledger,

            // What goes on is told once; a clock that is wrong again after that is told again.
            Subject = told?.Subject ?? ExactText.FormatTime(newest),
            Customer = customers.Count > 0 ? customers[0] : null,
            Evidence = $"ledger {ledger} is dated up to {Words.Date(newest)}, and here it is {Words.Date(now)}",
            FoundAt = now,
        };
    }

    // Minutes in which a clock was set are left out of the peak of cores, so who sets it all day is to be seen.
    private static Finding? OfClockSteps(RegistryTransaction transaction, string ledger, IReadOnlyList<Customer> customers, DateTimeOffset now)
    {
        var days = new UseTable(transaction).ClockDays(ledger, ManyClockSteps);
        return days.Count == 0 ? null : new Finding
        {
            Kind = FindingKind.ClockUnsteady,
            Ledger = ledger,
            Subject = "steps",
            Customer = customers.Count > 0 ? customers[0] : null,
            Evidence = Invariant($"the clock of ledger {ledger} was set {days[^1].Steps} times on {days[^1].Day:yyyy-MM-dd}, and {ManyClockSteps} times or more on {Words.Count(days.Count, "day")} in all"),
            Basis = Invariant($"{days[^1].Day:yyyy-MM}"),
            FoundAt = now,
        };
    }

    private static Finding? OfInstallation(string ledger, StoredLicense license, DateTimeOffset now)
    {
        var bound = license.License.Installations;
        var installation = InstallationName.InstallationOf(ledger);
        if (bound.Contains(installation, StringComparer.Ordinal))
            return null;
        var customer = new Customer(license.Product, license.Licensee);
        return bound.Count > 0
            ? new Finding
            {
                Kind = FindingKind.WrongInstallation,
                Ledger = ledger,
                Subject = license.Id,
                Customer = customer,
                Evidence = Invariant($"license {license.Id} is bound to other installations, {bound.Count} in all, and ledger {ledger} used it"),
                FoundAt = now,
            }
            : new Finding
            {
                Kind = FindingKind.NewInstallation,

                // One for all of its ledgers: pods come and go, and an installation is confirmed once.
                Ledger = installation,
                Subject = $"{customer.Product}\n{customer.Licensee}",
                Customer = customer,
                Evidence = $"receipts of installation {installation} prove a license of {customer.Licensee}",
                FoundAt = now,
            };
    }
}
