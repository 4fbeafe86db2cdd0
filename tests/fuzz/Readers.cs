using System.Diagnostics.CodeAnalysis;
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
    internal void Read(Input input)
    {
        Explanation.Of(input.File, FileName, _known);
        switch (input.Kind)
        {
            case InputKind.License:
                License(input);
                break;
            case InputKind.Reply:
                Reply.Open(input.File, [examples.ReplyKey.VerifierKey]);
                Node("vendor.reply", input);
                break;
            case InputKind.Reset:
                TimeReset.Open(input.File, examples.Trust);
                Node("vendor.reset", input);
                break;
            case InputKind.Request:
                InstallationRequest.Open(input.File);
                break;
            case InputKind.Receipts:
                Receipts(input);
                break;
            case InputKind.Anchors:
                Refused<DocumentFormatException>(() => TrustAnchors.Parse(Text(input.File)).ToTrust());
                Refused<KeyFormatException>(() => VerifierKey.Parse(Text(input.File).Split(' ')[^1].TrimEnd('\n')));
                break;
            case InputKind.KeyFile:
                Refused<KeyFileException>(() => KeyFile.Read("vendor.example/licenses/2026", Text(input.File), "").Dispose());
                break;
            case InputKind.Batch:
                BatchRows.Read(input.File, FileName, _template, MadeOf);
                break;
            default:
                Refused<PlanException>(() => MadeOf(LicensePlan.Read(Text(input.File), FileName).WithDefault("product", FleetVendor.Product)));
                break;
        }
    }

    private void License(Input input)
    {
        var reading = SignedLicense.Open(input.File, examples.Trust);
        if (reading.License is not { } signed) return;
        Refused<PlanException>(() => LicensePlan.OfSigned(signed.Text, FileName));
        Node("vendor.lic", input);
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

    private void Receipts(Input input)
    {
        Checked(input.File);
        import.Take(input.File);
        if (Parsed(input.File) is { Count: > 0 } ledgers)
            import.Tell(ledgers, withReport: input.IsForAll);
    }

    /// <summary><c>offline-license check</c>.</summary>
    private void Checked(byte[] file)
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
    }

    /// <summary>The receipts of each ledger that is good to its end; the readings of a node are taken of them on the way.</summary>
    private static List<(string Ledger, List<Receipt> Receipts)> Parsed(byte[] file)
    {
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
            }
        }
        while (reader.SkipToNextLedger());
        return ledgers;
    }

    private static License MadeOf(LicensePlan plan) => PlanText.Of(plan, "01JDA7X0R3Q8N5V2K6T9W00009", s_now).License;

    private static string Text(byte[] file) => Encoding.UTF8.GetString(file);

    [SuppressMessage("Design", "CA1031", Justification = "only the exception that is asked for is caught")]
    private static void Refused<TException>(Action read)
        where TException : Exception
    {
        try
        {
            read();
        }
        catch (TException)
        {
            // As documented.
        }
    }
}
