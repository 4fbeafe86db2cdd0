using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using OfflineLicense.Keys;
using OfflineLicense.Tests.Verifier.Nodes;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Tests.Verifier.Command;

/// <summary>
/// A machine with the operator's program on it, in a folder of its own: <c>mail/</c> holds what vendors sent, good and bad,
/// <c>licenses/</c> and <c>state/</c> are the product's. The clock stands at 2026-11-22T10:00:00Z until a test moves it.
/// </summary>
internal sealed partial class OperatorSite : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FleetVendor _vendor = new();
    private LedgerDisk _disk = LedgerDisk.Real;

    public OperatorSite()
    {
        Directory.CreateDirectory(_folder["mail"]);
        Directory.CreateDirectory(_folder["state"]);
        Put("openvidu-pro.anchors", TrustAnchors.Print(new TrustAnchors { Product = FleetVendor.Product, LicenseKeys = [_vendor.LicenseKey.VerifierKey] }));
        using var installation = FleetVendor.KeyOf("installation");
        KeyFile.Create(_folder["state/installation.key"], KeyFile.WriteUnencrypted(installation));

        var plan = Plan(1);
        Put("mail/acme.lic", _vendor.Note(plan));
        Put("mail/next-year.lic", _vendor.Note(Plan(2) with { From = plan.Until!.Value, Until = plan.Until.Value.AddYears(1) }));
        Put("mail/other-product.lic", _vendor.Note(Plan(3) with { Product = "other" }));
        Put("mail/bound.lic", _vendor.Note(Plan(4) with { Installations = ["offline-license/mfrggzdfmztwq2lknnwg23tpoa"] }));
        Put("mail/same-id.lic", _vendor.Note(plan with { Licensee = "Umbrella" }));
        using var stranger = FleetVendor.KeyOf("stranger.example/licenses");
        Put("mail/stranger.lic", SignedNote.Sign(LicenseFormat.Print(plan), stranger));
        Put("mail/changed.lic", Encoding.UTF8.GetString(_vendor.Note(plan)).Replace("cores: 8", "cores: 9", StringComparison.Ordinal));
        Put("mail/cut.lic", _vendor.Note(plan).AsSpan(0, 200));
        Put("mail/newer.lic", SignedNote.Sign(LicenseFormat.Print(plan).Replace("quota:", "orbit: low\nquota:", StringComparison.Ordinal), _vendor.LicenseKey));
        Put("mail/armored.txt", Armor.Wrap(_vendor.Note(plan)));
        Put("mail/pasted.lic", Encoding.UTF8.GetString(_vendor.Note(plan)).Replace('\u2014'.ToString(), "--", StringComparison.Ordinal));
        Put("mail/reply-7.reply", ReplyOf(7).Sign(_vendor.ReplyKey));
        Put("mail/reply-8.reply", ReplyOf(8).Sign(_vendor.ReplyKey));
        Put("mail/not-ours.reply", (ReplyOf(9) with { Licensee = "Umbrella" }).Sign(_vendor.ReplyKey));
        Put("mail/notes.txt", "buy milk\n");
    }

    public ManualTime Time { get; } = new("2026-11-22T10:00:00Z");

    public FleetVendor Vendor => _vendor;

    /// <summary>What <c>OFFLINE_LICENSE</c> holds; empty for nothing.</summary>
    public string License { get; set; } = "";

    public string Path => _folder.Path;

    public string this[string name] => _folder[name];

    public CommandConsole Console(string? input = null) => CommandRun.Console(
        _folder.Path, Time, "",
        (ProductOptions.LicensesVariable, "licenses"), (ProductOptions.StateVariable, "state"), ("OFFLINE_LICENSE", License), ("PATH", "/usr/bin:/bin"))
        with
    {
        Input = input is null ? Stream.Null : File.OpenRead(_folder[input]),
    };

    public Task<CommandRun> Run(params string[] args) => CommandRun.Of(OperatorProgram.Create, Console(), args);

    /// <summary>
    /// One line of a transcript. Beside the program there are <c>work CORES HOURS</c> (the product runs and uses cores),
    /// <c>segments BYTES</c> (of a ledger's files), <c>answer FILE</c> (the vendor's reply that has all receipts), <c>clock TIME</c>, <c>ls</c>, <c>cat</c>, <c>rm</c> and <c>echo TEXT > FILE</c>.
    /// </summary>
    public async Task<string> Line(string[] words)
    {
        switch (words)
        {
            case ["offline-license", .. var args]:
                var input = args is [.., "<", var file] ? file : null;
                var run = await CommandRun.Of(OperatorProgram.Create, Console(input), input is null ? args : args[..^2]);
                return Stable(run.Output + Encoding.UTF8.GetString(run.OutputBytes) + run.Error)
                    + (run.ExitCode == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"[exit {run.ExitCode}]\n"));
            case ["work", var cores, var hours]:
                Work(int.Parse(cores, CultureInfo.InvariantCulture), TimeSpan.FromHours(int.Parse(hours, CultureInfo.InvariantCulture)));
                return "";
            case ["clock", var time]:
                Time.Wall = DateTimeOffset.Parse(time, CultureInfo.InvariantCulture);
                return "";
            case ["segments", var bytes]:
                _disk = new FailingDisk { LargestSegment = int.Parse(bytes, CultureInfo.InvariantCulture) };
                return "";
            case ["answer", var answer]:
                Put(answer, (ReplyOf(9) with
                {
                    Time = Time.Wall,
                    Ledgers = [.. LedgerFolder.ScanAll(LedgerDisk.Real, _folder["state"])
                    .Select(static scan => new ReplyLedger(scan.Key!.Name, scan.Size, Convert.ToBase64String(scan.Root)))]
                }).Sign(_vendor.ReplyKey));
                return "";
            case ["ls", var folder]:
                return Stable(string.Join('\n', Directory.EnumerateFileSystemEntries(_folder[folder]).Select(System.IO.Path.GetFileName).Order(StringComparer.Ordinal)));
            case ["cat", var text]:
                return Stable(await File.ReadAllTextAsync(_folder[text]));
            case ["rm", var gone]:
                File.Delete(_folder[gone]);
                return "";
            case ["echo", var text, ">", var target]:
                Put(target, text + "\n");
                return "";
            default:
                throw new ArgumentException($"a transcript has no command '{string.Join(' ', words)}'", nameof(words));
        }
    }

    /// <summary>The product itself, on this machine or with another's state folder.</summary>
    public Node Open(string state = "state") => Node.Open(new NodeOptions
    {
        Product = FleetVendor.Product,
        Trust = _vendor.Trust,
        TimeProvider = Time,
        LookEvery = TimeSpan.FromMinutes(5),
        LicenseFolder = _folder["licenses"],
        StateFolder = _folder[state],
        Disk = _disk,
    });

    /// <summary>The product starts, uses cores for a time, and stops.</summary>
    public void Work(int cores, TimeSpan time, string state = "state")
    {
        using var node = Open(state);
        if (!node.TryBegin(cores, out var usage, out var why)) throw new InvalidOperationException(why.Sentence);
        using (usage)
            Time.Advance(time);
    }

    public void Put(string name, string text) => Put(name, Encoding.UTF8.GetBytes(text));

    public void Put(string name, ReadOnlySpan<byte> bytes)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(_folder[name])!);
        File.WriteAllBytes(_folder[name], bytes);
    }

    public void Dispose()
    {
        _vendor.Dispose();
        _folder.Dispose();
    }

    // What is drawn anew in every run: the folder, the ledgers' names, and what is computed from them.
    private string Stable(string text)
    {
        text = text.Replace(_folder.Path, "/node", StringComparison.Ordinal);
        foreach (var ledger in Directory.Exists(_folder["state/ledgers"]) ? Directory.EnumerateDirectories(_folder["state/ledgers"]) : [])
            text = text.Replace(System.IO.Path.GetFileName(ledger), "LEDGER0123456789", StringComparison.Ordinal);
        text = Sha256Hex().Replace(text, "SHA256");
        return Base64Of32Bytes().Replace(text, "HASH");
    }

    private License Plan(int number) => FleetVendor.Plan(number) with
    {
        Quota = new LicenseQuota { Cores = 8, NodeMinutes = 10_000 },
        Receipts = new LicenseReceipts { Every = Duration.Parse("1h"), MailEvery = Duration.Parse("90d"), RepliesBy = [_vendor.ReplyKey.VerifierKey.ToString()] },
    };

    private static Reply ReplyOf(long number) => new()
    {
        Product = FleetVendor.Product,
        Licensee = "Acme Telemedicine",
        Number = number,
        Time = new DateTimeOffset(2026, 12, 1, 8, 30, 0, TimeSpan.Zero),
    };

    [GeneratedRegex("\\b[0-9a-f]{64}\\b", RegexOptions.None, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex Sha256Hex();

    [GeneratedRegex("[A-Za-z0-9+/]{43}=", RegexOptions.None, matchTimeoutMilliseconds: Timeout.Infinite)]
    private static partial Regex Base64Of32Bytes();
}
