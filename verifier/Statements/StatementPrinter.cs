using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OfflineLicense.Keys;

namespace OfflineLicense.Verifier.Statements;

/// <summary>
/// The text of a statement, one line after another; ASCII, but for what a license says. What is always there comes
/// first, in one order; what asks for a person's eye follows, in sections that stand there only when they are needed.
/// </summary>
internal static class StatementPrinter
{
    /// <summary>The first line.</summary>
    public const string Format = "offline-license/statement/v1";

    // A clock that is set every few minutes must not fill a statement with windows.
    private const int MostLeftOut = 50;

    public static string Print(Statement statement)
    {
        var text = new StringBuilder().Append(Format).Append('\n');
        Head(text, statement.Chain);
        Licenses(text, statement.Chain);
        Ledgers(text, statement);
        OverAll(text, statement);
        PeakCores(text, statement);
        Quotas(text, statement);
        StatementFindings.Print(text, statement);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString()));
        return text.Append("sha256 ").Append(Convert.ToHexStringLower(hash)).Append('\n').ToString();
    }

    /// <summary>Begins a section: an empty line and its title.</summary>
    internal static StringBuilder Section(StringBuilder text, string title) => text.Append('\n').Append(title).Append('\n');

    private static void Head(StringBuilder text, StatementChain chain)
    {
        text.Append('\n');
        var table = new StatementTable("", "");
        table.Row("product", TerminalText.Escape(chain.Newest.Product));
        table.Row("licensee", TerminalText.Escape(chain.Newest.Licensee));
        table.Row("purpose", TerminalText.Escape(chain.Newest.PurposeInForce));
        table.Row("first day", Day(chain.Period.From));
        table.Row("last day", Day(chain.Period.Until.AddDays(-1)));
        table.Print(text);
    }

    private static void Licenses(StringBuilder text, StatementChain chain)
    {
        Section(text, "Licenses, newest first");
        var table = new StatementTable("license", "term from", "until", "receipts every");
        foreach (var license in chain.Licenses)
        {
            table.Row(
                license.Id, ExactText.FormatTime(license.From),
                license.Until is { } until ? ExactText.FormatTime(until) : "no end",
                $"{Seconds(chain.IntervalOf(license.Id)!.Value)} s");
        }

        table.Print(text);
    }

    private static void Ledgers(StringBuilder text, Statement statement)
    {
        Section(text, "Ledgers");
        var table = new StatementTable(
            "ledger", "first seq", "last seq", "node-seconds", "core-seconds", "cores", "unclean starts", "lost at most (s)", "receipts");
        foreach (var installation in statement.Counted.Where(ledger => ledger.IsOfChain).GroupBy(InstallationOf, StringComparer.Ordinal))
        {
            table.Line(installation.Key);
            foreach (var ledger in installation)
            {
                table.Row(
                    ledger.Ledger[(ledger.Ledger.LastIndexOf('/') + 1)..], ledger.FirstSeq!.Value, ledger.LastSeq!.Value,
                    ledger.Itemised.Seconds, ledger.Itemised.CoreSeconds, ledger.LargestCores, ledger.UncleanStarts,
                    ledger.LossSeconds, ledger.IsComplete ? "complete" : $"known until {ExactText.FormatTime(ledger.KnownUntil!.Value)}");
            }
        }

        if (table.IsEmpty)
            text.Append("  none has receipts of these licenses in these days\n");
        else
            table.Print(text);
    }

    private static void OverAll(StringBuilder text, Statement statement)
    {
        Section(text, "Over all");
        var sum = statement.Itemised + statement.NotItemised;
        var table = new StatementTable("", "node", "core");
        table.Row("itemised seconds", statement.Itemised.Seconds, statement.Itemised.CoreSeconds);
        table.Row("not itemised seconds", statement.NotItemised.Seconds, statement.NotItemised.CoreSeconds);
        table.Row("seconds together", sum.Seconds, sum.CoreSeconds);
        table.Row("in whole minutes", sum.Seconds / 60, sum.CoreSeconds / 60);
        table.Row("seconds lost at most", statement.Counted.Where(ledger => ledger.IsOfChain).Sum(ledger => ledger.LossSeconds), "");
        table.Print(text);
    }

    private static void PeakCores(StringBuilder text, Statement statement)
    {
        Section(text, "Peak cores");
        var table = new StatementTable("", "", "");
        table.Row(
            "surely in use", statement.Peaks.Surely(),
            $"the most on one node, or the mean of all over {Seconds(statement.Chain.WindowSeconds)} s and {Seconds(StatementPeaks.SkewSeconds)} s of skew");
        table.Row("possibly in use", statement.Peaks.Possibly(), "the most of each node in two windows, at one moment; never billed");
        table.Print(text);

        var leftOut = statement.Peaks.LeftOut().ToList();
        if (leftOut.Count == 0)
            return;
        text.Append("  left out of the mean, because a clock or time was set:\n");
        foreach (var (from, until) in leftOut.Take(MostLeftOut))
            text.Append(CultureInfo.InvariantCulture, $"    {ExactText.FormatTime(from)} until {ExactText.FormatTime(until)}\n");
        if (leftOut.Count > MostLeftOut)
            text.Append(CultureInfo.InvariantCulture, $"    and {leftOut.Count - MostLeftOut} more\n");
    }

    private static void Quotas(StringBuilder text, Statement statement)
    {
        var chain = statement.Chain;
        Section(text, $"Quotas of {chain.Newest.Id}");
        var quota = chain.Newest.Quota;
        var used = statement.TowardQuota;
        var largest = statement.Counted.Select(ledger => ledger.LargestCores).Append(0).Max();
        var table = new StatementTable("quota", "allowed", "used", "over", "");
        var period = chain.Quota is { } judged
            ? $"from {ExactText.FormatTime(judged.Start)}{(judged.End is { } end ? $" until {ExactText.FormatTime(end)}" : "")}"
            : null;
        const string wrongPeriod = "not judged: the statement's days do not begin and end in one period of the quota";
        const string earlierTerm = "not judged: the statement's days begin before the license's term";
        Judge("cores", quota.Cores, chain.JudgesCores, statement.Peaks.Surely(), "surely in use", earlierTerm);
        Judge("node-minutes", quota.NodeMinutes, period is not null, used.Seconds / 60, period ?? "", wrongPeriod);
        Judge("core-minutes", quota.CoreMinutes, period is not null, used.CoreSeconds / 60, period ?? "", wrongPeriod);
        Judge("node-cores", quota.NodeCores, chain.JudgesCores, largest, "the most on one node", earlierTerm);
        if (table.IsEmpty)
            text.Append("  none\n");
        else
            table.Print(text);

        void Judge(string name, long? allowed, bool isJudged, Int128 used, string what, string whyNot)
        {
            if (allowed is not { } limit)
                return;
            if (isJudged)
                table.Row(name, limit, used, Int128.Max(0, used - limit), what);
            else
                table.Row(name, limit, "", "", whyNot);
        }
    }

    private static string InstallationOf(StatementReading ledger) =>
        ledger.Ledger[..Math.Max(0, ledger.Ledger.LastIndexOf('/'))];

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Seconds(long seconds) => seconds.ToString(CultureInfo.InvariantCulture);
}
