using System.CommandLine;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Commands;

/// <summary><c>issuer import</c>: takes in what customers mailed, and answers each with one reply.</summary>
internal static class ImportCommand
{
    internal static Command Create(CommandConsole console, Func<ParseResult, VendorHome> openHome)
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "Receipts files, gzipped or not, and folders with them; in any order, any number of times",
            Arity = ArgumentArity.OneOrMore,
        };
        var noReply = new Option<bool>("--no-reply") { Description = "Sign no replies: for a machine without the reply key" };
        var dateIsRight = new Option<bool>("--date-is-right") { Description = "Sign although the machine's date looks wrong" };
        var json = new Option<bool>("--json") { Description = "Answer with one JSON object" };
        var command = new Command(
            "import", "Takes receipts into the registry, tells what is damaged, missing or contradictory, and writes one reply a customer.")
        {
            files, noReply, dateIsRight, json,
        };
        var signer = SignerSource.AddTo(command);
        command.SetAction(parsed =>
        {
            var home = openHome(parsed);
            var found = ReceiptsFiles.Find(console, parsed.GetRequiredValue(files));
            using var registry = home.OpenRegistry();

            // What would stop the reply is told before anything is imported.
            var isDateRight = parsed.GetValue(dateIsRight);
            var replies = !parsed.GetValue(noReply);
            if (replies)
                registry.Read(transaction => SigningClock.Now(transaction, console.Time, isDateRight));
            using var replyKey = replies ? signer(parsed).Open(home.KeyOf(KeyRole.Reply), console) : null;

            var import = new ReceiptsImport(registry, console.Time);
            var results = BatchProgress.Show(console, "importing", found.Count, step => import.Import(found, step));
            import.JudgeCustomers(results);
            var report = registry.Read(transaction => ImportReport.Of(transaction, results));
            var written = replyKey is null ? [] : Reply(home, registry, report.Customers, replyKey, transaction =>
                SigningClock.Now(transaction, console.Time, isDateRight));
            if (parsed.GetValue(json))
                ImportAnswer.PrintJson(console, home, report, written);
            else
                ImportAnswer.PageOf(home, report, written).Print(console);
            return report.ExitCode;
        });
        return command;
    }

    private static List<StoredReply> Reply(
        VendorHome home, VendorRegistry registry, IReadOnlyList<Customer> customers, INoteSigner key, Func<RegistryTransaction, DateTimeOffset> now)
    {
        var written = new List<StoredReply>();
        var book = registry.Read(LicenseBook.Load);
        foreach (var customer in customers)
        {
            var reply = registry.Write(transaction => new ReplyMaker(transaction, book).Make(customer, key, now(transaction)));
            if (reply is null)
                continue;
            try
            {
                Directory.CreateDirectory(home.RepliesFolder);
                CommandFiles.Write(Path.Combine(home.RepliesFolder, reply.File), reply.Note, replace: true);
            }
            catch (Exception e) when (e is CommandFailure || PlainFailure.IsOfFiles(e))
            {
                throw new CommandFailure($"all is imported, but the reply to {customer.Licensee} is not written: {e.Message}",
                    "make room for it and import one of the customer's files again: the next reply says the same and more", ExitCode.Unreadable);
            }

            written.Add(reply);
        }

        return written;
    }
}
