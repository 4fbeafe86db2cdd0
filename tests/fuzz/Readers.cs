using System.Text;
using System.Text.Json;
using OfflineLicense.Issuer.Batch;
using OfflineLicense.Issuer.Plans;
using OfflineLicense.Keys;
using OfflineLicense.Testing;
using OfflineLicense.Tests;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Check;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Explanations;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Metering;

namespace OfflineLicense.Fuzz;

/// <summary>
/// Gives an input to all that read such files, as strangers reach them. What a reader is documented to answer or throw is
/// good; whatever else comes out of here is a fault. Not thread-safe.
/// </summary>
/// <param name="examples">The keys and licenses at hand.</param>
/// <param name="import">The vendor's side.</param>
internal sealed class Readers(Examples examples, ImportDesk import)
{
    private const string FileName = "from-a-stranger";
    private static readonly DateTimeOffset s_now = new(2027, 1, 5, 8, 0, 0, TimeSpan.Zero);

    private readonly KnownKeys _known = new([examples.LicenseKey.VerifierKey], [examples.ReplyKey.VerifierKey]);
    private readonly LicensePlan _template = LicensePlan.Read("term: {days: 365}\nquota: {cores: 8}\n", "template.yaml").WithDefault("product", FleetVendor.Product);

    /// <summary>Gives it to all of them.</summary>
    /// <returns>Whether it was taken, and not refused.</returns>
    internal bool Read(Input input)
    {
        Explanation.Of(input.File, FileName, _known);
        switch (input.Kind)
        {
            case InputKind.License:
                return License(input);
            case InputKind.Reply:
                Node("vendor.reply", input);
                return Reply.Open(input.File, [examples.ReplyKey.VerifierKey]).Document is not null;
            case InputKind.Reset:
                Node("vendor.reset", input);
                return TimeReset.Open(input.File, examples.Trust).Document is not null;
            case InputKind.Request:
                return InstallationRequest.Open(input.File).Document is not null;
            case InputKind.Receipts:
                return Receipts(input);
            case InputKind.Anchors:
                return IsTaken<KeyFormatException>(() => VerifierKey.Parse(Text(input.File).Split(' ')[^1].TrimEnd('\n')))
                    & IsTaken<DocumentFormatException>(() => TrustAnchors.Parse(Text(input.File)).ToTrust());
            case InputKind.KeyFile:
                return IsTaken<KeyFileException>(() => KeyFile.Read("vendor.example/licenses/2026", Text(input.File), "").Dispose());
            case InputKind.Batch:
                return BatchRows.Read(input.File, FileName, _template, MadeOf).Errors.Count == 0;
            default:
                return IsTaken<PlanException>(() => MadeOf(LicensePlan.Read(Text(input.File), FileName).WithDefault("product", FleetVendor.Product)));
        }
    }

    private bool License(Input input)
    {
        var reading = SignedLicense.Open(input.File, examples.Trust);
        if (reading.License is not { } signed) return false;
        LicensePlan.OfSigned(signed.Text, FileName);
        Node("vendor.lic", input);
        return true;
    }

    /// <summary>A node that finds the file where operators put what they were mailed.</summary>
    private void Node(string name, Input input)
    {
        if (!input.IsForAll) return;
        var disk = new MemoryDisk { ["/licenses/own.lic"] = SignedAgain.Note(examples.Renewal.TextBytes, examples.LicenseKey), [$"/licenses/{name}"] = input.File };
        Verifier.Node.Foretell(new NodeOptions
        {
            Product = FleetVendor.Product,
            Trust = examples.Trust,
            LicenseFolder = "/licenses",
            StateFolder = "/state",
            LicenseVariable = null,
            TimeProvider = new ManualTime(s_now),
            Disk = disk,
            Machine = new MachineId((string?)null),
        });
    }

    private bool Receipts(Input input)
    {
        var isRefused = Checked(input.File);
        import.Take(input.File);
        var ledgers = Parsed(input.File, out var isDamaged);
        if (isRefused != isDamaged)
            throw new InvalidOperationException($"the checker {(isRefused ? "refuses" : "takes")} it, and the reader does not");
        if (ledgers.Count > 0)
            import.Tell(ledgers, withReport: input.IsForAll);
        return !isDamaged;
    }

    /// <summary><c>offline-license check</c>, whose code shares nothing with the reader's.</summary>
    /// <returns>Whether any ledger in it is refused.</returns>
    private bool Checked(byte[] file)
    {
        var disk = new MemoryDisk { ["/mail/one.receipts"] = file };
        var reports = new FileCheck(disk, "/mail/one.receipts")
        {
            Signatures = SignaturesToVerify.Every,
            Texts = [new LicenseText(examples.License.License.Id, examples.License.TextBytes, 3600)],
        }.Check().ToList();
        var told = ForkSearch.In(disk, reports);
        CheckPage.Of(told);
        using var json = new Utf8JsonWriter(Stream.Null);
        json.WriteStartArray();
        foreach (var report in told)
            CheckJson.Write(json, report);
        json.WriteEndArray();
        return reports.Exists(static report => report.Outcome >= CheckOutcome.NotReceipts);
    }

    /// <summary>The receipts of each ledger that is good to its end; the readings of a node are taken of them on the way.</summary>
    private static List<(string Ledger, List<Receipt> Receipts)> Parsed(byte[] file, out bool isDamaged)
    {
        isDamaged = false;
        var ledgers = new List<(string, List<Receipt>)>();
        using var reader = new ReceiptsReader(new MemoryStream(file), FileName);
        do
        {
            try
            {
                while (reader.NextLedger() is { } head)
                {
                    var receipts = new List<Receipt>();
                    while (reader.NextReceipt() is { } entry)
                        receipts.Add(entry.Receipt);
                    ledgers.Add((head.Ledger, receipts));
                    var readings = new LedgerReadings();
                    foreach (var receipt in receipts)
                        readings.Add(receipt);
                }

                return ledgers;
            }
            catch (ReceiptsDamageException)
            {
                // The next ledger of the file may be good.
                isDamaged = true;
            }
        }
        while (reader.SkipToNextLedger());
        return ledgers;
    }

    private static License MadeOf(LicensePlan plan) => PlanText.Of(plan, "01JDA7X0R3Q8N5V2K6T9W00009", s_now).License;

    private static string Text(byte[] file) => Encoding.UTF8.GetString(file);

    private static bool IsTaken<TRefusal>(Action read)
        where TRefusal : Exception
    {
        try
        {
            read();
            return true;
        }
        catch (TRefusal)
        {
            return false;
        }
    }
}
