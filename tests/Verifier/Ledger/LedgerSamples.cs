using System.Globalization;
using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Tests.Verifier.Formats;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Ledger;

/// <summary>Ledgers of an installation whose key is the same in every run.</summary>
internal static class LedgerSamples
{
    internal const string LedgersFolder = "/state/ledgers";
    internal const string StateFolder = "/state";
    internal const string LicenseId = "01JDA7X0R3Q8N5V2K6T9W4M1ZC";

    /// <summary>Seed 1, 2, … 32. Disposing of it is left to the process.</summary>
    internal static SigningKey Installation { get; } = KeyOf(1);

    internal static byte[] DrawnName { get; } = "ledgername"u8.ToArray();

    internal static DateTimeOffset Begin { get; } = Time("2026-11-22T10:00:00Z");

    internal static SigningKey KeyOf(byte firstByte)
    {
        var seed = Enumerable.Range(firstByte, 32).Select(value => (byte)value).ToArray();
        using var unnamed = SigningKey.Import("unnamed", seed);
        return unnamed.WithName(InstallationName.Of(unnamed.VerifierKey.PublicKey));
    }

    internal static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    internal static LicenseReceipt License(string ledger) => new()
    {
        At = Begin,
        License = LicenseId,
        Holds = LicenseHolding.Of(ledger, Encoding.UTF8.GetBytes(LicenseFormat.Print(Examples.License))),
    };

    internal static StateReceipt Licensed { get; } = new() { At = Begin, State = LicenseState.Licensed, Reasons = [] };

    /// <summary>Use of 8 cores in the n-th interval of five minutes, from 1.</summary>
    internal static UsageReceipt Usage(long interval) => new()
    {
        At = Begin.AddMinutes(5 * interval),
        From = Begin.AddMinutes(5 * (interval - 1)),
        License = LicenseId,
        State = LicenseState.Licensed,
        Since = Begin,
        OpenSeconds = 300,
        Cores = 8,
        Seconds = 300,
        CoreSeconds = 2400,
        TotalSeconds = 300 * interval,
        TotalCoreSeconds = 2400 * interval,
        LicensedSeconds = 300 * interval,
        GraceSeconds = 0,
    };

    internal static StopReceipt Stop { get; } = new() { At = Begin.AddHours(1) };

    /// <summary>One of each kind, and what is rare in each.</summary>
    internal static IReadOnlyList<Receipt> OfEveryKind { get; } =
    [
        new StartReceipt { At = Begin, Clean = 1 },
        new StartReceipt
        {
            At = Begin, Clean = 0, Follows = "offline-license/mfrggzdfmztwq2lknnwg23tpoa/nbswy3dpeb3w64tm", FollowsSize = 7,
            FollowsRoot = Convert.ToBase64String(new byte[32]),
        },
        Stop,
        License("ledger"),
        Licensed,
        new StateReceipt
        {
            At = Begin, State = LicenseState.Grace,
            Reasons = [new HeldReason(ReasonCode.TermEnded, Begin), new HeldReason(ReasonCode.MailOverdue, Begin.AddDays(1))],
        },
        Usage(1),
        Usage(1) with { License = "", State = LicenseState.Unlicensed, TotalCoreSeconds = Limits.Number },
        new ClockReceipt { At = Begin, AheadSeconds = 0, BehindSeconds = 301 },
        new ReplyReceipt { At = Begin, Number = 7, Size = 4 },
        new ResetReceipt { At = Begin, Reset = "01JDA7X0R3Q8N5V2K6T9W4M1ZC", Mark = Begin.AddDays(-3) },
        new TrustReceipt { At = Begin, Version = 3, Sha256 = Convert.ToBase64String(new byte[32]) },
        new UnknownReceipt("weather", ",\"sky\":\"blue\",\"degrees\":21,\"clouds\":[{\"name\":\"cirrus\",\"eighths\":2},{\"name\":\"\",\"eighths\":0}],\"winds\":[1,\"w\"],\"none\":[]}") { At = Begin },
        new UnknownReceipt("bare", "}") { At = Begin },
    ];

    internal static LedgerWriter NewLedger(LedgerDisk disk, byte name = 0) => LedgerWriter.Begin(
        disk, LedgersFolder, Installation, Begin, drawnName: name == 0 ? DrawnName : [.. DrawnName[..9], name]);

    /// <summary>A ledger of several appends on a disk, closed; its folder.</summary>
    internal static string WriteLedger(LedgerDisk disk, byte name = 0, int appends = 3)
    {
        using var writer = NewLedger(disk, name);
        writer.Append(License(writer.Ledger), Licensed);
        for (var interval = 1; interval < appends; interval++)
            writer.Append(Usage(interval));
        return writer.Folder;
    }

    internal static LedgerScan Scan(LedgerDisk disk, string folder) =>
        LedgerScan.Read(disk, folder) ?? throw new InvalidOperationException("no ledger was begun there");

    internal static string SegmentOf(string folder) => Path.Combine(folder, LedgerSegment.FileName(0));

    /// <summary>What an operator exports of all ledgers on a disk.</summary>
    internal static byte[] Export(MemoryDisk disk, string name = "/out/all.receipts")
    {
        Assert.NotNull(LedgerExport.Write(disk, name, Plans(disk, LedgerFolder.ScanAll(disk, StateFolder))));
        return disk[name];
    }

    /// <summary>What leaves of ledgers of which the vendor has acknowledged so many receipts; none of those not named.</summary>
    internal static IReadOnlyList<LedgerPlan> Plans(
        LedgerDisk disk, IReadOnlyList<LedgerScan> scans, Dictionary<string, long>? acknowledged = null) =>
        LedgerPlan.Of(scans.Select(scan => LedgerPart.Of(disk, scan, StateFolder)).OfType<LedgerPart>(), ledger =>
        {
            var size = acknowledged?.GetValueOrDefault(ledger) ?? 0;
            var scan = scans.First(scan => scan.Key!.Name == ledger);
            return size == 0 ? null : new AcknowledgedReceipts(size, size <= scan.Size ? scan.TreeAt(disk, size).Root() : new byte[32]);
        });

    /// <summary>The export of one small ledger: start, license, state, usage.</summary>
    internal static byte[] SmallExport(byte name = 0)
    {
        var disk = new MemoryDisk();
        WriteLedger(disk, name, appends: 2);
        return Export(disk);
    }

    /// <summary>Reads a file to its end; what it holds by ledger.</summary>
    internal static List<(string Ledger, long Start, List<Receipt> Receipts)> ReadAll(byte[] file, string name = "mail.receipts")
    {
        var ledgers = new List<(string, long, List<Receipt>)>();
        using var reader = new ReceiptsReader(new MemoryStream(file), name);
        while (reader.NextLedger() is { } head)
        {
            var receipts = new List<Receipt>();
            while (reader.NextReceipt() is { } entry)
                receipts.Add(entry.Receipt);
            ledgers.Add((head.Ledger, head.Start, receipts));
        }

        return ledgers;
    }

    internal static ReceiptsDamageException Damage(byte[] file, string name = "mail.receipts") =>
        Assert.Throws<ReceiptsDamageException>(() => ReadAll(file, name));

    internal static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
