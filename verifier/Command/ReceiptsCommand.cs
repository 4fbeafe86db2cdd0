using System.CommandLine;
using System.Text.Json;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Command;

/// <summary>
/// <c>offline-license receipts</c>: what this node has written down, as it would be mailed. Reads only what is durable,
/// takes no lock and writes nothing.
/// </summary>
internal static class ReceiptsCommand
{
    private const int UsualLast = 20;

    public static Subcommand Create(CommandConsole console, ProductOptions products)
    {
        var last = new Option<long?>("--last")
        {
            HelpName = "N",
            Description = $"Show at most so many of each ledger's receipts [default: {UsualLast}; --json: all]",
        };
        var json = new Option<bool>("--json") { Description = "Answer with one JSON object that holds the receipts as they are written" };
        last.Validators.Add(static result =>
        {
            if (result.Tokens is [var token] && !ExactText.TryParseNumber(token.Value, out _))
                result.AddError($"--last '{token.Value}' is not a whole number from 0 on");
        });
        var command = new Subcommand("receipts", "The ledgers of this node and their receipts, in words.") { last, json };
        command.SetAction(parsed =>
        {
            var product = products.OfExisting(parsed);
            var ledgers = LedgerFolder.ScanAll(LedgerDisk.Real, product.StateFolder);
            if (parsed.GetValue(json))
                JsonAnswer.Print(console, answer => Write(answer, product, ledgers, parsed.GetValue(last) ?? long.MaxValue));
            else
                PageOf(product, ledgers, parsed.GetValue(last) ?? UsualLast).Print(console);
            foreach (var damage in ledgers.Select(static ledger => ledger.Damage).OfType<ReceiptsDamageException>())
                CommandLine.Warn(console, PlainFailure.OfDamage(damage).Message, "a new ledger is begun in its place; keep the folder, and export as usual");
        });
        return command;
    }

    private static Page PageOf(ProductFiles product, IReadOnlyList<LedgerScan> ledgers, long last)
    {
        var page = new Page();
        if (ledgers.Count == 0)
            return page.Line($"no receipts yet in {product.StateFolder}");
        foreach (var ledger in ledgers)
        {
            var from = Math.Max(ledger.Start, ledger.Size - last);
            page.Heading(NameOf(ledger)).Line(
                $"{Words.Count(ledger.Size, "receipt")} in {ledger.Folder}" + (from > 0 ? $", the last {Words.Number(ledger.Size - from)} of them:" : ""),
                Tone.Faint);
            if (ledger.Start > 0)
                page.Line($"the first {Words.Number(ledger.Start)} were removed here; your vendor has them, and the files that you mailed do", Tone.Faint);
            if (ledger.Size == from) continue;
            page.Table(["seq#", "written", "kind", "what"], ledger.Receipts(LedgerDisk.Real, from).Select(static entry => (IReadOnlyList<Cell>)
            [
                Words.Number(entry.Receipt.Seq), Words.Date(entry.Receipt.At), entry.Receipt.Kind, ReceiptWords.Of(entry.Receipt),
            ]));
        }

        return page;
    }

    private static string NameOf(LedgerScan ledger) => ledger.Key?.Name ?? $"damaged ledger in {ledger.Folder}";

    private static void Write(Utf8JsonWriter json, ProductFiles product, IReadOnlyList<LedgerScan> ledgers, long last)
    {
        json.WriteString("product", product.Product);
        json.WriteStartArray("ledgers");
        foreach (var ledger in ledgers)
        {
            json.WriteStartObject();
            json.WriteString("ledger", ledger.Key?.Name);
            json.WriteNumber("start", ledger.Start);
            json.WriteNumber("size", ledger.Size);
            json.WriteString("root", Convert.ToBase64String(ledger.Root));
            json.WriteString("damage", ledger.Damage?.Message);
            json.WriteStartArray("receipts");
            foreach (var entry in ledger.Receipts(LedgerDisk.Real, Math.Max(0, ledger.Size - last)))
                json.WriteRawValue(entry.Line.Span);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
