namespace OfflineLicense.Issuer.Import;

/// <summary>Where a finding stands: what a person decided about it, or that it mended itself.</summary>
internal enum FindingState
{
    /// <summary>Nobody has decided anything about it, or more was found since.</summary>
    Open,

    /// <summary>It is as it is told, and somebody sees to it; of an installation that is new: it is the customer's.</summary>
    Confirmed,

    /// <summary>Only of an installation that is new: it is not the customer's, and nothing of it is billed to them.</summary>
    Declined,

    /// <summary>Somebody saw to it, and nothing more is to be done.</summary>
    Settled,

    /// <summary>What was wrong is so no more: the gap closed, the license reached the registry.</summary>
    Mended,
}

/// <summary>What somebody decided about a finding. Immutable.</summary>
/// <param name="At">When, by the issuer's clock.</param>
/// <param name="By">Who; "" where an import opened it anew.</param>
/// <param name="State">Where the finding stands from then on.</param>
/// <param name="Why">The reason, in that person's words; of one that was opened anew, what had been known before.</param>
internal sealed record FindingDecision(DateTimeOffset At, string By, FindingState State, string Why);

/// <summary>How states are named.</summary>
internal static class FindingStates
{
    /// <summary>As it stands in the registry and in <c>--json</c>.</summary>
    internal static string Name(this FindingState state) => state switch
    {
        FindingState.Open => "open",
        FindingState.Confirmed => "confirmed",
        FindingState.Declined => "declined",
        FindingState.Settled => "settled",
        _ => "mended",
    };

    /// <summary>The names, in order.</summary>
    internal static IEnumerable<string> Names => Enum.GetValues<FindingState>().Select(Name);

    /// <exception cref="ArgumentException">No state has this name.</exception>
    internal static FindingState Parse(string name) =>
        Enum.GetValues<FindingState>().Cast<FindingState?>().FirstOrDefault(state => state!.Value.Name() == name)
        ?? throw new ArgumentException($"'{name}' is no state of a finding", nameof(name));
}
