using System.Text;
using OfflineLicense.Issuer.Home;
using OfflineLicense.Keys;
using OfflineLicense.Tests;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Fuzz;

/// <summary>
/// The good files that all inputs are made from: whole examples of each format, and the ledgers of a small fleet, under
/// keys that are the same in every run. Thread-safe.
/// </summary>
internal sealed class Examples : IDisposable
{
    private static readonly DateTimeOffset s_begin = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    private readonly FleetVendor _vendor = new();

    internal Examples()
    {
        License = _vendor.Issue(FleetVendor.Plan(1));
        Renewal = _vendor.Issue(FleetVendor.Plan(2) with
        {
            Replaces = License.License.Id,
            Quota = new LicenseQuota { Per = QuotaPeriod.Month, Cores = 8, NodeMinutes = 1000, CoreMinutes = 5000 },
            Receipts = new LicenseReceipts { Every = Duration.Parse("1h"), MailEvery = Duration.Parse("30d"), RepliesBy = [ReplyKey.VerifierKey.ToString()] },
        });
        Forever = _vendor.Issue(FleetVendor.Plan(3, "Zenith") with
        {
            Until = new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero),
            Quota = new LicenseQuota { NodeMinutes = 100, Cores = 2 },
            Receipts = new LicenseReceipts { Every = Duration.Parse("1h"), MailEvery = Duration.Parse("30d") },
        });
        using var installation = FleetVendor.KeyOf("acme");
        RequestKey = installation.WithName(InstallationName.Of(installation.VerifierKey.PublicKey));
        Ledgers = [.. Nodes().Select(static node => new ForgedLedger(node.Node, FleetVendor.KeyOf(node.Installation).WithName(node.Node.Ledger)))];
        LicenseTexts = [TextOf("example.lic"), TextOf("smallest.lic"), TextOf("unicode.lic"), License.TextBytes, Renewal.TextBytes, Forever.TextBytes];
        ReplyTexts = [TextOf("example.reply"), Encoding.UTF8.GetBytes(ReplyFormat.Print(Reply()))];
        ResetTexts = [TextOf("example.reset")];
        RequestTexts = [Encoding.UTF8.GetBytes(InstallationRequest.Print(new InstallationRequest { Product = FleetVendor.Product, Key = RequestKey.VerifierKey }))];
        Receipts = [File("example.receipts"), File("continued.receipts"), .. Ledgers.Select(static ledger => ledger.Honest)];
    }

    internal Trust Trust => _vendor.Trust;

    internal SigningKey LicenseKey => _vendor.LicenseKey;

    internal SigningKey ReplyKey => _vendor.ReplyKey;

    internal SigningKey RequestKey { get; }

    internal SignedLicense License { get; }

    /// <summary>Takes the place of <see cref="License"/>, and has every limit.</summary>
    internal SignedLicense Renewal { get; }

    /// <summary>Another customer's, until the end of the calendar.</summary>
    internal SignedLicense Forever { get; }

    internal IReadOnlyList<ForgedLedger> Ledgers { get; }

    internal IReadOnlyList<byte[]> LicenseTexts { get; }

    internal IReadOnlyList<byte[]> ReplyTexts { get; }

    internal IReadOnlyList<byte[]> ResetTexts { get; }

    internal IReadOnlyList<byte[]> RequestTexts { get; }

    internal IReadOnlyList<byte[]> Receipts { get; }

    internal IReadOnlyList<byte[]> Anchors { get; } = [File("example.anchors")];

    internal IReadOnlyList<byte[]> Plans { get; } =
    [
        Encoding.UTF8.GetBytes(SamplePlan.Text(FleetVendor.Product)),
        "licensee: Acme\nterm: {days: 365}\nquota: {cores: 8, node-minutes: 1_000}\nfeatures: {recording: \"true\"}\n"u8.ToArray(),
    ];

    internal IReadOnlyList<byte[]> Batches { get; } =
    [
        "licensee,quota.cores,notes.order\r\nAcme Telemedicine,64,A-1027\r\n\"Smith, Jones and \"\"Sons\"\"\",8,\r\n"u8.ToArray(),
        "licensee,term.until,installations,features.rooms\nAcme,2027-12-01,offline-license/mfrggzdfmztwq2lknnwg23tpoa,4\n"u8.ToArray(),
    ];

    /// <summary>Private keys: not encrypted, and encrypted, which nobody gives the passphrase of.</summary>
    internal IReadOnlyList<byte[]> KeyFiles { get; } = KeyFilesOf();

    public void Dispose()
    {
        RequestKey.Dispose();
        _vendor.Dispose();
    }

    private static byte[] File(string name)
    {
        using var stream = typeof(Examples).Assembly.GetManifestResourceStream(name)!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static byte[] TextOf(string name) => SignedNote.Split(File(name)).UntrustedTextBytes;

    private static byte[][] KeyFilesOf()
    {
        using var key = FleetVendor.KeyOf("vendor.example/licenses/2026");
        return [Encoding.UTF8.GetBytes(KeyFile.WriteUnencrypted(key)), Encoding.UTF8.GetBytes(KeyFile.Write(key, "correct horse"))];
    }

    private IEnumerable<(string Installation, FleetNode Node)> Nodes()
    {
        yield return ("acme", FleetNode.Begin("acme", "first", s_begin).Hold(License).Use(4, 5).Restart(hoursOff: 2).Use(1, 2).Stop());
        var second = FleetNode.Begin("acme", "second", s_begin).Hold(License).Use(2, 3).Crash(hoursOff: 30).Idle(2)
            .SetClock(s_begin.AddDays(9)).Use(3, 2).TakeReset(s_begin.AddDays(2)).Hold(Renewal).Use(7, 4);
        yield return ("acme", second);
        yield return ("acme", FleetNode.Begin("acme", "third", s_begin.AddDays(20), follows: second)
            .Hold(Renewal, LicenseState.Grace, new HeldReason("TermEnded", s_begin.AddDays(19))).Use(9, 3).Write(new ReplyReceipt { At = s_begin.AddDays(21), Number = 7, Size = 4 }));
        yield return ("zenith", FleetNode.Begin("zenith", "second", s_begin).Hold(Forever).Use(3, 4).Idle(3));
        yield return ("zenith", FleetNode.Begin("zenith", "first", s_begin).Hold(null).Use(1, 3).Write(new TrustReceipt { At = s_begin.AddDays(1), Version = 3, Sha256 = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=" }));
    }

    private Reply Reply() => new()
    {
        Product = FleetVendor.Product,
        Licensee = License.License.Licensee,
        Number = 7,
        Time = s_begin.AddDays(30),
        Used = [new ReplyUse(License.License.Id, License.License.From, 86_400, 691_200)],
        Ledgers = [.. Nodes().Select(static node => new ReplyLedger(node.Node.Ledger, node.Node.Size, ExactText.FormatBase64(node.Node.RootAt(node.Node.Size)))).OrderBy(static ledger => ledger.Ledger, StringComparer.Ordinal)],
    };
}
