using System.Text;
using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Formats;

/// <summary>What the time was in one ledger.</summary>
/// <param name="Ledger">The ledger's name.</param>
/// <param name="Size">How many receipts the vendor knew of it, at least 1.</param>
/// <param name="Root">The root of the ledger's tree at that size: base64 of 32 bytes.</param>
/// <param name="Time">What the time was when it had that size.</param>
internal sealed record ResetLedger(string Ledger, long Size, string Root, DateTimeOffset Time);

/// <summary>
/// Lets the time of ledgers go back after a wrong date in the future, <c>*.reset</c>, a signed note by a license key:
/// <code>
/// offline-license/reset/v1
/// id 01JDZS1M40Q4T6W9Y1C3F5H7K0
/// product openvidu-pro
/// issued 2026-12-01T08:30:00Z
/// ledger offline-license/mfrggzdfmztwq2lknnwg23tpoa/nbswy3dpeb3w64tm 4 CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I= 2026-12-01T08:00:00Z
/// </code>
/// One <c>ledger</c> line or more, by name, ordinal, each once: all that a wrong clock carried ahead are mended by one
/// file. <c>verifier/README.md</c>, "Time reset". Immutable.
/// </summary>
internal sealed record TimeReset
{
    private const string Format = "offline-license/reset/v1";

    private readonly ValueList<ResetLedger> _ledgers = [];

    /// <summary>A ULID. A ledger takes resets in the order of their ids, so each once and none that is older than one it took.</summary>
    internal required string Id { get; init; }

    internal required string Product { get; init; }

    internal required DateTimeOffset Issued { get; init; }

    /// <summary>By name, ordinal; at least one.</summary>
    internal required IReadOnlyList<ResetLedger> Ledgers { get => _ledgers; init => _ledgers = ValueList.Of(value); }

    /// <summary>Reads a reset file: at most 64 KiB, repairs, signature, text.</summary>
    internal static DocumentReading<TimeReset> Open(ReadOnlyMemory<byte> untrustedFile, Trust trust)
    {
        var reading = DocumentReading<TimeReset>.Open(untrustedFile, trust.LicenseKeys, Limits.DocumentBytes, Parse);
        return reading.Document is not { } reset || trust.Judge(reading.Signers, reset.Issued, reading.TextBytes) is not { Outcome: not ReadingOutcome.Good } refused
            ? reading
            : DocumentReading<TimeReset>.Malformed(0, refused.Reason) with { Outcome = refused.Outcome };
    }

    /// <summary>Prints and signs, after reading back what was printed.</summary>
    /// <exception cref="ArgumentException">A value is out of its bounds, a list out of order, or all is longer than 64 KiB.</exception>
    internal byte[] Sign(INoteSigner licenseKey) => DocumentSigning.Sign(Print(this), Parse, Limits.DocumentBytes, licenseKey);

    /// <exception cref="DocumentFormatException">The text is no time reset.</exception>
    internal static TimeReset Parse(string untrustedText)
    {
        var reader = new LineReader(untrustedText, Format);
        var reset = new TimeReset
        {
            Id = reader.Value("id", FieldForm.UlidProblem),
            Product = reader.Value("product", FieldForm.NameProblem),
            Issued = reader.Time("issued"),
            Ledgers = reader.Sorted("ledger", static ledger => ledger.Ledger, static reader =>
            {
                var values = reader.Values("ledger", 4);
                return new ResetLedger(reader.AsLedger(values[0]), reader.AsNumber(values[1], 1), reader.AsRoot(values[2]), reader.AsTime(values[3]));
            }),
        };
        reader.End(Print(reset));
        return reset.Ledgers.Count > 0 ? reset : throw reader.Error("it names no ledger");
    }

    internal static string Print(TimeReset reset)
    {
        var text = new StringBuilder()
            .Append(Format).Append('\n')
            .Append("id ").Append(reset.Id).Append('\n')
            .Append("product ").Append(reset.Product).Append('\n')
            .Append("issued ").Append(ExactText.FormatTime(reset.Issued)).Append('\n');
        foreach (var ledger in reset.Ledgers)
        {
            text.Append("ledger ").Append(ledger.Ledger).Append(' ').Append(ExactText.FormatNumber(ledger.Size)).Append(' ')
                .Append(ledger.Root).Append(' ').Append(ExactText.FormatTime(ledger.Time)).Append('\n');
        }

        return text.ToString();
    }
}
