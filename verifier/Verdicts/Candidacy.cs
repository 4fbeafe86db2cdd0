namespace OfflineLicense.Verifier.Verdicts;

/// <summary>Which licenses count, which of them is active, and why the others do not count.</summary>
internal sealed class Candidacy
{
    private readonly IReadOnlyList<LicenseCandidate> _candidates;
    private readonly NodeFacts _facts;
    private readonly DateTimeOffset _now;
    private readonly ILookup<string, License> _replacing;

    private Candidacy(IReadOnlyList<LicenseCandidate> candidates, NodeFacts facts, DateTimeOffset now)
    {
        (_candidates, _facts, _now) = (candidates, facts, now);
        var counting = candidates
            .Where(candidate => IsConsidered(candidate, facts) && Obstacle.Of(candidate, facts, now) is null).ToList();

        // A replaced license is out from the moment that the one which replaces it first counts, for good; unless that was
        // under a wrong date, before the newer one's term; or what replaces it was revoked: a thief takes no license's place.
        Known = candidates.Select(candidate => candidate.Signed?.License).OfType<License>().ToList();
        _replacing = counting.Select(candidate => candidate.Signed!.License)
            .Concat(candidates.Where(static candidate => candidate.Signed?.Revoked is null)
                .Select(candidate => candidate.Signed?.License).OfType<License>()
                .Where(license => license.Replaces is not null && license.From <= now && facts.Counted.Contains(license.Id)))
            .Where(license => license.Replaces is not null && !IsCircular(license, Known))
            .DistinctBy(license => license.Id, StringComparer.Ordinal)
            .OrderByDescending(license => license.Id, StringComparer.Ordinal)
            .ToLookup(license => license.Replaces!, StringComparer.Ordinal);
        Active = counting.Where(candidate => !_replacing.Contains(candidate.Signed!.License.Id))
            .Min(Comparer<LicenseCandidate>.Create(FirstChoiceFirst));
        LastActive = candidates.Where(candidate => candidate.Signed is not null && candidate.Signed.License.Id == facts.LastActive)
            .MinBy(static candidate => candidate.Signed!.Revoked is not null);
    }

    /// <summary>The license that is active; null if none counts.</summary>
    public LicenseCandidate? Active { get; }

    /// <summary>The license that was active last, whether or not it counts now; null if its text is not at hand.</summary>
    public LicenseCandidate? LastActive { get; }

    /// <summary>All license texts at hand, for following who replaced whom.</summary>
    public IReadOnlyList<License> Known { get; }

    public static Candidacy Of(IReadOnlyList<LicenseCandidate> candidates, NodeFacts facts, DateTimeOffset now) =>
        new(candidates, facts, now);

    /// <summary>
    /// Why each of the other files does not count, those that are replaced last. Kept copies are not reported: nobody put
    /// them there.
    /// </summary>
    public IReadOnlyList<Reason> NotCounting()
    {
        var files = _candidates.Where(candidate => !candidate.IsKept)
            .Select(candidate => (Candidate: candidate, Why: Obstacle.Explain(candidate, _facts, _now))).ToList();
        var replaced = files.Where(file => file.Why is null && _replacing.Contains(file.Candidate.Signed!.License.Id))
            .Select(file => Obstacle.Replaced(file.Candidate, _replacing[file.Candidate.Signed!.License.Id].First()));
        return [.. files.Select(file => file.Why).OfType<Reason>(), .. replaced];
    }

    /// <summary>Whether some license at hand holds at a later time, as of now: then the end of another one's term leads to nothing.</summary>
    public static bool IsCovered(IReadOnlyList<LicenseCandidate> candidates, NodeFacts facts, DateTimeOffset at) =>
        Of(candidates, facts, at).Active is { Signed.License: var license } && !(license.Until <= at);

    /// <summary>
    /// Whether a license takes, by way of others, its own place: a vendor's mistake that must put nobody in the dark. None of
    /// such a circle takes another's place; the newest of them is active.
    /// </summary>
    private static bool IsCircular(License license, IReadOnlyList<License> known)
    {
        var passed = new HashSet<string>(StringComparer.Ordinal);
        for (var id = license.Replaces; id is not null && passed.Add(id); id = known.FirstOrDefault(other => other.Id == id)?.Replaces)
        {
            if (id == license.Id)
                return true;
        }

        return false;
    }

    // Of the kept copies only that of the license that was active last.
    private static bool IsConsidered(LicenseCandidate candidate, NodeFacts facts) =>
        !candidate.IsKept || candidate.Signed?.License.Id == facts.LastActive;

    /// <summary>
    /// The newest issued of those whose term holds now, ties by the greater id; if no term holds, the one that ended last.
    /// The node's kept copy gives way to the same license in a file, so that a person is told of the file.
    /// </summary>
    private int FirstChoiceFirst(LicenseCandidate one, LicenseCandidate other)
    {
        var (a, b) = (one.Signed!.License, other.Signed!.License);
        return EndOf(b).CompareTo(EndOf(a)) is not 0 and var byEnd ? byEnd
            : b.Issued.CompareTo(a.Issued) is not 0 and var byIssue ? byIssue
            : string.CompareOrdinal(b.Id, a.Id) is not 0 and var byId ? byId
            : one.IsKept.CompareTo(other.IsKept) is not 0 and var byPlace ? byPlace
            : string.CompareOrdinal(one.File, other.File);

        // All that hold are alike in this.
        DateTimeOffset EndOf(License license) => license.Until <= _now ? license.Until.Value : DateTimeOffset.MaxValue;
    }
}
