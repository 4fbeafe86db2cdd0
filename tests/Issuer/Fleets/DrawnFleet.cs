using OfflineLicense.Issuer.Import;
using OfflineLicense.Keys;

namespace OfflineLicense.Tests.Issuer.Fleets;

/// <summary>
/// A customer with some honest machines and up to three planted frauds, all that is mailed of them, and what the vendor has to find and to
/// bill by a plain tally that knows nothing of the vendor's books.
/// </summary>
internal sealed class DrawnFleet
{
    private readonly List<(FleetMember Member, List<FleetMail> Mails)> _honest = [];
    private readonly List<(string Name, Trace Trace)> _frauds = [];

    /// <param name="vendor">Who signs.</param>
    /// <param name="seed">What decides all of it.</param>
    /// <param name="number">Its number in its books.</param>
    internal DrawnFleet(FleetVendor vendor, int seed, int number)
    {
        var random = new Random(seed);
        (Seed, Terms) = (seed, new FleetTerms(vendor, random, number));
        for (var machine = random.Next(1, 4); machine > 0; machine--)
        {
            var member = new FleetMember(random, Terms, FormattableString.Invariant($"{seed}-honest-{machine}")).Live(Terms.End);
            member.Work(1, TimeSpan.FromHours(2));

            // Of one machine everything arrives, so that it is known how long the story is.
            _honest.Add((member, [.. Ledgers(member).SelectMany(node => FleetMail.Of(random, node, mayBeLost: machine > 1 && seed % 2 == 0))]));
        }

        foreach (var name in PlantedFraud.All.Keys.OrderBy(_ => random.Next()).Take(random.Next(0, 4)).ToList())
        {
            var liar = new FleetMember(random, Terms, FormattableString.Invariant($"{seed}-{name.Replace(' ', '-')}")).Live(Terms.Begin.AddDays(random.Next(5, 19)));
            _frauds.Add((name, PlantedFraud.All[name](random, Terms, liar)));
        }
    }

    internal int Seed { get; }

    internal FleetTerms Terms { get; }

    internal IEnumerable<string> Frauds => _frauds.Select(static fraud => fraud.Name);

    /// <summary>All that is mailed, in the order in which it arrives.</summary>
    internal IEnumerable<FleetMail> Post => _honest.SelectMany(static one => one.Mails).Concat(_frauds.SelectMany(static fraud => fraud.Trace.Mails)).OrderBy(static mail => mail.At);

    /// <summary>What was planted and is not among the findings.</summary>
    internal IEnumerable<string> Missed(IReadOnlyList<Finding> found) => _frauds
        .Where(fraud => !found.Any(finding => IsOf(finding, fraud.Trace)))
        .Select(static fraud => $"{fraud.Name}: no {fraud.Trace.Kind} of {fraud.Trace.Of}");

    /// <summary>What is told of a machine that did nothing, beyond the mails of it that were lost.</summary>
    internal IEnumerable<string> Accused(IReadOnlyList<Finding> found)
    {
        var liars = _frauds.SelectMany(static fraud => fraud.Trace.Mails).Select(static mail => mail.Node.Installation).ToHashSet(StringComparer.Ordinal);
        foreach (var finding in found.Where(static finding => finding.Kind is not FindingKind.NewInstallation))
        {
            var isFraud = finding.Ledger.Length == 0 ? _frauds.Exists(fraud => IsOf(finding, fraud.Trace)) : liars.Contains(finding.Ledger) || liars.Contains(InstallationName.InstallationOf(finding.Ledger));
            if (!isFraud && !IsExpected(finding))
                yield return $"{finding.Kind} {finding.Ledger}: {finding.Evidence}";
        }
    }

    /// <summary>Mails of honest machines that were lost for good, as far as they are to be seen, and are not told.</summary>
    internal IEnumerable<string> UntoldGaps(IReadOnlyList<Finding> found) => _honest.SelectMany(static one => one.Mails).GroupBy(static mail => mail.Node)
        .Where(mails => FleetMail.Known(mails).HasGap && !found.Any(finding => finding.Kind == FindingKind.Gap && finding.Ledger == mails.Key.Ledger))
        .Select(static mails => $"receipts of {mails.Key.Ledger} are missing");

    /// <summary>What is to be billed of each honest ledger: all that it used, or all that came without a hole.</summary>
    internal Dictionary<string, (long Node, long Core)> Bill()
    {
        var bill = new Dictionary<string, (long Node, long Core)>(StringComparer.Ordinal);
        foreach (var (member, mails) in _honest)
        {
            foreach (var node in Ledgers(member))
            {
                var size = FleetMail.Known(mails.Where(mail => mail.Node == node)).Size;
                var uses = node.Receipts.Take((int)size).OfType<OfflineLicense.Verifier.Ledger.UsageReceipt>().ToList();
                bill[node.Ledger] = size == node.Size ? member.Used.GetValueOrDefault(node.Ledger) : (uses.Sum(static use => use.Seconds), uses.Sum(static use => use.CoreSeconds));
            }
        }

        return bill;
    }

    /// <summary>What happened, for whoever reads a failure.</summary>
    internal string Story => FormattableString.Invariant($"seed {Seed}, term until {Terms.Until:MM-dd}; frauds: {string.Join(", ", Frauds)}\n")
        + string.Join('\n', _honest.Select(static one => $"{one.Member.Node.Ledger}: {string.Join("; ", one.Member.Story)}"));

    private static IEnumerable<FleetNode> Ledgers(FleetMember member) => [.. member.Earlier, member.Node];

    private static bool IsOf(Finding finding, Trace trace) =>
        finding.Kind == trace.Kind && finding.Ledger == trace.Of && finding.Evidence.Length > 0 && (finding.Kind != FindingKind.Fork || finding.Kept is not null);

    // Only of mails that were lost, and of the duty to mail, by which a customer is judged and no machine.
    private bool IsExpected(Finding finding)
    {
        if (finding.Kind == FindingKind.MailOverdue)
            return Terms.First.License.Receipts?.MailEvery is not null;
        var lost = _honest.Where(static one => Ledgers(one.Member).Any(node => FleetMail.Known(one.Mails.Where(mail => mail.Node == node)).Size < node.Size));
        return finding.Kind is FindingKind.Gap or FindingKind.Silent && lost.Any(one => one.Member.Installation == InstallationName.InstallationOf(finding.Ledger));
    }
}
