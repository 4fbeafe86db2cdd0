using System.Text;
using OfflineLicense.Issuer.Import;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Tests.Issuer.Fleets;

/// <summary>What a fraud leaves in the post, and what has to be found of it.</summary>
/// <param name="Kind">The kind of the finding.</param>
/// <param name="Of">The ledger or installation that it names; "" where it names the customer alone.</param>
/// <param name="Mails">All that is mailed.</param>
internal sealed record Trace(FindingKind Kind, string Of, List<FleetMail> Mails);

/// <summary>
/// The frauds that are planted among honest machines, each on a machine of its own that lived honestly up to then, accidents and all. Each
/// is done by a program that signs in good order: what gives it away is what it says.
/// </summary>
internal static class PlantedFraud
{
    internal static IReadOnlyDictionary<string, Func<Random, FleetTerms, FleetMember, Trace>> All { get; } =
        new Dictionary<string, Func<Random, FleetTerms, FleetMember, Trace>>(StringComparer.Ordinal)
        {
            ["a clone that runs beside"] = Clone,
            ["a snapshot that goes on"] = RolledBack,
            ["a snapshot that begins anew"] = BegunAnew,
            ["a mail with one digit changed"] = EditedMail,
            ["a history written anew"] = RewrittenHistory,
            ["a stolen key's license"] = StolenKey,
            ["a copied proof"] = CopiedProof,
            ["a license of nobody's"] = NeverIssued,
            ["another site's license"] = OtherSite,
            ["licensed past the term"] = (random, terms, liar) => PastTheTerm(random, terms, liar, LicenseState.Licensed),
            ["in grace past the grace"] = (random, terms, liar) => PastTheTerm(random, terms, liar, LicenseState.Grace),
            ["a replaced license"] = Replaced,
            ["a meter that stands"] = (random, terms, liar) => Lying(random, liar, FindingKind.Contradiction, static use => use with { TotalSeconds = use.TotalSeconds - use.Seconds, TotalCoreSeconds = use.TotalCoreSeconds - use.CoreSeconds }),
            ["more work than cores"] = (random, terms, liar) => Lying(random, liar, FindingKind.Contradiction, static use => use with { Cores = 1 }),
            ["grace that was never earned"] = (random, terms, liar) => Lying(random, liar, FindingKind.Contradiction, static use => use with { LicensedSeconds = use.LicensedSeconds + (60 * 86_400) }),
            ["a state of its own"] = (random, terms, liar) => Lying(random, liar, FindingKind.NeedsNewerVersion, static use => use with { State = new StateWord("Free") }),
            ["earned grace that a new ledger invents"] = InventedPast,
            ["more than the quota"] = OverQuota,
            ["receipts that are kept back"] = KeptBack,
            ["a clock that is set all day"] = SetAllDay,
        };

    private static Trace Clone(Random random, FleetTerms terms, FleetMember liar)
    {
        var (common, clone) = (liar.Node, liar.Clone());
        var shared = common.Size;
        liar.Work(2, TimeSpan.FromHours(3));
        clone.Work(9, TimeSpan.FromHours(4));
        return new Trace(FindingKind.Fork, common.Ledger,
            [.. FleetMail.Of(random, common, mayBeLost: false), FleetMail.Part(random, clone.Node, random.NextInt64(0, shared + 1))]);
    }

    private static Trace RolledBack(Random random, FleetTerms terms, FleetMember liar)
    {
        var snapshot = liar.Clone();
        liar.Work(3, TimeSpan.FromHours(random.Next(1, 90)));
        var mails = FleetMail.Of(random, liar.Node, mayBeLost: false);
        snapshot.Work(1, TimeSpan.FromHours(random.Next(1, 20)));
        return new Trace(FindingKind.Fork, liar.Node.Ledger, [.. mails, .. FleetMail.Of(random, snapshot.Node, mayBeLost: false)]);
    }

