using System.CommandLine;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Check;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Command;

/// <summary>
/// <c>offline-license check</c>: reads ledgers and receipts files again from their first byte, with code that shares nothing
/// with what wrote them, and says how far they are good. Takes no lock, writes nothing, and needs no key: a ledger brings its own.
/// </summary>
internal static class CheckCommand
{
    public static Subcommand Create(CommandConsole console, ProductOptions products)
    {
        var paths = new Argument<string[]>("PATH")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = "State folders, ledgers' folders, receipts files, plain or gzipped [default: this node's state folder]",
        };
        var every = new Option<bool>("--every")
        {
            Description = "Verify every signature, not only the last of each file, which signs all receipts before it",
        };
        var licenses = new Option<string[]>("--license")
        {
            HelpName = "FILE",
            Description = "Licenses whose text the ledgers' proofs are held against, beside those of this node",
        };
        var json = new Option<bool>("--json") { Description = "Answer with one JSON object" };
        var command = new Subcommand(
            "check", "How far ledgers and receipts files are good, read again from their first byte, and whether copies of one agree. Works beside a running product.")
        {
            paths, every, licenses, json,
        };
        command.SetAction(parsed =>
        {
            var named = parsed.GetValue(paths) ?? [];
            var product = named.Length == 0 ? products.OfExisting(parsed) : products.Find(parsed);
            var signatures = parsed.GetValue(every) ? SignaturesToVerify.Every : SignaturesToVerify.Last;
            var texts = (parsed.GetValue(licenses) ?? []).Select(file => ReadText(console, file)).Concat(TextsOf(product)).ToList();
            var copies = named.Length == 0 ? OfState(product!.StateFolder, product.StateFolder, signatures, texts) : named.SelectMany(path => Of(console, path, signatures, texts));
            var reports = ForkSearch.In(LedgerDisk.Real, [.. copies]);
            if (parsed.GetValue(json))
                CheckPage.PrintJson(console, reports);
            else if (reports.Count == 0)
                new Page().Line($"no receipts yet in {product!.StateFolder}").Print(console);
            else
                CheckPage.Of(reports).Print(console);
            return reports.Select(static report => CodeOf(report.Outcome)).DefaultIfEmpty(ExitCode.Ok).MaxBy(static code => Array.IndexOf(s_fromGoodToBad, code));
        });
        return command;
    }

    private static readonly int[] s_fromGoodToBad =
        [ExitCode.Ok, ExitCode.Inconsistent, ExitCode.Malformed, ExitCode.Unreadable, ExitCode.Damage, ExitCode.Fork];

    private static int CodeOf(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Good or CheckOutcome.Torn => ExitCode.Ok,
        CheckOutcome.Inconsistent => ExitCode.Inconsistent,
        CheckOutcome.NotReceipts => ExitCode.Malformed,
        CheckOutcome.Unreadable => ExitCode.Unreadable,
        CheckOutcome.Forked => ExitCode.Fork,
        _ => ExitCode.Damage,
    };

    private static IEnumerable<LedgerReport> Of(
        CommandConsole console, string path, SignaturesToVerify signatures, IReadOnlyList<LicenseText> texts)
    {
        var place = console.PathOf(path);
        if (!Directory.Exists(place))
        {
            return File.Exists(place)
                ? new FileCheck(LedgerDisk.Real, place) { Signatures = signatures, Texts = texts }.Check()
                : throw new CommandFailure($"there is no file or folder '{path}'", null, ExitCode.Unreadable);
        }

        if (new LedgerCheck(LedgerDisk.Real, place) { Signatures = signatures, Texts = texts }.Check() is { } ledger)
            return [ledger];
        var ledgers = OfState(place, path, signatures, texts).ToList();
        return ledgers.Count > 0 ? ledgers : throw new CommandFailure(
            $"'{path}' is no state folder and no ledger's folder: there are no receipts in it",
            "a state folder holds 'ledgers', and that a folder for each ledger", ExitCode.Unreadable);
    }

    private static IEnumerable<LedgerReport> OfState(
        string folder, string named, SignaturesToVerify signatures, IReadOnlyList<LicenseText> texts)
    {
        IReadOnlyList<string> ledgers;
        try
        {
            ledgers = LedgerFolder.List(LedgerDisk.Real, folder);
        }
        catch (IOException exception)
        {
            throw PlainFailure.At("list", named, exception);
        }

        return ledgers.Select(ledger => new LedgerCheck(LedgerDisk.Real, ledger) { Signatures = signatures, Texts = texts }.Check()).OfType<LedgerReport>();
    }

    private static IEnumerable<LicenseText> TextsOf(ProductFiles? product) => product is null ? [] : product.View().Candidates
        .Select(static candidate => candidate.Signed).OfType<SignedLicense>().Select(static signed => TextOf(signed.License, signed.TextBytes));

    // Its signature is not asked for: what is to be shown is that the ledger's writer had this very text.
    private static LicenseText ReadText(CommandConsole console, string file)
    {
        try
        {
            var note = SignedNote.SplitFile(console.Read(file, Limits.DocumentBytes), Limits.DocumentBytes);
            return TextOf(LicenseFormat.Parse(note.UntrustedText), note.UntrustedTextBytes);
        }
        catch (FormatException malformed)
        {
            throw new CommandFailure($"{CommandFiles.NameOf(file)} is no license: {malformed.Message}", null, ExitCode.Malformed);
        }
    }

    private static LicenseText TextOf(License license, byte[] signedText) =>
        new(license.Id, signedText, (long)license.ReceiptInterval.TotalSeconds);
}
