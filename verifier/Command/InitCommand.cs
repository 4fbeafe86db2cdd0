using System.CommandLine;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Metering;

namespace OfflineLicense.Verifier.Command;

/// <summary>
/// <c>offline-license init</c>: makes the state folder and the installation's key before the product first starts, so that the
/// key can be handed to all machines and a license be asked for. What is there stays.
/// </summary>
internal static class InitCommand
{
    public static Subcommand Create(CommandConsole console, ProductOptions products)
    {
        var json = new Option<bool>("--json") { Description = "Answer with one JSON object" };
        var command = new Subcommand(
            "init", "Makes the state folder and the installation's key, as the product would at its first start. A key that is there stays.") { json };
        command.SetAction(parsed =>
        {
            var product = products.Of(parsed);
            var wasThere = product.HasInstallation;
            var file = Path.Combine(product.StateFolder, InstallationKey.FileName);
            var name = MakeKey(product);
            if (parsed.GetValue(json))
            {
                JsonAnswer.Print(console, answer =>
                {
                    answer.WriteString("installation", name);
                    answer.WriteString("key", file);
                    answer.WriteBoolean("isNew", !wasThere);
                });
                return;
            }

            new Page().Field("installation", new Cell(name, Tone.Good))
                .Field(wasThere ? "key, there already" : "key, new", file)
                .Line("all machines that are to be one installation get a copy of this file, mode 0600, owned by the user that the product runs as")
                .Line("a license for this installation alone: offline-license request")
                .Print(console);
        });
        return command;
    }

    private static string MakeKey(ProductFiles product)
    {
        using var state = new StateFolder(product.StateFolder, LedgerDisk.Real);
        return state.MakeKey().VerifierKey.Name;
    }
}
