using System.Data.Common;
using OfflineLicense.Issuer.Import;
using OfflineLicense.Keys;

namespace OfflineLicense.Issuer.Registry;

/// <summary>Who decided what about which finding, when and why. Rows are added and never changed; the newest one counts.</summary>
internal sealed class FindingJournal(RegistryTransaction transaction)
{
    internal static RegistryUpgrade Upgrade { get; } = new(4, """
        ALTER TABLE findings ADD COLUMN basis TEXT NOT NULL DEFAULT '';
        CREATE INDEX findings_of_ledger ON findings (ledger);
        CREATE TABLE finding_decisions (
            number BIGINT NOT NULL PRIMARY KEY,
            finding BIGINT NOT NULL REFERENCES findings (number),
            at TEXT NOT NULL,
            person TEXT NOT NULL,
            state TEXT NOT NULL,
            why TEXT NOT NULL
        );
        CREATE INDEX decisions_of_finding ON finding_decisions (finding, number);
        """);

    /// <summary>The newest decision about each finding, to be joined to <c>findings</c>.</summary>
    internal const string Join = """
        LEFT JOIN finding_decisions ON finding_decisions.number =
            (SELECT MAX(newest.number) FROM finding_decisions AS newest WHERE newest.finding = findings.number)
        """;

    /// <summary>The columns of a decision.</summary>
    internal const string Columns = "at, person, state, why";

    /// <summary>Notes a decision.</summary>
    /// <param name="finding">The finding's number.</param>
    /// <param name="decision">The decision.</param>
    internal void Add(long finding, FindingDecision decision) => transaction.Execute(
        $"""
        INSERT INTO finding_decisions (number, finding, {Columns})
        SELECT COALESCE(MAX(number), 0) + 1, @finding, @at, @person, @state, @why FROM finding_decisions
        """,
        ("@finding", finding), ("@at", ExactText.FormatTime(decision.At)), ("@person", decision.By),
        ("@state", decision.State.Name()), ("@why", decision.Why));

    /// <summary>All decisions about a finding, oldest first.</summary>
    internal List<FindingDecision> Of(long finding) => transaction.Query(
        $"SELECT {Columns} FROM finding_decisions WHERE finding = @finding ORDER BY number", static row => Row(row, 0), ("@finding", finding));

    /// <summary>A decision out of <see cref="Columns"/>.</summary>
    /// <param name="row">The row.</param>
    /// <param name="first">Which column is the first of them.</param>
    internal static FindingDecision Row(DbDataReader row, int first) => new(
        RegistryTransaction.Time(row, first), row.GetString(first + 1), FindingStates.Parse(row.GetString(first + 2)), row.GetString(first + 3));
}
