using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Command;

/// <summary>What a receipt says, for people. All that a receipt holds is in these words, so that nothing leaves unseen.</summary>
internal static class ReceiptWords
{
    private const long SecondsOfADay = 86_400;

    public static Cell Of(Receipt receipt) => receipt switch
    {
        StartReceipt start => Start(start),
        StopReceipt => "stopped in good order",
        LicenseReceipt { License: "" } => new Cell("no license is active", Tone.Bad),
        LicenseReceipt license => $"license {license.License} is active (proof {license.Holds})",
        StateReceipt state => new Cell(State(state), ToneOf(state.State)),
        UsageReceipt usage => Usage(usage),
        ClockReceipt clock => new Cell(
            clock.AheadSeconds > 0 ? $"the clock went ahead by {Seconds(clock.AheadSeconds)}"
            : $"the clock went back by {Seconds(clock.BehindSeconds)}", Tone.Warning),
        ReplyReceipt reply => $"reply {Words.Number(reply.Number)} taken in: the vendor has {Words.Count(reply.Size, "receipt")} of this ledger",
        ResetReceipt reset => $"time reset {reset.Reset} applied: the mark is {Words.Date(reset.Mark)}",
        TrustReceipt trust => $"trust document {Words.Number(trust.Version)} taken in (SHA-256 {trust.Sha256})",
        _ => new Cell($"a '{receipt.Kind}' receipt, which needs a newer version to be understood", Tone.Warning),
    };

    private static Cell Start(StartReceipt start)
    {
        var follows = start.Follows.Length > 0
            ? $", carrying on {start.Follows} after {Words.Count(start.FollowsSize, "receipt")}" : "";
        return start.Clean == 1
            ? $"started{follows}"
            : new Cell($"started after it had not stopped in good order{follows}", Tone.Warning);
    }

    private static string State(StateReceipt state) => state.Reasons.Count == 0
        ? $"{state.State}"
        : $"{state.State}: {string.Join(", ", state.Reasons.Select(static held => $"{held.Code} since {Words.Date(held.Since)}"))}";

    private static string Usage(UsageReceipt usage)
    {
        var from = $"from {Words.Date(usage.From)}, open {Words.Count(usage.OpenSeconds, "second")}";
        return usage.CoreSeconds == 0 && usage.Cores == 0
            ? $"idle {from}"
            : $"{Words.Count(usage.Cores, "core")} at most {from}, in use {Words.Count(usage.Seconds, "second")}, "
              + $"{Words.Count(usage.CoreSeconds, "core-second")}; so far {Words.Number(usage.TotalSeconds)} and {Words.Number(usage.TotalCoreSeconds)}";
    }

    // Nobody divides by 86,400 at night.
    private static string Seconds(long seconds) => Words.Count(seconds, "second")
        + (seconds >= SecondsOfADay ? $", {Words.Count(seconds / SecondsOfADay, "day")}" : "");

    private static Tone ToneOf(StateWord state) => state.Known switch
    {
        LicenseState.Licensed => Tone.Good,
        LicenseState.Grace => Tone.Warning,
        _ => Tone.Bad,
    };
}
