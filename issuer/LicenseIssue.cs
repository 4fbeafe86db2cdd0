using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Plans;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Issuer;

/// <summary>
/// Signs a license and records it, in one transaction of the registry: the date, the rules and the record agree also
/// when two clerks sign at once.
/// </summary>
internal sealed record LicenseIssue
{
    /// <summary>What is asked for, with what the home adds: <see cref="Complete"/>.</summary>
    internal required LicensePlan Plan { get; init; }

    /// <summary>What customers believe: each license is read with it before it is recorded.</summary>
    internal required Trust Trust { get; init; }

    /// <summary>The machine's clock.</summary>
    internal required TimeProvider Time { get; init; }

    /// <summary>Whether a person says that the machine's date is right.</summary>
    internal bool DateIsRight { get; init; }

    /// <summary>Whether the customer is to have this license beside another live one.</summary>
    internal bool IsSeparate { get; init; }

    /// <summary>Whether the license that is replaced may have another licensee.</summary>
    internal bool IsRenamed { get; init; }

    /// <summary>The plan with what the home fills in: its product, its reply keys.</summary>
    /// <exception cref="PlanException">The plan is for another product.</exception>
    internal static LicensePlan Complete(LicensePlan plan, VendorHome home)
    {
        var complete = plan.WithDefault("product", home.Product);

        // Where there are trust documents, these say whose replies count, and change without another license.
        if (home.ReadAnchors().Roots.Count == 0)
            complete = complete.WithDefault("receipts.replies-by", home.VerifiersOf(KeyRole.Reply).Select(static key => key.ToString()));
        return complete["product"] is [var product] && product.Text != home.Product
            ? throw new PlanException(product.Place, $"this home issues licenses for '{home.Product}', not for '{product.Text}'")
            : complete;
    }

    /// <summary>The text that would be signed now, and what it says; nothing is recorded.</summary>
    /// <exception cref="PlanException">The plan makes no license.</exception>
    internal (string Text, License License) Preview() => PlanText.Of(Plan, Ulid.New(Time), ExactText.WholeSeconds(Time.GetUtcNow()));

    /// <summary>Signs and records; the license is in the registry when the transaction commits.</summary>
    /// <param name="registry">A writing transaction.</param>
    /// <param name="key">The license key.</param>
    /// <exception cref="PlanException">The plan makes no license.</exception>
    /// <exception cref="CommandFailure">The clock is doubtful, a rule forbids it, or customers could not verify it.</exception>
    internal StoredLicense Sign(RegistryTransaction registry, INoteSigner key)
    {
        var now = SigningClock.Now(registry, Time, DateIsRight);
        var (text, license) = PlanText.Of(Plan, Ulid.New(Time), now);
        var licenses = new LicenseTable(registry);
        if (new LicenseRules(licenses, now).Problem(license, IsSeparate, IsRenamed) is { } problem)
            throw problem;
        var stored = new LicenseSigner(key, Trust).Sign(text);
        licenses.Add(stored);
        new SigningLog(registry).Add(now, "license", stored.Id, key.VerifierKey, stored.Text);
        return stored;
    }
}
