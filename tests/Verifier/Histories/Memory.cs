using System.Collections.Immutable;
using OfflineLicense.Verifier;

namespace OfflineLicense.Tests.Verifier.Histories;

/// <summary>All that a node has to know after a restart of what was before it.</summary>
internal sealed record Memory
{
    public ImmutableHashSet<string> Counted { get; init; } = [];

    /// <summary>Licenses of which the node has a copy.</summary>
    public ImmutableHashSet<string> Kept { get; init; } = [];

    public string? LastActive { get; init; }

    public LicenseState State { get; init; } = LicenseState.Unlicensed;

    /// <summary>The reasons that held last, and since when.</summary>
    public ImmutableSortedDictionary<string, DateTimeOffset> Held { get; init; } =
        ImmutableSortedDictionary.Create<string, DateTimeOffset>(StringComparer.Ordinal);

    public bool WasLicensed { get; init; }

    public long LicensedSeconds { get; init; }

    /// <summary>Seconds run in Grace since last Licensed, with what was made up for after crashes.</summary>
    public long GraceSeconds { get; init; }

    /// <summary>Seconds in <see cref="GraceSeconds"/> that make up for crashes.</summary>
    public long MadeUpSeconds { get; init; }

    /// <summary>Whether the last start came after a crash that is not made up for yet.</summary>
    public bool OwesInterval { get; init; }

    /// <summary>Use by license and the day in which its interval ended.</summary>
    public ImmutableDictionary<(string License, DateOnly Day), (long Seconds, long CoreSeconds)> Used { get; init; } =
        ImmutableDictionary<(string, DateOnly), (long, long)>.Empty;

    public (long Seconds, long CoreSeconds) UsedInAll() =>
        (Used.Values.Sum(static use => use.Seconds), Used.Values.Sum(static use => use.CoreSeconds));
}