    // An accident as often as not: it is told, and accuses nobody.
    private static Trace BegunAnew(Random random, FleetTerms terms, FleetMember liar)
    {
        var (old, snapshot) = (liar.Node, liar.Node.Copy());
        liar.Work(2, TimeSpan.FromHours(5));
        liar.BeginAnew(snapshot);
        liar.Work(2, TimeSpan.FromHours(5));
        return new Trace(FindingKind.CarriedOn, old.Ledger, [.. FleetMail.Of(random, old, mayBeLost: false), .. FleetMail.Of(random, liar.Node, mayBeLost: false)]);
    }

    private static Trace EditedMail(Random random, FleetTerms terms, FleetMember liar)
    {
        liar.Work(7, TimeSpan.FromHours(2));
        var honest = FleetMail.Part(random, liar.Node, 0);
        var edited = Encoding.ASCII.GetBytes(Encoding.UTF8.GetString(honest.Bytes[..^200]).Replace("\"cores\":7", "\"cores\":1", StringComparison.Ordinal));
        return new Trace(FindingKind.Damage, liar.Node.Ledger, [.. FleetMail.Of(random, liar.Node, mayBeLost: false), honest with { Until = 0, Bytes = [.. edited, .. honest.Bytes[^200..]] }]);
    }

    // The same key, the same numbers, less use: a fork as soon as both were mailed.
    private static Trace RewrittenHistory(Random random, FleetTerms terms, FleetMember liar)
    {
        liar.Work(8, TimeSpan.FromHours(6));
        var anew = Retold(liar, static receipt => receipt is UsageReceipt { Cores: > 1 } use ? use with { Cores = 1, CoreSeconds = use.Seconds } : receipt);
        return new Trace(FindingKind.Fork, liar.Node.Ledger, [.. FleetMail.Of(random, liar.Node, mayBeLost: false), FleetMail.Part(random, anew, 0)]);
    }

    private static Trace StolenKey(Random random, FleetTerms terms, FleetMember liar)
    {
        var license = terms.Issue(terms.First.License with { Quota = new LicenseQuota { Cores = random.Next(1, 1000) } });
        liar.Node.Hold(license).Use(5, random.Next(1, 20));
        return new Trace(FindingKind.AlteredLicense, liar.Node.Ledger, FleetMail.Of(random, liar.Node, mayBeLost: false));
    }

    private static Trace CopiedProof(Random random, FleetTerms terms, FleetMember liar)
    {
        var renewal = terms.Renewal.License.Id;
        var holds = LicenseHolding.Of(FleetNode.Begin("somebody", "else", terms.Begin).Ledger, terms.Renewal.TextBytes);
        liar.Node.Hold(terms.Renewal).Use(5, random.Next(1, 20));
        var node = Retold(liar, receipt => receipt is LicenseReceipt license && license.License == renewal ? license with { Holds = holds } : receipt);
        return new Trace(FindingKind.AlteredLicense, node.Ledger, FleetMail.Of(random, node, mayBeLost: false));
    }

    private static Trace NeverIssued(Random random, FleetTerms terms, FleetMember liar)
    {
        liar.Node.Hold(terms.Issue(terms.Draft(FleetTerms.Ids - 1))).Use(5, random.Next(1, 20));
        return new Trace(FindingKind.UnknownLicense, liar.Node.Ledger, FleetMail.Of(random, liar.Node, mayBeLost: false));
    }

    private static Trace OtherSite(Random random, FleetTerms terms, FleetMember liar)
    {
        liar.Node.Hold(terms.Bound).Use(5, random.Next(1, 20));
        return new Trace(FindingKind.WrongInstallation, liar.Node.Ledger, FleetMail.Of(random, liar.Node, mayBeLost: false));
    }

    private static Trace PastTheTerm(Random random, FleetTerms terms, FleetMember liar, LicenseState state)
    {
        // A ledger that carries on another has its day's notice from there, and the folder's others have theirs.
        var until = terms.Short.License.Until!.Value;
        var node = FleetNode.Begin(liar.Label + "-alone", "alone", until.AddDays(-2)).Hold(terms.Short).Use(1, 48);
        if (state == LicenseState.Grace)
            node.Hold(terms.Short, state, new HeldReason(ReasonCode.TermEnded, until));
        while (node.Now < until.AddDays(6))
            _ = random.Next(3) == 0 ? node.Restart(random.Next(1, 5)) : node.Use(2, random.Next(1, 30));
        node.Use(2, 24);
        return new Trace(FindingKind.Overstay, node.Ledger, FleetMail.Of(random, node, mayBeLost: false));
    }

