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

    /// <summary>The newest usage that sums to a day of running, since the last time reset.</summary>
    public ImmutableList<(DateTimeOffset At, long Open)> Newest { get; init; } = [];

    /// <summary>The time that a day of running has confirmed, and running that went on from there.</summary>
    public DateTimeOffset? Mark { get; init; }

    /// <summary>After a span of running more.</summary>
    public Memory WithRunning(DateTimeOffset from, DateTimeOffset at, long open)
    {
        var newest = Newest.Add((at, open));
        while (newest.Sum(static span => span.Open) - newest[0].Open >= Model.Day)
            newest = newest.RemoveAt(0);
        var mark = from <= Mark + TimeSpan.FromMinutes(5) && at > Mark ? at : Mark;
        if (newest.Sum(static span => span.Open) >= Model.Day)
            mark = Later(mark ?? DateTimeOffset.UnixEpoch, newest.Min(static span => span.At));
        return this with { Newest = newest, Mark = mark };
    }

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    public (long Seconds, long CoreSeconds) UsedInAll() =>
        (Used.Values.Sum(static use => use.Seconds), Used.Values.Sum(static use => use.CoreSeconds));
}
