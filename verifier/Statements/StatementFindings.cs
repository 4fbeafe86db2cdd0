using System.Text;

namespace OfflineLicense.Verifier.Statements;

/// <summary>The sections of a statement that ask for a person's eye. Each is there only when it has something to say.</summary>
internal static class StatementFindings
{
    public static void Print(StringBuilder text, Statement statement)
    {
        OutOfTerm(text, statement);
        NotItemised(text, statement);
        NotCounted(text, statement);
        Unconfirmed(text, statement);
        Forked(text, statement);
        Contradictions(text, statement);
        NewerKinds(text, statement);
        WithoutText(text, statement.Chain);
        text.Append('\n');
    }

    private static void OutOfTerm(StringBuilder text, Statement statement)
    {
        var table = new StatementTable("ledger", "node-seconds", "core-seconds");
        foreach (var ledger in statement.Counted.Where(ledger => ledger.OutOfTerm != default))
            table.Row(ledger.Ledger, ledger.OutOfTerm.Seconds, ledger.OutOfTerm.CoreSeconds);
        Print(text, "Use after the term's end, or in no license's term: contained in the sums", table);
    }

    private static void NotItemised(StringBuilder text, Statement statement)
    {
        var table = new StatementTable("ledger", "first missing seq", "last missing seq", "node-seconds", "core-seconds");
        foreach (var ledger in statement.Counted.Where(ledger => ledger.IsOfChain))
        {
            if (ledger.Meters.Missing is { } missing)
                table.Row(ledger.Ledger, missing.First, missing.Last, ledger.NotItemised.Seconds, ledger.NotItemised.CoreSeconds);
        }

        Print(text, "Not itemised, for receipts are missing and meter readings give the sum: contained in the sums", table);
    }

    private static void NotCounted(StringBuilder text, Statement statement)
    {
        var table = new StatementTable("ledger", "license", "node-seconds", "core-seconds", "");
        foreach (var ledger in All(statement))
        {
            foreach (var (license, reason, use) in ledger.NotCounted)
                table.Row(ledger.Ledger, license.Length == 0 ? "none" : license, use.Seconds, use.CoreSeconds, Why(reason));
        }

        Print(text, "Not counted: contained in no sum", table);
    }

    private static void Unconfirmed(StringBuilder text, Statement statement)
    {
        var table = new StatementTable("ledger", "node-seconds", "core-seconds", "cores");
        foreach (var ledger in statement.Unconfirmed.Where(ledger => ledger.IsOfChain))
        {
            var use = ledger.Itemised + ledger.NotItemised;
            table.Row(ledger.Ledger, use.Seconds, use.CoreSeconds, ledger.LargestCores);
        }

        Print(text, "Unconfirmed ledgers, of installations not known to be the licensee's: contained in no sum", table);
    }

    private static void Forked(StringBuilder text, Statement statement)
    {
        var table = new StatementTable("ledger");
        foreach (var ledger in statement.Forked)
            table.Row(ledger);
        Print(text, "Forked ledgers, of which two histories were signed: this statement knows one of them", table);
    }

    private static void Contradictions(StringBuilder text, Statement statement)
    {
        var table = new StatementTable(
            "ledger", "readings", "first seq", "node-seconds read", "added up", "core-seconds read", "added up");
        foreach (var ledger in All(statement).Where(ledger => ledger.IsOfChain))
        {
            if (ledger.Meters.FirstContradiction is not var (seq, says, sum))
                continue;
            table.Row(ledger.Ledger, ledger.Meters.Contradictions, seq, says.Seconds, sum.Seconds, says.CoreSeconds, sum.CoreSeconds);
        }

        Print(text, "Ledgers that contradict themselves: receipts are contained in the sums, meter readings are not", table);
    }

    private static void NewerKinds(StringBuilder text, Statement statement)
    {
        var table = new StatementTable("ledger", "receipts");
        foreach (var ledger in All(statement).Where(ledger => ledger.IsOfChain && ledger.NewerKinds > 0))
            table.Row(ledger.Ledger, ledger.NewerKinds);
        Print(text, "Receipts of kinds that need a newer version to be read: nothing is counted from them", table);
    }

    private static void WithoutText(StringBuilder text, StatementChain chain)
    {
        var table = new StatementTable("license");
        foreach (var license in chain.WithoutText)
            table.Row(license);
        Print(text, "Licenses of the chain whose text is not at hand: use under them is not counted", table);
    }

    private static void Print(StringBuilder text, string title, StatementTable table)
    {
        if (table.IsEmpty)
            return;
        StatementPrinter.Section(text, title);
        table.Print(text);
    }

    private static IEnumerable<StatementReading> All(Statement statement) =>
        statement.Counted.Concat(statement.Unconfirmed).OrderBy(ledger => ledger.Ledger, StringComparer.Ordinal);

    private static string Why(NotCountedReason reason) => reason switch
    {
        NotCountedReason.NoLicense => "no license was active",
        NotCountedReason.OtherLicense => "unknown license ID: not of this statement's chain",
        NotCountedReason.NoText => "the text of the license is not at hand",
        NotCountedReason.WrongInstallation => "the license is bound to other installations",
        NotCountedReason.NoProof => "no proof that the ledger's writer had the license",
        _ => "altered license ID: the proof does not match the issued text",
    };
}
