using System.CommandLine;
using System.Text.Json;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Command;

/// <summary>
/// <c>offline-license prune</c>: removes from this node the receipts that the vendor's reply has and that are old. Works beside
/// a running product: it takes no lock, and nobody writes to what it removes.
/// </summary>
internal static class PruneCommand
{
    private const long MostDays = 36_500;

    public static Subcommand Create(CommandConsole console, ProductOptions products)
    {
        var keep = new Option<long>("--keep")
        {
            HelpName = "DAYS",
            Description = "How long receipts are kept here, in days",
            DefaultValueFactory = static _ => LedgerPruning.UsualDays,
        };
        var rehearsal = new Option<bool>("--dry-run") { Description = "Tell what would be removed, and remove nothing" };
        var json = new Option<bool>("--json") { Description = "Answer with one JSON object" };
        keep.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && !(ExactText.TryParseNumber(token.Value, out var days) && days <= MostDays))
                result.AddError($"--keep '{token.Value}' is not a number of days from 0 to {MostDays}");
        });
        var command = new Subcommand(
            "prune", "Removes old receipts that the vendor has, by its reply. What was not acknowledged always stays.") { keep, rehearsal, json };
        command.SetAction(parsed =>
        {
            var product = products.OfExisting(parsed);
            var isRehearsal = parsed.GetValue(rehearsal);
            var before = product.Time.GetUtcNow() - TimeSpan.FromDays(parsed.GetValue(keep));
            var removed = Prune(console, product, before, isRehearsal);
            if (parsed.GetValue(json))
                JsonAnswer.Print(console, answer => Write(answer, removed, before, isRehearsal));
            else
                PageOf(removed, before, isRehearsal).Print(console);
        });
        return command;
    }

    private static List<PrunedReceipts> Prune(CommandConsole console, ProductFiles product, DateTimeOffset before, bool isRehearsal)
    {
        var pruning = new LedgerPruning(LedgerDisk.Real, new LedgerContinuity(machine: null, product.View().Replies.Of));
        var removed = new List<PrunedReceipts>();
        foreach (var folder in LedgerFolder.List(LedgerDisk.Real, product.StateFolder))
        {
            try
            {
                if (pruning.Prune(folder, before, isRehearsal) is { } ledger)
                    removed.Add(ledger);
                else
                    CommandLine.Warn(console, $"nothing of the ledger in {folder} is removed: it cannot be read whole", "'offline-license receipts' says why");
            }
            catch (ReceiptsDamageException damage)
            {
                CommandLine.Warn(console, PlainFailure.OfDamage(damage).Message, "nothing of this ledger is removed; export as usual, and keep the folder");
            }
        }

        return removed;
    }

    private static Page PageOf(List<PrunedReceipts> removed, DateTimeOffset before, bool isRehearsal)
    {
        var page = new Page();
        var gone = removed.Where(static ledger => ledger.Files > 0).ToList();
        if (gone.Count == 0)
            return page.Line($"nothing to remove: no full file of receipts is older than {Words.Date(before)} and acknowledged by a reply");
        page.Table(["ledger", "receipts", "files#", "bytes#"], gone.Select(static ledger => (IReadOnlyList<Cell>)
        [
            InstallationName.LedgerPartOf(ledger.Ledger), $"{Words.Number(ledger.Start)} to {Words.Number(ledger.End - 1)}",
            Words.Number(ledger.Files), Words.Number(ledger.Bytes),
        ]));
        return page.Line(isRehearsal
            ? "nothing was removed; without --dry-run these are"
            : "removed; your vendor has them. A statement of those days is made from the files that you mailed");
    }

    private static void Write(Utf8JsonWriter json, List<PrunedReceipts> removed, DateTimeOffset before, bool isRehearsal)
    {
        json.WriteTime("before", before);
        json.WriteBoolean("isDryRun", isRehearsal);
        json.WriteStartArray("ledgers");
        foreach (var ledger in removed)
        {
            json.WriteStartObject();
            json.WriteString("ledger", ledger.Ledger);
            json.WriteNumber("start", ledger.Start);
            json.WriteNumber("end", ledger.End);
            json.WriteNumber("files", ledger.Files);
            json.WriteNumber("bytes", ledger.Bytes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
