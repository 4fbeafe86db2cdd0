using System.Runtime.ExceptionServices;
using OfflineLicense.Issuer.Plans;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Issuer.Batch;

/// <summary>
/// Signs the licenses of many rows and records them, all or none of them: one transaction of the registry, on all cores.
/// </summary>
internal sealed record BatchIssue
{
    /// <summary>The rows, each of which makes a license.</summary>
    internal required IReadOnlyList<BatchRow> Rows { get; init; }

    /// <summary>The machine's clock.</summary>
    internal required TimeProvider Time { get; init; }

    /// <summary>Whether a person says that the machine's date is right.</summary>
    internal bool DateIsRight { get; init; }

    /// <summary>What forbids some of the licenses: what customers have already, or another row.</summary>
    /// <param name="registry">The registry at one moment.</param>
    internal IReadOnlyList<BatchError> Problems(RegistryTransaction registry) =>
        Problems(registry, LicensesAt(ExactText.WholeSeconds(Time.GetUtcNow())), ExactText.WholeSeconds(Time.GetUtcNow()));

    /// <summary>Signs and records; the licenses are in the registry when the transaction commits.</summary>
    /// <param name="registry">A writing transaction.</param>
    /// <param name="signer">What signs.</param>
    /// <param name="put">Takes each license when it is signed, with its row's index; called on several threads.</param>
    /// <returns>The licenses in the order of the rows; or, with nothing signed, what came between since the rows were checked.</returns>
    internal (IReadOnlyList<StoredLicense> Licenses, IReadOnlyList<BatchError> Errors) Sign(
        RegistryTransaction registry, LicenseSigner signer, Action<StoredLicense> put)
    {
        var now = SigningClock.Now(registry, Time, DateIsRight);
        var unsigned = LicensesAt(now);
        if (Problems(registry, unsigned, now) is { Count: > 0 } errors) return ([], errors);
        var signed = new StoredLicense[Rows.Count];
        OnAllCores(index =>
        {
            signed[index] = signer.Sign(unsigned[index].Text);
            put(signed[index]);
        });
        var (licenses, log) = (new LicenseTable(registry), new SigningLog(registry));
        foreach (var license in signed)
        {
            licenses.Add(license);
            log.Add(now, "license", license.Id, signer.SignedBy, license.Text);
        }

        return (signed, []);
    }

    private (string Text, License License)[] LicensesAt(DateTimeOffset now)
    {
        var made = new (string, License)[Rows.Count];
        OnAllCores(index => made[index] = PlanText.Of(Rows[index].Plan, Ulid.New(Time), now));
        return made;
    }

    private List<BatchError> Problems(RegistryTransaction registry, (string Text, License License)[] made, DateTimeOffset now)
    {
        var rules = new LicenseRules(new LicenseTable(registry), now, isBatch: true);
        var errors = new List<BatchError>();
        // By name as it is spoken, and by what is replaced: the first row of each.
        var first = new Dictionary<string, BatchRow>(StringComparer.Ordinal);
        foreach (var (row, (_, license)) in Rows.Zip(made))
        {
            if (rules.Problem(license, isSeparate: false, isRenamed: false) is { } problem)
                errors.Add(BatchError.Of(row, problem));
            var key = license.Replaces ?? LicenseRules.Spoken(license.Licensee);
            if (!first.TryAdd(key, row))
                errors.Add(SecondRow(row, license, first[key]));
        }

        return errors;
    }

    private static BatchError SecondRow(BatchRow row, License license, BatchRow first) => license.Replaces is { } replaced
        ? new BatchError(row.Line, $"{row.Plan.File}: the license {replaced} is replaced by the row on {first.Plan.File} too", "a license has one successor: keep one of the rows")
        : new BatchError(row.Line, $"{row.Plan.File}: '{license.Licensee}' has a row on {first.Plan.File} too",
            "licenses never add up on a node: put what is meant on one row; one for other nodes is issued by itself, with --separate");

    private void OnAllCores(Action<int> work)
    {
        try
        {
            Parallel.For(0, Rows.Count, work);
        }
        catch (AggregateException several)
        {
            // One failure tells as much as thousands of its kind.
            ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
        }
    }
}
