namespace OfflineLicense.Verifier.Verdicts;

/// <summary>Which licenses count, which of them is active, and why the others do not count.</summary>
internal sealed class Candidacy
{
    private Candidacy(
        LicenseCandidate? active, LicenseCandidate? lastActive, IReadOnlyList<Reason> notCounting, IReadOnlyList<License> known)
    {
        Active = active;
        LastActive = lastActive;
        NotCounting = notCounting;
        Known = known;
    }

    /// <summary>The license that is active; null if none counts.</summary>
    public LicenseCandidate? Active { get; }

    /// <summary>The license that was active last, whether or not it counts now; null if its text is not at hand.</summary>
    public LicenseCandidate? LastActive { get; }

    /// <summary>Why each of the other files does not count. Kept copies are not reported: nobody put them there.</summary>
    public IReadOnlyList<Reason> NotCounting { get; }

    /// <summary>All license texts at hand, for following who replaced whom.</summary>
    public IReadOnlyList<License> Known { get; }

    public static Candidacy Of(IReadOnlyList<LicenseCandidate> candidates, NodeFacts facts, DateTimeOffset now)
    {
        var notCounting = new List<Reason>();
        var counting = new List<LicenseCandidate>();
        foreach (var candidate in candidates)
        {
            if (candidate.IsKept && candidate.Signed?.License.Id != facts.LastActive)
                continue;
            if (WhyNot(candidate, facts, now) is not { } reason)
                counting.Add(candidate);
            else if (!candidate.IsKept)
                notCounting.Add(reason);
        }

        // A replaced license is out from the moment that the one which replaces it first counts, for good; unless that was
        // under a wrong date, before the newer one's term.
        var known = candidates.Select(c => c.Signed?.License).OfType<License>().ToList();
        var replacing = counting.Select(c => c.Signed!.License)
            .Concat(known.Where(license => facts.Counted.Contains(license.Id) && license.From <= now))
            .Where(license => license.Replaces is not null && !IsCircular(license, known))
            .DistinctBy(license => license.Id, StringComparer.Ordinal)
            .OrderByDescending(license => license.Id, StringComparer.Ordinal)
            .ToLookup(license => license.Replaces!, StringComparer.Ordinal);
        foreach (var candidate in counting.ToList())
        {
            if (replacing[candidate.Signed!.License.Id].FirstOrDefault() is not { } newer)
                continue;
            counting.Remove(candidate);
            if (!candidate.IsKept)
                notCounting.Add(Replaced(candidate, newer));
        }

        return new Candidacy(
            Choose(counting, now),
            candidates.FirstOrDefault(c => c.Signed is not null && c.Signed.License.Id == facts.LastActive),
            notCounting,
            known);
    }

    /// <summary>Whether some license at hand holds at a later time, as of now: then the end of another one's term leads to nothing.</summary>
    public static bool IsCovered(IReadOnlyList<LicenseCandidate> candidates, NodeFacts facts, DateTimeOffset at) =>
        Of(candidates, facts, at).Active is { Signed.License: var license } && !(license.Until <= at);

    /// <summary>
    /// Whether a license takes, by way of others, its own place: a vendor's mistake that must put nobody in the dark. None of
    /// such a circle takes another's place; the newest of them is active.
    /// </summary>
    private static bool IsCircular(License license, List<License> known)
    {
        var passed = new HashSet<string>(StringComparer.Ordinal);
        for (var id = license.Replaces; id is not null && passed.Add(id); id = known.Find(other => other.Id == id)?.Replaces)
        {
            if (id == license.Id)
                return true;
        }

        return false;
    }

    /// <summary>
    /// The newest issued of those whose term holds now, ties by the greater id; if no term holds, the one that ended last.
    /// The node's kept copy gives way to the same license in a file, so that a person is told of the file.
    /// </summary>
    private static LicenseCandidate? Choose(List<LicenseCandidate> counting, DateTimeOffset now) =>
        counting
            .OrderByDescending(c => c.Signed!.License.Until is not { } until || until > now)
            .ThenByDescending(c => c.Signed!.License.Until is { } until && until <= now ? until : DateTimeOffset.MaxValue)
            .ThenByDescending(c => c.Signed!.License.Issued)
            .ThenByDescending(c => c.Signed!.License.Id, StringComparer.Ordinal)
            .ThenBy(c => c.IsKept)
            .ThenBy(c => c.File, StringComparer.Ordinal)
            .FirstOrDefault();

    private static Reason? WhyNot(LicenseCandidate candidate, NodeFacts facts, DateTimeOffset now)
    {
        if (candidate.Broken is not null)
            return candidate.Broken;

        var license = candidate.Signed!.License;
        if (license.Product != facts.Product)
        {
            return Not(
                candidate, ReasonCode.WrongProduct, $"it is for the product {license.Product}, and this is {facts.Product}",
                $"ask your vendor for a license for {facts.Product}");
        }

        if (!license.IsFor(facts.Installation))
        {
            return Not(
                candidate, ReasonCode.WrongInstallation, $"it is bound to other installations than {facts.Installation}",
                "tell your vendor this installation's name, and ask for a license that is bound to it");
        }

        if (license.From > now)
        {
            return Not(
                candidate, ReasonCode.NotYetValid, $"its term begins on {Words.Date(license.From)}",
                "leave the file where it is: it counts from that day", license.From);
        }

        if (license.BuildsUntil is { } covered && facts.Built is { } built && built >= covered)
        {
            return Not(
                candidate, ReasonCode.BuildTooNew,
                $"it covers builds made before {Words.Date(covered)}, and this one was made on {Words.Date(built)}",
                "install an earlier version of the product, or renew the license");
        }

        if (license.NeededTrust > facts.TrustVersion)
        {
            return Not(
                candidate, ReasonCode.NeedsTrust,
                $"it needs trust document {Words.Number(license.NeededTrust)}, and this node has {Held(facts.TrustVersion)}",
                "install the trust document that came with it");
        }

        var reply = facts.ReplyNumbers.GetValueOrDefault(license.Licensee);
        if (license.NeededReply > reply)
        {
            return Not(
                candidate, ReasonCode.NeedsReply,
                $"it needs reply {Words.Number(license.NeededReply)}, and this node has {Held(reply)}",
                "install the newest reply of your vendor");
        }

        return null;
    }

    private static string Held(long number) => number == 0 ? "none" : Words.Number(number);

    private static Reason Replaced(LicenseCandidate candidate, License newer) => Not(
        candidate, ReasonCode.Replaced, $"license {newer.Id} has taken its place",
        "nothing is to be mended; the file may be removed");

    private static Reason Not(
        LicenseCandidate candidate, string code, string sentence, string mend, DateTimeOffset? until = null) =>
        new() { Code = code, Sentence = sentence, Mend = mend, File = candidate.File, Until = until };
}
