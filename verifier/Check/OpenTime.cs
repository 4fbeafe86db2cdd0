using System.Text;
using static System.FormattableString;

namespace OfflineLicense.Verifier.Check;

/// <summary>
/// <c>licensedSeconds</c> and <c>graceSeconds</c>: open time in Licensed ever, and in Grace since last Licensed. After a start
/// that was not clean, the next use in Grace holds one receipt interval more, for the one that may have been lost. What goes
/// on from another ledger, or begins in the middle, is taken as it first says. Not thread-safe.
/// </summary>
/// <param name="findings">Where what does not add up is told.</param>
/// <param name="texts">The licenses whose text is at hand, and with it their interval.</param>
internal sealed class OpenTime(Findings findings, IReadOnlyList<LicenseText> texts)
{
    private const int DaySeconds = 86_400;
    private const int LongestInterval = 3600;

    private long _licensed;
    private long _grace;
    private bool _owesInterval;

    /// <summary>Whether the two figures are known.</summary>
    internal bool IsKnown { get; set; }

    /// <summary>A process took the ledger.</summary>
    internal void Start(in ReceiptText start)
    {
        _owesInterval |= start.Clean == 0;
        if (start.Seq == 0 && !start.Follows.IsEmpty && start.FollowsSize > 0)
            IsKnown = false;
    }

    /// <summary>Adds the next use.</summary>
    internal void Add(in ReceiptText usage)
    {
        var isGrace = usage.State.SequenceEqual("Grace"u8);
        if (usage.State.SequenceEqual("Licensed"u8))
            (_licensed, _grace) = (_licensed + usage.OpenSeconds, 0);
        else if (isGrace)
            _grace += usage.OpenSeconds;
        var isGood = usage.LicensedSeconds == _licensed
            && (usage.GraceSeconds == _grace || (isGrace && _owesInterval && IsInterval(usage.GraceSeconds - _grace, usage.License)))
            && !(isGrace && _owesInterval && usage.GraceSeconds == _grace);
        if (IsKnown && !isGood && findings.IsFirst(FindingKind.Grace))
        {
            findings.Tell(FindingKind.Grace, Invariant(
                $"receipt {usage.Seq} tells {usage.LicensedSeconds} seconds licensed and {usage.GraceSeconds} in grace, where those before it make {_licensed} and {_grace}{(isGrace && _owesInterval ? " and an interval" : "")}"));
        }

        (_licensed, _grace, IsKnown) = (usage.LicensedSeconds, usage.GraceSeconds, true);
        _owesInterval &= !isGrace;
    }

    // By the license, where its text is at hand; else any that a license may name.
    private bool IsInterval(long seconds, ReadOnlySpan<byte> license)
    {
        var id = Encoding.ASCII.GetString(license);
        return texts.Any(text => text.Id == id)
            ? texts.Any(text => text.Id == id && text.IntervalSeconds == seconds)
            : seconds is > 0 and <= LongestInterval && DaySeconds % seconds == 0;
    }
}
