using System.CommandLine;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Statements;

namespace OfflineLicense.Verifier.Command;

/// <summary>
/// <c>offline-license statement</c>: the statement that the vendor computes, from this node's own ledgers or from files that
/// were exported. Same receipts and licenses, same text, byte for byte.
/// </summary>
internal static class StatementCommand
{
    public static Subcommand Create(CommandConsole console, ProductOptions products)
    {
        var files = new Argument<string[]>("FILE")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = "Exported receipts [default: the ledgers of this node]",
        };
        var id = new Option<string?>("--license") { HelpName = "ID", Description = "The newest license of the chain [default: the active one, or the one of those days]" };
        var month = new Option<string?>("--month") { HelpName = "YYYY-MM", Description = "A calendar month" };
        var from = new Option<string?>("--from") { HelpName = "DAY", Description = "The first day, as in 2026-12-01" };
        var until = new Option<string?>("--until") { HelpName = "DAY", Description = "The day after the last one" };
        var json = new Option<bool>("--json") { Description = "Answer with one JSON object that holds the text" };
        var command = new Subcommand(
            "statement", "What was used, as the vendor will bill it. Default: the running quota period, up to the newest receipt.")
        {
            files, id, month, from, until, json,
        };
        command.SetAction(parsed =>
        {
            var asked = PeriodOf(parsed.GetValue(month), parsed.GetValue(from), parsed.GetValue(until));
            var named = parsed.GetValue(files) ?? [];
            var product = products.OfExisting(parsed, mayBeNew: named.Length > 0);
            var licenses = product.View().Candidates
                .Select(static candidate => candidate.Signed).OfType<SignedLicense>()
                .Where(signed => signed.License.Product == product.Product)
                .DistinctBy(static signed => signed.Text, StringComparer.Ordinal)
                .ToList();
            var license = LicenseOf(parsed.GetValue(id), licenses, asked, product);
            var pruned = new List<PrunedLedger>();
            var ledgers = named.Length > 0 ? named.SelectMany(file => ReceiptsFile.Ledgers(console, file)).ToList() : OwnLedgers(console, product, pruned);
            FiledHistory.RefuseForks(ledgers);
            var request = new StatementRequest
            {
                Newest = StatementLicense.Of(license),
                Known = [.. licenses.Select(StatementLicense.Of)],
                Period = asked ?? StatementPeriod.Default(license.License, ledgers.Max(static ledger => ledger.Newest)),
            };
            CheckThatAllIsHere(pruned, request.Period);
            var statement = Statement.Of(request, ledgers.Select(static ledger => ledger.Ledger));
            WarnOfOthers(console, statement, license.License, licenses);
            var text = StatementPrinter.Print(statement);
            if (parsed.GetValue(json))
                PrintJson(console, request, text);
            else
                console.Output.Write(text);
        });
        return command;
    }

    /// <summary>The days that the options of a statement name, in both programs; null where they name none.</summary>
    /// <exception cref="CommandFailure">They contradict each other, or one is no day.</exception>
    public static StatementPeriod? PeriodOf(string? month, string? from, string? until)
    {
        if (month is not null && (from ?? until) is not null)
            throw new CommandFailure("--month and --from or --until are both given", "name one period", ExitCode.Usage);
        if (from is null != until is null)
            throw new CommandFailure("--from and --until belong together", "give both, or --month", ExitCode.Usage);
        try
        {
            return month is not null ? StatementPeriod.Month(month) : from is not null ? StatementPeriod.Days(from, until!) : null;
        }
        catch (FormatException exception)
        {
            throw new CommandFailure(exception.Message, "days are UTC, spelled as in 2026-12-01", ExitCode.Usage);
        }
    }

    private static SignedLicense LicenseOf(
        string? id, List<SignedLicense> licenses, StatementPeriod? asked, ProductFiles product)
    {
        if (licenses.Count == 0)
        {
            throw new CommandFailure(
                $"there is no license in {product.LicenseFolder}, and none was kept in {product.StateFolder}",
                "name their folder with --licenses", ExitCode.Unreadable);
        }

        if (id is null)
        {
            // The active one; for days before its term, the one that was.
            var active = Node.Peek(product.ToNode()).License;
            return licenses.OrderByDescending(signed => asked is null || IsOf(signed.License, asked))
                .ThenByDescending(signed => signed.License.Id == active?.Id)
                .ThenByDescending(static signed => signed.License.Issued)
                .First();
        }

        return licenses.Find(signed => signed.License.Id == id) ?? throw new CommandFailure(
            $"no license here has the id {id}",
            $"there is {string.Join(", ", licenses.Select(static signed => signed.License.Id).Order(StringComparer.Ordinal))}", ExitCode.Usage);
    }

    private static bool IsOf(License license, StatementPeriod period) =>
        license.From < period.End && (license.Until is not { } until || until > period.Start);

    private static List<LedgerToTell> OwnLedgers(CommandConsole console, ProductFiles product, List<PrunedLedger> pruned)
    {
        var all = LedgerFolder.ScanAll(LedgerDisk.Real, product.StateFolder);
        foreach (var damage in all.Select(static scan => scan.Damage).OfType<ReceiptsDamageException>())
        {
            CommandLine.Warn(
                console, PlainFailure.OfDamage(damage).Message,
                "of this ledger the statement has what comes before the damage; keep the folder, and see 'offline-license check'");
        }

        var scans = all.Where(static scan => scan.Seal is not null).ToList();
        pruned.AddRange(scans.Where(static scan => scan.Start > 0)
            .Select(static scan => new PrunedLedger(scan.Key!.Name, scan.Start, scan.Receipts(LedgerDisk.Real).First().Receipt.At)));
        return
        [
            .. scans.Select(static scan => new LedgerToTell(
                new StatementLedger { Name = scan.Key!.Name, Receipts = scan.Receipts(LedgerDisk.Real).Select(static entry => entry.Receipt) },
                scan.Seal!.Last.At)),
        ];
    }

    // A statement of nothing is right for a node that was idle, and wrong for the receipts of another product or customer.
    private static void WarnOfOthers(CommandConsole console, Statement statement, License license, List<SignedLicense> known)
    {
        var others = statement.Counted.SelectMany(static ledger => ledger.OtherLicenses).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (others.Count == 0 || statement.Counted.Any(static ledger => ledger.IsOfChain))
            return;
        CommandLine.Warn(
            console, $"none of these receipts is under {license.Id} or a license whose place it took, so this is a statement of nothing: there is use under {string.Join(", ", others)}",
            known.Find(signed => others.Contains(signed.License.Id)) is { } other
                ? $"name the license: --license {other.License.Id}"
                : $"check that the receipts are of {license.Product} and of {license.Licensee}; no license of theirs is at hand");
    }

    // Without the reading before the first day, all use of the years before would look like use that nobody itemised.
    private static void CheckThatAllIsHere(List<PrunedLedger> pruned, StatementPeriod period)
    {
        if (pruned.Find(ledger => ledger.Since >= period.Start) is { } ledger)
        {
            throw new CommandFailure(
                $"the first {Words.Number(ledger.Start)} receipts of {ledger.Ledger} were removed here, which this statement needs",
                $"name the files that you mailed: offline-license statement FILE...; or days after {Words.Date(ledger.Since)}", ExitCode.Unreadable);
        }
    }

    // A ledger of which the beginning is not here any more, and when the first receipt that is was written.
    private sealed record PrunedLedger(string Ledger, long Start, DateTimeOffset Since);

    private static void PrintJson(CommandConsole console, StatementRequest request, string text) => JsonAnswer.Print(console, json =>
    {
        json.WriteString("license", request.Newest.License.Id);
        json.WriteTime("from", request.Period.Start);
        json.WriteTime("until", request.Period.End);
        json.WriteString("text", text);
    });
}
