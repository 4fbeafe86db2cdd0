using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Tour;

/// <summary>
/// The loop, step by step: a vendor, a customer with two nodes, and the mail between them. Every step is the command
/// that a person would type, and the tour stops at the first that does not do what it should.
/// </summary>
internal sealed class GuidedTour(TourShell shell)
{
    private const string License = "../mail/acme.lic";
    private const string Receipts = "../mail/acme.receipts";

    public async Task Walk()
    {
        Directory.CreateDirectory(shell["mail"]);
        Directory.CreateDirectory(shell["customer"]);
        await TheVendorSignsALicense();
        await TheCustomerInstallsIt();
        await TwoNodesWork();
        await TheReceiptsAreMailed();
        await BothSidesComputeTheStatement();
        await AChangedByteIsFound();
        shell.Chapter("That was the whole loop.", $"All of it lies in {shell.Folder}: look around, or remove it.");
    }

    private async Task TheVendorSignsALicense()
    {
        shell.Chapter("1. The vendor signs a license", "16 cores and 600 core-minutes, for 30 days. Receipts are written every second, to have some soon.");
        shell.Export("ISSUER_PASSPHRASE", "only for the tour");
        await shell.Run(["issuer", "init", "vendor", "--vendor", "vendor.example", "--product", "demo-product"]);
        shell.GoTo("vendor", "vendor");
        await shell.Run(
        [
            "issuer", "issue", "plans/sample.yaml", "--licensee", "Acme Telemedicine", "--cores", "16", "--core-minutes", "600",
            "--days", "30", "--every", "1s", "--out", License,
        ]);
    }

    private async Task TheCustomerInstallsIt()
    {
        shell.Chapter(
            "2. The customer installs it",
            "A product's package puts the vendor's anchors beside the program; here they, and the folders, are named by variables.");
        shell.GoTo("customer", "../customer");
        shell.Export("OFFLINE_LICENSE_ANCHORS", "../vendor/demo-product.anchors");
        shell.Export("OFFLINE_LICENSE_LICENSES", "licenses");
        shell.Export("OFFLINE_LICENSE_STATE", "state");
        await shell.Run(["offline-license", "inspect", License]);
        await shell.Run(["offline-license", "install", License]);
    }

    private async Task TwoNodesWork()
    {
        shell.Chapter("3. Two nodes work", "Two real processes for a few seconds, side by side, each metered in a ledger of its own. No network is asked.");
        await shell.RunTogether(
            ["offline-license", "run", "--cores", "12", "--", "issuer", "tour", "work", "--seconds", "8"],
            ["offline-license", "run", "--cores", "4", "--", "issuer", "tour", "work", "--seconds", "6"]);
        await shell.Run(["offline-license", "status"]);
    }

    private async Task TheReceiptsAreMailed()
    {
        shell.Chapter("4. The receipts are mailed, and answered", "One text file that anybody can read; the vendor imports it and answers with a reply.");
        await shell.Run(["offline-license", "export", Receipts]);
        shell.GoTo("vendor", "../vendor");
        await shell.Run(["issuer", "import", Receipts]);
        var reply = Directory.GetFiles(shell["vendor/replies"], "*.reply").Single();
        shell.GoTo("customer", "../customer");
        await shell.Run(["offline-license", "install", Path.GetRelativePath(shell["customer"], reply)]);
    }

    private async Task BothSidesComputeTheStatement()
    {
        shell.Chapter("5. Both sides compute the statement", "Each from the same receipts and the same license. The texts must be equal, byte for byte.");
        var customers = await shell.Run(["offline-license", "statement", Receipts], into: "statement.txt");
        shell.GoTo("vendor", "../vendor");
        var vendors = await shell.Run(["issuer", "statement", "--licensee", "Acme Telemedicine"]);
        if (customers != vendors)
        {
            throw new CommandFailure(
                "the two statements differ", $"compare {shell["customer/statement.txt"]} with what stands above", ExitCode.Failure);
        }

        shell.Say("The customer's statement.txt and the vendor's are equal.", isGood: true);
    }

    private async Task AChangedByteIsFound()
    {
        shell.Chapter("6. A changed byte is found", "One digit of one receipt says less than was used.");
        var bytes = await File.ReadAllBytesAsync(shell["mail/acme.receipts"]);
        var at = bytes.AsSpan().LastIndexOf("\"coreSeconds\":"u8) + "\"coreSeconds\":".Length;
        bytes[at] = (byte)(bytes[at] == '1' ? '0' : '1');
        await File.WriteAllBytesAsync(shell["mail/changed.receipts"], bytes);
        await shell.Run(["issuer", "import", "../mail/changed.receipts"], expected: ExitCode.Damage);
        shell.Say("Nothing of it was stored.", isGood: true);
    }
}
