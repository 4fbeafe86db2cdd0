using System.Globalization;
using OfflineLicense.Issuer.Import;

namespace OfflineLicense.Issuer.Registry;

/// <summary>
/// What the stored receipts add up to: use by ledger, license claim and day, the last meter readings, and the claims
/// themselves. Whether a claim proves an issued license is judged when it is read, so a license that comes to the
/// registry later is found then.
/// </summary>
internal sealed class UseTable(RegistryTransaction transaction)
{
    internal const string Sql = """
        CREATE TABLE claims (
            ledger TEXT NOT NULL REFERENCES ledgers (name),
            license TEXT NOT NULL,
            holds TEXT NOT NULL,
            PRIMARY KEY (ledger, license, holds)
        );
        CREATE INDEX claims_of_license ON claims (license);
        CREATE TABLE uses (
            ledger TEXT NOT NULL REFERENCES ledgers (name),
            license TEXT NOT NULL,
            holds TEXT NOT NULL,
            day TEXT NOT NULL,
            node_seconds BIGINT NOT NULL,
            core_seconds BIGINT NOT NULL,
            PRIMARY KEY (ledger, license, holds, day)
        );
        CREATE TABLE meters (
            ledger TEXT NOT NULL REFERENCES ledgers (name),
            license TEXT NOT NULL,
            holds TEXT NOT NULL,
            node_seconds BIGINT NOT NULL,
            core_seconds BIGINT NOT NULL,
            PRIMARY KEY (ledger, license)
        );
        """;

    // Null where the receipts were stored before there was this column.
    internal static RegistryUpgrade Upgrade { get; } = new(5, """
        ALTER TABLE uses ADD COLUMN cores BIGINT NULL;
        CREATE TABLE clock_days (
            ledger TEXT NOT NULL REFERENCES ledgers (name),
            day TEXT NOT NULL,
            steps BIGINT NOT NULL,
            PRIMARY KEY (ledger, day)
        );
        CREATE INDEX findings_of_customer ON findings (product, licensee);
        """);

    private const string DayForm = "yyyy-MM-dd";

    /// <summary>Adds the account of receipts that were just stored.</summary>
    internal void Add(string ledger, LedgerAccount account)
    {
        foreach (var claim in account.Claims)
        {
            transaction.Execute("INSERT INTO claims (ledger, license, holds) VALUES (@ledger, @license, @holds) ON CONFLICT DO NOTHING",
                ("@ledger", ledger), ("@license", claim.License), ("@holds", claim.Holds));
        }

        foreach (var ((claim, day), use) in account.Uses)
        {
            // The sum of two numbers of a file fits into the column; the greatest number of a file is where it stops.
            transaction.Execute(
                """
                INSERT INTO uses (ledger, license, holds, day, node_seconds, core_seconds, cores) VALUES (@ledger, @license, @holds, @day, @node, @core, @cores)
                ON CONFLICT (ledger, license, holds, day) DO UPDATE SET
                    cores = CASE WHEN uses.cores < excluded.cores THEN excluded.cores ELSE uses.cores END,
                    node_seconds = CASE WHEN uses.node_seconds + excluded.node_seconds > 9007199254740991 THEN 9007199254740991 ELSE uses.node_seconds + excluded.node_seconds END,
                    core_seconds = CASE WHEN uses.core_seconds + excluded.core_seconds > 9007199254740991 THEN 9007199254740991 ELSE uses.core_seconds + excluded.core_seconds END
                """,
                ("@ledger", ledger), ("@license", claim.License), ("@holds", claim.Holds),
                ("@day", NameOf(day)), ("@node", use.Node), ("@core", use.Core),
                ("@cores", account.Cores[(claim, day)]));
        }

        foreach (var (day, steps) in account.ClockSteps)
        {
            transaction.Execute(
                "INSERT INTO clock_days (ledger, day, steps) VALUES (@ledger, @day, @steps) ON CONFLICT (ledger, day) DO UPDATE SET steps = clock_days.steps + excluded.steps",
                ("@ledger", ledger), ("@day", NameOf(day)), ("@steps", steps));
        }

        foreach (var (license, meter) in account.Meters)
        {
            transaction.Execute(
                """
                INSERT INTO meters (ledger, license, holds, node_seconds, core_seconds) VALUES (@ledger, @license, @holds, @node, @core)
                ON CONFLICT (ledger, license) DO UPDATE SET
                    holds = excluded.holds, node_seconds = excluded.node_seconds, core_seconds = excluded.core_seconds
                """,
                ("@ledger", ledger), ("@license", license), ("@holds", meter.Holds), ("@node", meter.Reading.Node), ("@core", meter.Reading.Core));
        }
    }

