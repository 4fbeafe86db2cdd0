namespace OfflineLicense.Verifier.Verdicts;

/// <summary>
/// A license and those whose places it took, one after another, newest first: what one quota is counted over. A link
/// whose text is not known ends the chain.
/// </summary>
internal sealed class LicenseChain
{
    private readonly OrderedDictionary<string, License?> _links = new(StringComparer.Ordinal);

    private LicenseChain(IEnumerable<KeyValuePair<string, License?>> links)
    {
        foreach (var (id, license) in links)
            _links.Add(id, license);
    }

    public LicenseChain(License newest, IEnumerable<License> known)
    {
        _links.Add(newest.Id, newest);
        if (newest.Replaces is null)
            return;

        var byId = new Dictionary<string, License>(StringComparer.Ordinal);
        foreach (var license in known)
            byId[license.Id] = license;
        byId[newest.Id] = newest;

        // The newest may name an id that nobody has at hand: its use still counts on.
        for (var id = newest.Replaces; id is not null && _links.TryAdd(id, byId.GetValueOrDefault(id));)
            id = byId.GetValueOrDefault(id)?.Replaces;
    }

    /// <summary>The ids, newest first.</summary>
    public IReadOnlyCollection<string> Ids => _links.Keys;

    public bool Contains(string id) => _links.ContainsKey(id);

    /// <summary>The part of the chain that ends with a license of it, and that license's own period of the same beginning.</summary>
    /// <param name="id">A license of the chain.</param>
    /// <param name="period">The period that is asked for; also the license's own where its text is not known.</param>
    public (LicenseChain Chain, LicensePeriod Period) UpTo(string id, LicensePeriod period)
    {
        var part = new LicenseChain(_links.SkipWhile(link => link.Key != id));
        return (part, _links[id] is { } license ? LicensePeriod.Of(license, period.Start) : period);
    }

    /// <summary>Whether a day's use of a license counts toward a period.</summary>
    public bool CountsToward(LicensePeriod period, string license, DateOnly day)
    {
        if (!_links.TryGetValue(license, out var link) || !period.HoldsDay(day))
            return false;
        var isFirstDay = day == DateOnly.FromDateTime(period.Start.UtcDateTime);
        var beginsInMidDay = period.Start.TimeOfDay != TimeSpan.Zero;
        return !isFirstDay || !beginsInMidDay || link is null || link.From >= period.Start;
    }
}
