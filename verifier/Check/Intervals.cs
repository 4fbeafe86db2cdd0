using static System.FormattableString;

namespace OfflineLicense.Verifier.Check;

/// <summary>
/// Whether time goes on from receipt to receipt, and whether an interval holds what it says. A wall clock may move by five
/// minutes without a receipt that tells of it; more is explained by a <c>clock</c> or <c>reset</c> receipt. Fractions of a
/// second carry over from one receipt to the next. Not thread-safe.
/// </summary>
/// <param name="findings">Where what does not add up is told.</param>
internal sealed class Intervals(Findings findings)
{
    /// <summary>The five minutes, and what rounding makes of them.</summary>
    private const long SlackSeconds = 310;

    private long _last = long.MinValue;
    private long _lastUse = long.MinValue;
    private bool _mayGoBack;

    /// <summary>Goes on with the next receipt, of whatever kind.</summary>
    internal void Add(in ReceiptText receipt)
    {
        if (receipt.Kind is ReceiptKind.Clock or ReceiptKind.Reset)
            _mayGoBack = true;
        else
            CheckOrder(receipt);
        _last = receipt.At;
        if (receipt.Kind != ReceiptKind.Usage)
            return;
        CheckSpan(receipt);
        _lastUse = receipt.At;
    }

    private void CheckOrder(in ReceiptText receipt)
    {
        var isUse = receipt.Kind == ReceiptKind.Usage;
        if (receipt.At >= Earliest(_last) && !(isUse && receipt.From < Earliest(_lastUse)))
            return;
        if (!_mayGoBack && findings.IsFirst(FindingKind.Order))
        {
            findings.Tell(FindingKind.Order, isUse
                ? Invariant($"receipt {receipt.Seq} is of a time that those before it are of already, with no clock or reset receipt between")
                : Invariant($"receipt {receipt.Seq} is from before those before it, with no clock or reset receipt between"));
        }

        _mayGoBack = false;
    }

    private void CheckSpan(in ReceiptText usage)
    {
        var labelled = usage.At - usage.From;
        var isGood = labelled >= -SlackSeconds && usage.OpenSeconds <= labelled + SlackSeconds
            && usage.Seconds <= usage.OpenSeconds + 1
            && usage.CoreSeconds <= (Int128)usage.Cores * (usage.Seconds + 1);
        if (!isGood && findings.IsFirst(FindingKind.Span))
        {
            findings.Tell(FindingKind.Span, Invariant(
                $"receipt {usage.Seq} tells {usage.Seconds} seconds and {usage.CoreSeconds} core-seconds on {usage.Cores} cores, in {usage.OpenSeconds} seconds open and {labelled} by its dates"));
        }
    }

    private static long Earliest(long last) => last == long.MinValue ? last : last - SlackSeconds;
}
