using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer;

/// <summary>The date that goes under a signature: the machine's, unless the registry makes it doubtful.</summary>
internal static class SigningClock
{
    /// <summary>How long after the newest entry a signing is still expected: a year, and a month of delay.</summary>
    private const int MostDays = 400;

    /// <summary>The time to sign with. UTC, whole seconds.</summary>
    /// <param name="registry">The registry, in the transaction that records what is signed.</param>
    /// <param name="time">The machine's clock.</param>
    /// <param name="dateIsRight">Whether a person says that the date is right.</param>
    /// <exception cref="CommandFailure">The clock is before the newest entry, or more than 400 days after it.</exception>
    internal static DateTimeOffset Now(RegistryTransaction registry, TimeProvider time, bool dateIsRight)
    {
        var now = ExactText.WholeSeconds(time.GetUtcNow());
        if (dateIsRight || new SigningLog(registry).Newest() is not { } newest) return now;
        if (now < newest.At) throw Doubtful(now, $"before the last signing, of {Words.Date(newest.At)}");
        if (now > newest.At.AddDays(MostDays)) throw Doubtful(now, $"more than {MostDays} days after the last signing, of {Words.Date(newest.At)}");
        return now;
    }

    private static CommandFailure Doubtful(DateTimeOffset now, string why) => new(
        $"this machine's clock says {Words.Date(now)}, which is {why}; nothing was signed",
        "set the clock right; if it is right, say so with --date-is-right");
}
