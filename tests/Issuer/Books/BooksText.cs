using System.Text;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using static System.FormattableString;

namespace OfflineLicense.Tests.Issuer.Books;

/// <summary>What the books mean, as text to compare: all that no order of files, and no day on which they came, may change.</summary>
internal static class BooksText
{
    internal static string Of(RegistryStore store)
    {
        using var registry = VendorRegistry.Open(store);
        return registry.Read(Of);
    }

    internal static string Of(RegistryTransaction transaction)
    {
        var text = new StringBuilder();
        foreach (var license in new LicenseTable(transaction).All())
            text.AppendLine(Invariant($"{license with { Text = [], Note = [] }} {Encoding.UTF8.GetString(license.Note)}"));
        var (ledgers, replies) = (new LedgerTable(transaction), new ReplyTable(transaction));
        foreach (var ledger in ledgers.All())
            Add(text, transaction, ledger, ledgers);
        foreach (var (customer, number) in replies.Numbers())
            text.AppendLine(Invariant($"{replies.Find(customer, number)! with { Note = [] }} {Encoding.UTF8.GetString(replies.Find(customer, number)!.Note)}"));
        var (kept, lines) = (new KeptTable(transaction), new List<string>());
        lines.AddRange(kept.All().Select(section => Invariant($"{section.KeptFor} {section.Ledger} {section.Start} {section.End} {ExactText.FormatBase64(kept.Section(section.Number)!.Root)}")));
        lines.AddRange(new FindingTable(transaction).Unmended().Select(static finding => Invariant($"{finding.Kind} {finding.Ledger} {finding.Subject} {finding.Customer} {finding.Basis} {finding.State} {finding.Decision?.Why} {finding.Kept is not null}")));
        lines.AddRange(new SigningLog(transaction).All().Where(static signing => signing.Kind != "reset").Select(static signing => Invariant($"{signing with { Number = 0 }}")));
        return text.AppendJoin('\n', lines.Order(StringComparer.Ordinal)).ToString();
    }

    private static void Add(StringBuilder text, RegistryTransaction transaction, StoredLedger ledger, LedgerTable ledgers)
    {
        var uses = new UseTable(transaction);
        text.AppendLine(Invariant($"{ledger.Name} {ledger.Size} {ExactText.FormatBase64(ledger.Root)} {ledger.Standing} forked {ledger.ForkedSize is not null} heard {ledger.HeardAt:u}"));
        foreach (var start in ledgers.PieceStarts(ledger.Name))
            text.Append(Encoding.UTF8.GetString(ledgers.Piece(ledger.Name, start).Text().Span));
        text.AppendLine(Invariant($"{new LineageTable(transaction).Of(ledger.Name)}"));
        text.AppendJoin('\n', uses.Claims(ledger.Name)).AppendLine();
        text.AppendJoin('\n', uses.Uses(ledger.Name).Select(static use => Invariant($"{use.Claim} {use.Day:yyyy-MM-dd} {use.Use} {use.Cores}"))).AppendLine();
        text.AppendJoin('\n', uses.Meters(ledger.Name).OrderBy(static meter => meter.Key, StringComparer.Ordinal)).AppendLine();
        text.AppendJoin('\n', uses.ClockDays(ledger.Name, 0)).AppendLine();
    }
}
