using System.Text;
using static System.FormattableString;

namespace OfflineLicense.Verifier.Check;

/// <summary>
/// The meter readings of a ledger: <c>totalSeconds</c> and <c>totalCoreSeconds</c> of a license are the sums of its receipts
/// since the ledger began. In a file that goes on, the first reading of each is taken as it is. Not thread-safe.
/// </summary>
/// <param name="findings">Where what does not add up is told.</param>
internal sealed class Meters(Findings findings)
{
    /// <summary>Licenses that are kept apart. No ledger has more than a few; memory is bounded whatever receipts say.</summary>
    internal const int MostLicenses = 1000;

    private readonly Dictionary<string, Meter> _meters = new(StringComparer.Ordinal);
    private Meter? _last;

    /// <summary>Whether the ledger is read from its very beginning, so that every meter began at 0.</summary>
    internal bool IsFromBegin { get; set; }

    /// <summary>Adds the next use.</summary>
    internal void Add(in ReceiptText usage)
    {
        if (_last is not { } meter || !usage.License.SequenceEqual(meter.License))
            meter = Find(usage.License);
        if (meter is null)
            return;
        var (seconds, coreSeconds) = (meter.Seconds + usage.Seconds, meter.CoreSeconds + usage.CoreSeconds);
        if (meter.IsKnown && (usage.TotalSeconds != seconds || usage.TotalCoreSeconds != coreSeconds) && findings.IsFirst(FindingKind.Totals))
        {
            findings.Tell(FindingKind.Totals, Invariant(
                $"receipt {usage.Seq} reads {usage.TotalSeconds} seconds and {usage.TotalCoreSeconds} core-seconds, where those before it add up to {seconds} and {coreSeconds}"));
        }

        // From here on by what it says, so that one wrong reading is not told for all that follow.
        (meter.Seconds, meter.CoreSeconds, meter.IsKnown) = (usage.TotalSeconds, usage.TotalCoreSeconds, true);
        _last = meter;
    }

    private Meter? Find(ReadOnlySpan<byte> license)
    {
        var id = Encoding.ASCII.GetString(license);
        if (_meters.TryGetValue(id, out var meter))
            return meter;
        if (_meters.Count == MostLicenses)
        {
            if (findings.IsFirst(FindingKind.Licenses))
                findings.Tell(FindingKind.Licenses, Invariant($"use under more than {MostLicenses} licenses: their readings are not added up"));
            return null;
        }

        return _meters[id] = new Meter(license.ToArray()) { IsKnown = IsFromBegin };
    }

    private sealed class Meter(byte[] license)
    {
        internal byte[] License { get; } = license;

        internal long Seconds { get; set; }

        internal long CoreSeconds { get; set; }

        internal bool IsKnown { get; set; }
    }
}
