using System.CommandLine;
using OfflineLicense.Keys;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Metering;

namespace OfflineLicense.Verifier.Command;

/// <summary><c>offline-license request</c>: writes the file by which the vendor binds a license to this installation.</summary>
internal static class RequestCommand
{
    private const string Extension = ".request";

    public static Subcommand Create(CommandConsole console, ProductOptions products)
    {
        var file = new Argument<string?>("FILE")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "The file to write [default: the installation's 26 characters, .request, here]",
        };
        var armor = new Option<bool>("--armor") { Description = "Write it as a block of ASCII, for mails and tickets that change what they carry" };
        var json = new Option<bool>("--json") { Description = "Answer with one JSON object" };
        var command = new Subcommand(
            "request", "Writes a file that asks the vendor for a license bound to this installation. It holds the product's name and a public key.")
        {
            file, armor, json,
        };
        command.SetAction(parsed =>
        {
            var product = products.Of(parsed);
            using var key = ReadKey(product);
            var installation = key.VerifierKey.Name;
            var path = console.PathOf(parsed.GetValue(file) ?? installation[InstallationName.Prefix.Length..] + Extension);
            var note = InstallationRequest.Sign(product.Product, key);
            Write(path, parsed.GetValue(armor) ? Armor.Wrap(note) : note);
            if (parsed.GetValue(json))
            {
                JsonAnswer.Print(console, answer =>
                {
                    answer.WriteString("installation", installation);
                    answer.WriteString("file", path);
                });
                return;
            }

            new Page().Field("installation", installation).Field("file", new Cell(path, Tone.Good))
                .Line("mail it to your vendor, who makes a license that counts with this installation's key alone")
                .Print(console);
        });
        return command;
    }

    private static SigningKey ReadKey(ProductFiles product)
    {
        if (!product.HasInstallation)
        {
            throw new CommandFailure($"there is no installation's key in {product.StateFolder} yet",
                "start the product once, or make it as the product's user: offline-license init", ExitCode.Unreadable);
        }

        return InstallationKey.Read(LedgerDisk.Real, product.StateFolder);
    }

    // One installation's request says the same at all times, so that only another file stands in the way.
    private static void Write(string path, byte[] bytes)
    {
        try
        {
            if (File.Exists(path) && new FileInfo(path).Length == bytes.Length && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
                return;
        }
        catch (Exception e) when (PlainFailure.IsOfFiles(e))
        {
            throw PlainFailure.At("read", path, e);
        }

        CommandFiles.Write(path, bytes, replace: false);
    }
}
