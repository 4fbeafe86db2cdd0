using System.Text;
using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Formats;

/// <summary>
/// The text of a reply, <c>*.reply</c>, a signed note by a reply key:
/// <code>
/// offline-license/reply/v1
/// product openvidu-pro
/// licensee Acme Telemedicine
/// number 7
/// time 2026-12-01T08:30:00Z
/// used 01JDA7X0R3Q8N5V2K6T9W4M1ZC 2026-11-22T00:00:00Z 86400 691200
/// ledger offline-license/mfrggzdfmztwq2lknnwg23tpoa/nbswy3dpeb3w64tm 4 CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
/// </code>
/// Any number of <c>used</c> lines by license id, then any number of <c>ledger</c> lines by name, both ordinal and
/// each once. <c>verifier/README.md</c>, "Reply".
/// </summary>
internal static class ReplyFormat
{
    private const string Format = "offline-license/reply/v1";

    /// <exception cref="DocumentFormatException">The text is no reply.</exception>
    internal static Reply Parse(string untrustedText)
    {
        var reader = new LineReader(untrustedText, Format);
        var reply = new Reply
        {
            Product = reader.Value("product", FieldForm.NameProblem),
            Licensee = reader.Value("licensee", FieldForm.LicenseeProblem),
            Number = reader.Number("number", least: 1),
            Time = reader.Time("time"),
            Used = reader.Sorted("used", static use => use.License, static reader =>
            {
                var values = reader.Values("used", 4);
                return Ulid.IsUlid(values[0])
                    ? new ReplyUse(values[0], reader.AsTime(values[1]), reader.AsNumber(values[2], 0), reader.AsNumber(values[3], 0))
                    : throw reader.Error($"'{values[0]}' is not the id of a license");
            }),
            Ledgers = reader.Sorted("ledger", static ledger => ledger.Ledger, static reader =>
            {
                var values = reader.Values("ledger", 3);
                return new ReplyLedger(reader.AsLedger(values[0]), reader.AsNumber(values[1], 1), reader.AsRoot(values[2]));
            }),
        };
        reader.End(Print(reply));
        return reply;
    }

    internal static string Print(Reply reply)
    {
        var text = new StringBuilder()
            .Append(Format).Append('\n')
            .Append("product ").Append(reply.Product).Append('\n')
            .Append("licensee ").Append(reply.Licensee).Append('\n')
            .Append("number ").Append(ExactText.FormatNumber(reply.Number)).Append('\n')
            .Append("time ").Append(ExactText.FormatTime(reply.Time)).Append('\n');
        foreach (var use in reply.Used)
        {
            text.Append("used ").Append(use.License).Append(' ').Append(ExactText.FormatTime(use.PeriodStart)).Append(' ')
                .Append(ExactText.FormatNumber(use.NodeSeconds)).Append(' ').Append(ExactText.FormatNumber(use.CoreSeconds)).Append('\n');
        }

        foreach (var ledger in reply.Ledgers)
        {
            text.Append("ledger ").Append(ledger.Ledger).Append(' ').Append(ExactText.FormatNumber(ledger.Size)).Append(' ')
                .Append(ledger.Root).Append('\n');
        }

        return text.ToString();
    }
}
