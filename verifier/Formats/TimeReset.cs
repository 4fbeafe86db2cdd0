using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Formats;

/// <summary>
/// Lets a ledger's time go back after a wrong date in the future, <c>*.reset</c>, a signed note by a license key:
/// <code>
/// offline-license/reset/v1
/// id 01JDB2M8Q4T6W9Y1C3F5H7K0NP
/// product openvidu-pro
/// issued 2026-12-01T08:30:00Z
/// ledger offline-license/mfrggzdfmztwq2lknnwg23tpoa/nbswy3dpeb3w64tm
/// size 4
/// root CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
/// time 2026-12-01T08:00:00Z
/// </code>
/// Good for the ledger that holds this prefix and no <c>reset</c> receipt with this id. <c>verifier/README.md</c>,
/// "Time reset". Immutable.
/// </summary>
internal sealed record TimeReset
{
    private const string Format = "offline-license/reset/v1";

    /// <summary>A ULID, of which a ledger takes each once.</summary>
    internal required string Id { get; init; }

    internal required string Product { get; init; }

    internal required DateTimeOffset Issued { get; init; }

    /// <summary>The name of the ledger.</summary>
    internal required string Ledger { get; init; }

    /// <summary>How many receipts the vendor knew, at least 1.</summary>
    internal required long Size { get; init; }

    /// <summary>The root of the ledger's tree at that size: base64 of 32 bytes.</summary>
    internal required string Root { get; init; }

    /// <summary>What the time was at that size.</summary>
    internal required DateTimeOffset Time { get; init; }

    /// <summary>Reads a reset file: at most 64 KiB, repairs, signature, text.</summary>
    internal static DocumentReading<TimeReset> Open(ReadOnlyMemory<byte> untrustedFile, Trust trust) =>
        DocumentReading<TimeReset>.Open(untrustedFile, trust.LicenseKeys, Limits.DocumentBytes, Parse);

    /// <summary>Prints and signs, after reading back what was printed.</summary>
    /// <exception cref="ArgumentException">A value is out of its bounds.</exception>
    internal byte[] Sign(SigningKey licenseKey) => DocumentSigning.Sign(Print(this), Parse, Limits.DocumentBytes, licenseKey);

    /// <exception cref="DocumentFormatException">The text is no time reset.</exception>
    internal static TimeReset Parse(string untrustedText)
    {
        var reader = new LineReader(untrustedText, Format);
        var reset = new TimeReset
        {
            Id = reader.Value("id", FieldForm.UlidProblem),
            Product = reader.Value("product", FieldForm.NameProblem),
            Issued = reader.Time("issued"),
            Ledger = reader.AsLedger(reader.Value("ledger")),
            Size = reader.Number("size", least: 1),
            Root = reader.AsRoot(reader.Value("root")),
            Time = reader.Time("time"),
        };
        reader.End(Print(reset));
        return reset;
    }

    internal static string Print(TimeReset reset) =>
        $"{Format}\nid {reset.Id}\nproduct {reset.Product}\nissued {ExactText.FormatTime(reset.Issued)}\n"
        + $"ledger {reset.Ledger}\nsize {ExactText.FormatNumber(reset.Size)}\nroot {reset.Root}\n"
        + $"time {ExactText.FormatTime(reset.Time)}\n";
}