    private static Trace Replaced(Random random, FleetTerms terms, FleetMember liar)
    {
        var node = FleetNode.Begin(liar.Label + "-alone", "alone", terms.Begin.AddDays(10)).Hold(terms.Amended);
        while (node.Now < terms.Begin.AddDays(50))
            _ = random.Next(3) == 0 ? node.Crash(random.Next(1, 60)) : node.Use(2, random.Next(1, 60));
        node.Use(2, 1);
        return new Trace(FindingKind.ReplacedLicense, node.Installation, FleetMail.Of(random, node, mayBeLost: false));
    }

    // One receipt of use lies, and the node goes on from what it said.
    private static Trace Lying(Random random, FleetMember liar, FindingKind kind, Func<UsageReceipt, UsageReceipt> lie)
    {
        liar.Work(4, TimeSpan.FromHours(random.Next(2, 20)));
        var uses = liar.Node.Receipts.OfType<UsageReceipt>().Where(static use => use.Cores > 1).Select(static use => use.Seq).ToList();
        var which = uses[random.Next(uses.Count)];
        var node = Retold(liar, receipt => receipt is UsageReceipt use && use.Seq == which ? lie(use) : receipt);
        return new Trace(kind, node.Ledger, FleetMail.Of(random, node, mayBeLost: false));
    }

    private static Trace InventedPast(Random random, FleetTerms terms, FleetMember liar)
    {
        var old = liar.Work(1, TimeSpan.FromHours(2)).Node;
        var richer = old.Copy().Use(1, 500);
        var node = FleetNode.Begin(liar.Label, "invented", old.Now.AddHours(1), richer, old.Size).Hold(terms.First).Use(1, random.Next(1, 20));
        return new Trace(FindingKind.Contradiction, node.Ledger, [.. FleetMail.Of(random, old, mayBeLost: false), .. FleetMail.Of(random, node, mayBeLost: false)]);
    }

    private static Trace OverQuota(Random random, FleetTerms terms, FleetMember liar)
    {
        liar.Node.Hold(terms.Small).Use(random.Next(1, 8), random.Next(2, 20));
        return new Trace(FindingKind.OverQuota, "", FleetMail.Of(random, liar.Node, mayBeLost: false));
    }

    private static Trace KeptBack(Random random, FleetTerms terms, FleetMember liar)
    {
        // From here on nothing of it is mailed; the honest machines go on for longer than a month.
        var node = FleetNode.Begin(liar.Label + "-alone", "alone", terms.Begin.AddDays(1)).Hold(terms.First).Use(3, random.Next(2, 200));
        var known = node.Size;
        node.Use(8, 100);
        return new Trace(FindingKind.Silent, node.Ledger, [FleetMail.Part(random, node, 0, known)]);
    }

    private static Trace SetAllDay(Random random, FleetTerms terms, FleetMember liar)
    {
        var node = FleetNode.Begin(liar.Label + "-alone", "alone", terms.Begin.AddDays(random.Next(1, 15))).Hold(terms.First);
        for (var step = random.Next(12, 30); step > 0; step--)
            node.Use(8, TimeSpan.FromMinutes(10)).SetClock(node.Now.AddMinutes(step % 2 == 0 ? 7 : -7));
        return new Trace(FindingKind.ClockUnsteady, node.Ledger, FleetMail.Of(random, node, mayBeLost: false));
    }

    // The same ledger by the same key, with each receipt as the liar writes it.
    private static FleetNode Retold(FleetMember liar, Func<Receipt, Receipt> lie)
    {
        var retold = liar.Node.Begun();
        foreach (var receipt in liar.Node.Receipts.Skip(1))
            retold.Write(lie(receipt));
        return retold;
    }
}
