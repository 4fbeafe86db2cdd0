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
    internal required TrustAnchors Anchors { get; init; }

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
        var complete = plan
            .WithDefault("product", home.Product)
            .WithDefault("receipts.replies-by", home.VerifiersOf(KeyRole.Reply).Select(static key => key.ToString()));
        return complete["product"] is [var product] && product.Text != home.Product
            ? throw new PlanException(product.Place, $"this home issues licenses for '{home.Product}', not for '{product.Text}'")
            : complete;
    }

    /// <summary>The text that would be signed now; nothing is recorded.</summary>
    /// <exception cref="PlanException">The plan makes no license.</exception>
    internal string Preview() => PlanText.Of(Plan, Ulid.New(Time), ExactText.WholeSeconds(Time.GetUtcNow())).Text;

    /// <summary>Signs and records; the license is in the registry when the transaction commits.</summary>
    /// <param name="registry">A writing transaction.</param>
    /// <param name="key">The license key.</param>
    /// <exception cref="PlanException">The plan makes no license.</exception>
    /// <exception cref="CommandFailure">The clock is doubtful, a rule forbids it, or customers could not verify it.</exception>
    internal StoredLicense Sign(RegistryTransaction registry, SigningKey key)
    {
        var now = SigningClock.Now(registry, Time, DateIsRight);
        var (text, license) = PlanText.Of(Plan, Ulid.New(Time), now);
        var licenses = new LicenseTable(registry);
        CheckOthers(licenses, license, now);
        var note = DocumentSigning.Sign(text, LicenseFormat.Parse, Limits.DocumentBytes, key);
        var stored = StoredLicense.Of(ReadAsCustomer(note), note);
        licenses.Add(stored);
        new SigningLog(registry).Add(now, "license", stored.Id, key.VerifierKey, stored.Text);
        return stored;
    }

    private SignedLicense ReadAsCustomer(byte[] note)
    {
        var reading = SignedLicense.Open(note, Anchors.ToTrust());
        return reading.License ?? throw new CommandFailure(
            $"customers could not use this license, so it was not signed: {reading.Reason}",
            reading.Outcome == ReadingOutcome.UnknownKey
                ? $"'issuer key show' prints the key's line; ship it in {VendorHome.AnchorsFile(Anchors.Product)} first, as 'license LINE'"
                : reading.Hint,
            ExitCode.NotTrusted);
    }

    // Licenses never add up on a node: a second one is a slip, unless it replaces the first or is for other nodes.
    private void CheckOthers(LicenseTable licenses, License license, DateTimeOffset now)
    {
        if (license.Replaces is { } replaced)
        {
            CheckReplaced(licenses, license, replaced);
            return;
        }

        var all = licenses.OfCustomer(license.Product, license.Licensee);
        var live = all.FindLast(other => LicenseStandings.Of(other, all.Concat(licenses.Replacing(other.Id)), now).IsLive());
        if (live is not null && !IsSeparate)
        {
            throw new CommandFailure($"{license.Licensee} has a live license for {license.Product} already: {live.Id}",
                $"replace it by --replaces {live.Id}, or give --separate for other nodes: licenses never add up on one");
        }
    }

    private void CheckReplaced(LicenseTable licenses, License license, string replaced)
    {
        var old = licenses.WithId(replaced).FirstOrDefault()
            ?? throw new CommandFailure($"the license {replaced}, which is to be replaced, was never issued here", "'issuer list' shows all licenses");
        if (old.Product != license.Product)
            throw new CommandFailure($"the license {replaced}, which is to be replaced, is for the product {old.Product}");
        if (old.Licensee != license.Licensee && !IsRenamed)
        {
            throw new CommandFailure($"the license {replaced}, which is to be replaced, is of '{old.Licensee}', not of '{license.Licensee}'",
                "if the customer has a new name, give --renamed");
        }

        if (licenses.Replacing(replaced).LastOrDefault() is { } other && !IsSeparate)
            throw new CommandFailure($"the license {replaced} is replaced by {other.Id} already", $"replace that one: --replaces {other.Id}");
    }
}