    /// <summary>How each license stands in a ledger, by id.</summary>
    internal Dictionary<string, MeterStanding> Meters(string ledger) => transaction.Query(
        "SELECT license, holds, node_seconds, core_seconds FROM meters WHERE ledger = @ledger",
        static row => (License: row.GetString(0), Meter: new MeterStanding(row.GetString(1), new UseSeconds(row.GetInt64(2), row.GetInt64(3)))),
        ("@ledger", ledger))
        .ToDictionary(static row => row.License, static row => row.Meter, StringComparer.Ordinal);

    /// <summary>What a ledger claims, in a fixed order.</summary>
    internal List<LicenseClaim> Claims(string ledger) => transaction.Query(
        "SELECT license, holds FROM claims WHERE ledger = @ledger ORDER BY license, holds",
        static row => new LicenseClaim(row.GetString(0), row.GetString(1)), ("@ledger", ledger));

    /// <summary>The names of the ledgers that claim a license, rightly or not, in order.</summary>
    internal List<string> LedgersClaiming(string license) => transaction.Query(
        "SELECT DISTINCT ledger FROM claims WHERE license = @license ORDER BY ledger", static row => row.GetString(0), ("@license", license));

    /// <summary>The use that a ledger claims for a license, by proof and day.</summary>
    internal List<ClaimedUse> Uses(string ledger, string license) => transaction.Query(
        "SELECT holds, day, node_seconds, core_seconds, cores FROM uses WHERE ledger = @ledger AND license = @license ORDER BY day, holds",
        row => new ClaimedUse(
            new LicenseClaim(license, row.GetString(0)), DayOf(row.GetString(1)), new UseSeconds(row.GetInt64(2), row.GetInt64(3)),
            row.IsDBNull(4) ? null : row.GetInt64(4)),
        ("@ledger", ledger), ("@license", license));

    /// <summary>All use that a ledger claims.</summary>
    internal List<ClaimedUse> Uses(string ledger) => transaction.Query(
        "SELECT license, holds, day, node_seconds, core_seconds, cores FROM uses WHERE ledger = @ledger ORDER BY license, holds, day",
        static row => new ClaimedUse(
            new LicenseClaim(row.GetString(0), row.GetString(1)), DayOf(row.GetString(2)), new UseSeconds(row.GetInt64(3), row.GetInt64(4)),
            row.IsDBNull(5) ? null : row.GetInt64(5)),
        ("@ledger", ledger));

    /// <summary>The days on which a ledger's clock was set so often, in order.</summary>
    internal List<(DateOnly Day, long Steps)> ClockDays(string ledger, long leastSteps) => transaction.Query(
        "SELECT day, steps FROM clock_days WHERE ledger = @ledger AND steps >= @least ORDER BY day",
        static row => (DayOf(row.GetString(0)), row.GetInt64(1)), ("@ledger", ledger), ("@least", leastSteps));

    private static string NameOf(DateOnly day) => day.ToString(DayForm, CultureInfo.InvariantCulture);

    private static DateOnly DayOf(string name) => DateOnly.ParseExact(name, DayForm, CultureInfo.InvariantCulture);
}

/// <summary>What a ledger says that it used of a license on one day in UTC.</summary>
/// <param name="Claim">The license and its proof.</param>
/// <param name="Day">The day.</param>
/// <param name="Use">Time used.</param>
/// <param name="Cores">The most cores at once; null where that was not noted.</param>
internal sealed record ClaimedUse(LicenseClaim Claim, DateOnly Day, UseSeconds Use, long? Cores);
