using OfflineLicense.Issuer.Plans;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer;

/// <summary>
/// What takes the place of a license on file. It is made from the signed text and never from a plan, so all that the old
/// one says stays unless the change says otherwise; only the keys whose replies count are always today's.
/// </summary>
internal static class LicenseChange
{
    private const string From = "term.from";
    private const string BuildsUntil = "builds-until";

    /// <summary>
    /// An amendment: the term's beginning stays, unless it lies ahead, and so the count of minutes goes on.
    /// </summary>
    /// <param name="old">The license on file.</param>
    /// <param name="change">Puts over a plan what a person asks for.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="CommandFailure">Its term is over, or for a renewal without end.</exception>
    /// <exception cref="PlanException">The change moves a beginning that it may not.</exception>
    internal static LicensePlan Amend(StoredLicense old, Func<LicensePlan, LicensePlan> change, DateTimeOffset now)
    {
        if (old.License.Until is { } end && end <= now)
        {
            throw new CommandFailure($"the term of the license {old.Id} ended on {Words.Date(end)}; what is over cannot be amended",
                $"renew it: issuer renew {old.Id}");
        }

        var plan = PlanOf(old);
        var amended = change(plan);
        return old.License.From > now || amended[From] == plan[From]
            ? amended
            : throw new PlanException(amended[From][0].Place,
                $"the term of the license {old.Id} has begun, on {Words.Date(old.License.From)}, and minutes are counted from there",
                $"for a new term: issuer renew {old.Id}");
    }

    /// <summary>
    /// A renewal: the new term begins where the old one ends, be that ahead or past, and is as long by the calendar.
    /// <c>builds-until</c> moves on by as much as the term's end.
    /// </summary>
    /// <inheritdoc cref="Amend"/>
    internal static LicensePlan Renew(StoredLicense old, Func<LicensePlan, LicensePlan> change)
    {
        if (old.License.Until is not { } end)
            throw new CommandFailure($"the license {old.Id} has no end, so there is nothing to renew", $"to change it: issuer amend {old.Id}");
        var plan = PlanOf(old);
        var renewed = change(plan);
        if (IsAsBefore(From)) renewed = With(From, end);
        // A beginning that is no time is told when the text is read.
        if (!ExactText.TryParseTime(PlanText.TimeOf(renewed[From][0].Text), out var from)) return renewed;
        if (from <= old.License.From)
        {
            throw new PlanException(renewed[From][0].Place,
                $"a renewal that begins on {Words.Date(from)} begins no later than what it renews, on {Words.Date(old.License.From)}",
                $"to change the license since then: issuer amend {old.Id}");
        }

        if (IsAsBefore(PlanKey.Until)) renewed = With(PlanKey.Until, EndOfAnother(old.License, from));
        renewed = PlanText.WithEnd(renewed);
        if (IsAsBefore(BuildsUntil) && old.License.BuildsUntil is { } builds
            && renewed[PlanKey.Until] is [var until] && ExactText.TryParseTime(PlanText.TimeOf(until.Text), out var newEnd))
        {
            renewed = With(BuildsUntil, builds + (newEnd - end));
        }

        return renewed;

        bool IsAsBefore(string path) => renewed[path] == plan[path]; // the very same array: no flag touched it

        LicensePlan With(string path, DateTimeOffset time) => renewed.With(path, new PlanValue("", ExactText.FormatTime(time), ""));
    }

    private static LicensePlan PlanOf(StoredLicense old) =>
        LicensePlan.OfSigned(System.Text.Encoding.UTF8.GetString(old.Text), $"the license {old.Id}")
            .Without("receipts.replies-by")
            .With("replaces", new PlanValue("", old.Id, ""));

    // A year that begins on the 22nd of November ends on one, leap day or not; 30 days are 30 days.
    private static DateTimeOffset EndOfAnother(License old, DateTimeOffset from)
    {
        var end = old.Until!.Value;
        var months = (end.Year - old.From.Year) * 12 + end.Month - old.From.Month;
        try
        {
            return months > 0 && old.From.AddMonths(months) == end ? from.AddMonths(months) : from + (end - old.From);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new PlanException("", "the renewed term leads past the year 9999", "say when it ends: --until");
        }
    }
}
