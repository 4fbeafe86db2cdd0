using System.CommandLine;
using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Command;

/// <summary>
/// <c>offline-license install</c>: puts what the vendor sent in place. Every file of a call is checked before the first is
/// put, and each is put whole or not at all; a bad one displaces nothing.
/// </summary>
internal static class InstallCommand
{
    // Armor is a third longer than what it holds; what is in it has its own bound.
    private const int MostBytes = Limits.ReplyBytes * 3 / 2;

    public static Subcommand Create(CommandConsole console, ProductOptions products)
    {
        var files = new Argument<string[]>("FILE")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "Licenses, trust documents, replies and time resets, in any order; - for standard input",
        };
        var json = new Option<bool>("--json") { Description = "Answer with one JSON object" };
        var command = new Subcommand(
            "install", "Checks what the vendor sent and puts it into the license folder. Needs no valid license.")
        {
            files, json,
        };
        command.SetAction(parsed =>
        {
            var product = products.Of(parsed);
            var named = parsed.GetRequiredValue(files);
            if (named.Count(static file => file == "-") > 1)
                throw new CommandFailure("standard input is named twice", null, ExitCode.Usage);
            var untrusted = named.Select(file => (CommandFiles.NameOf(file), console.Read(file, MostBytes))).ToList();
            var incoming = new IncomingFiles(product).Check(untrusted);
            CheckNames(incoming);
            Put(product, incoming);
            if (parsed.GetValue(json))
                PrintJson(console, product, incoming);
            else
                PageOf(product, incoming).Print(console);
            WarnOfWhatDoesNotCount(console, product, incoming);
        });
        return command;
    }

    // Two replies in one call: which of them the user means is not guessed.
    private static void CheckNames(IReadOnlyList<Incoming> incoming)
    {
        foreach (var same in incoming.GroupBy(static file => file.Name, StringComparer.Ordinal).Where(static same => same.Count() > 1))
        {
            var all = same.ToList();
            if (!all.TrueForAll(file => file.Bytes.Span.SequenceEqual(all[0].Bytes.Span)))
            {
                throw new CommandFailure(
                    $"{all[0].File} and {all[1].File} would both become {same.Key}", "install only the newer one", ExitCode.DoesNotFit);
            }
        }
    }

    private static void Put(ProductFiles product, IReadOnlyList<Incoming> incoming)
    {
        try
        {
            Directory.CreateDirectory(product.LicenseFolder);
        }
        catch (Exception exception) when (PlainFailure.IsOfFiles(exception))
        {
            throw PlainFailure.At("make folder", product.LicenseFolder, exception);
        }

        foreach (var file in incoming.Where(static file => !file.IsInstalled).DistinctBy(static file => file.Name, StringComparer.Ordinal))
            CommandFiles.Write(Path.Combine(product.LicenseFolder, file.Name), file.Bytes.Span, replace: true);
    }

    private static Page PageOf(ProductFiles product, IReadOnlyList<Incoming> incoming)
    {
        var page = new Page();
        foreach (var file in incoming)
        {
            page.Field(
                file.IsInstalled ? "already there" : "installed",
                new Cell(file.Title, file.IsInstalled ? Tone.Faint : Tone.Good));
            page.Field("", new Cell(Path.Combine(product.LicenseFolder, file.Name), Tone.Faint));
        }

        return page;
    }

    private static void PrintJson(CommandConsole console, ProductFiles product, IReadOnlyList<Incoming> incoming) =>
        JsonAnswer.Print(console, json =>
        {
            json.WriteString("product", product.Product);
            json.WriteStartArray("files");
            foreach (var file in incoming)
            {
                json.WriteStartObject();
                json.WriteString("file", file.File);
                json.WriteString("kind", file.Kind);
                json.WriteBoolean("wasThere", file.IsInstalled);
                json.WriteString("path", Path.Combine(product.LicenseFolder, file.Name));
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });

    // Put in place all the same: what it waits for may come later, and the vendor's word is not ours to refuse.
    private static void WarnOfWhatDoesNotCount(CommandConsole console, ProductFiles product, IReadOnlyList<Incoming> incoming)
    {
        var paths = incoming.Select(file => Path.Combine(product.LicenseFolder, file.Name)).ToHashSet(StringComparer.Ordinal);
        foreach (var reason in Node.Peek(product.ToNode()).NotCounting.Where(reason => paths.Contains(reason.File ?? "")))
            CommandLine.Warn(console, $"{Path.GetFileName(reason.File)} does not count: {reason.Sentence}", reason.Mend);
    }
}
