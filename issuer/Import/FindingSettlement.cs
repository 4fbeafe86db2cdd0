using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using static System.FormattableString;

namespace OfflineLicense.Issuer.Import;

/// <summary>
/// Writes into the journal what a person decided about findings: all of them or none. A decision stands until the next
/// one, or until more is found.
/// </summary>
internal static class FindingSettlement
{
    /// <summary>Decides.</summary>
    /// <param name="transaction">A transaction that writes.</param>
    /// <param name="numbers">The findings.</param>
    /// <param name="decision">What is decided.</param>
    /// <returns>The findings as they stand now, in the order named.</returns>
    /// <exception cref="CommandFailure">One is not there, mended, decided so already, or nothing that this can be said of.</exception>
    internal static IReadOnlyList<Finding> Decide(RegistryTransaction transaction, IEnumerable<long> numbers, FindingDecision decision)
    {
        var (table, journal) = (new FindingTable(transaction), new FindingJournal(transaction));
        var decided = new List<Finding>();
        foreach (var number in numbers.Distinct())
        {
            var finding = Find(table, number);
            Check(finding, decision.State);
            journal.Add(number, decision);
            decided.Add(finding with { Decision = decision });
        }

        return decided;
    }

    /// <summary>The finding of this number.</summary>
    /// <exception cref="CommandFailure">There is none.</exception>
    internal static Finding Find(FindingTable table, long number) => table.WithNumber(number)
        ?? throw new CommandFailure(Invariant($"there is no finding {number}"), "'issuer findings --all' lists them");

    private static void Check(Finding finding, FindingState state)
    {
        var name = Invariant($"finding {finding.Number}, {finding.Kind.Name()}");
        var isQuestion = finding.Kind == FindingKind.NewInstallation;
        if (finding.ClosedAt is { } closed)
            throw new CommandFailure($"{name}, is mended since {Words.Date(closed)}", "nothing is left to decide");
        if (finding.Decision is { } last && last.State == state)
            throw new CommandFailure($"{name}, is {state.Name()} already, since {Words.Date(last.At)} by {last.By}", Invariant($"'issuer findings show {finding.Number}' tells why"));
        if (state == FindingState.Declined && !isQuestion)
            throw new CommandFailure($"{name}, is no question to say no to", "'settle' says that somebody saw to it");
        if (state == FindingState.Settled && isQuestion)
            throw new CommandFailure($"{name}, is a question: whose installation is it", "'confirm' if it is the customer's, 'decline' if it is not");
    }
}
