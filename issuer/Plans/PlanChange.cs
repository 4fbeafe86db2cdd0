using System.Collections.Immutable;
using System.Globalization;
using OfflineLicense.Keys;

namespace OfflineLicense.Issuer.Plans;

/// <summary>
/// How flags change what a license on file says. Beside what they mean over a plan: a number with a sign is added to the
/// old one or taken from it, an installation joins those that are there, and a key can be taken away.
/// </summary>
internal static class PlanChange
{
    // Without them there is no license, or it would be another one.
    private static readonly string[] s_kept = ["product", "licensee", "replaces", "term.from"];

    /// <summary>The plan with a flag's values.</summary>
    /// <exception cref="PlanException">There is no number that could grow or shrink, or too little of it.</exception>
    internal static LicensePlan Put(LicensePlan plan, PlanKey key, ImmutableArray<PlanValue> values) => (key.Kind, values) switch
    {
        (PlanValueKind.List, _) => plan.With(key.Path, [.. plan[key.Path], .. values.Where(value => !Has(plan, key, value.Text))]),
        (PlanValueKind.Number, [{ Text: ['+' or '-', ..] } step]) => plan.With(key.Path, step with { Text = Sum(plan, key, step) }),
        _ => plan.With(key.Path, values),
    };

    /// <summary>The plan without a key, or without one text of a map: <c>quota.cores</c>, <c>features.recording</c>.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="path">The key.</param>
    /// <param name="flag">The flag that asks for it, for messages.</param>
    /// <exception cref="PlanException">There is no such key in the license, or it cannot be spared.</exception>
    internal static LicensePlan Without(LicensePlan plan, string path, string flag)
    {
        if (s_kept.Contains(path, StringComparer.Ordinal))
            throw new PlanException(flag, $"a license cannot be without '{path}'");
        if (PlanKey.Find(path) is { Kind: not PlanValueKind.Empty } key && !plan[key.Path].IsEmpty)
            return plan.Without(path);
        var map = PlanKey.All.FirstOrDefault(
            other => other.Kind == PlanValueKind.Texts && path.StartsWith($"{other.Path}.", StringComparison.Ordinal));
        if (map is not null && plan[map.Path].FirstOrDefault(text => path == $"{map.Path}.{text.Name}") is { Text: not null } found)
        {
            var rest = plan[map.Path].Remove(found);
            return rest.IsEmpty ? plan.Without(map.Path) : plan.Without(map.Path).With(map.Path, rest);
        }

        throw new PlanException(flag, $"the license has no '{path}' that could be taken away",
            PlanKey.IsGroup(path) ? $"name one of the keys under it, such as '{PlanKey.All.First(other => other.Path.StartsWith($"{path}.", StringComparison.Ordinal)).Path}'"
            : NearestKey.Of(path) is { } nearest && nearest != path ? $"did you mean '{nearest}'?" : null);
    }

    private static bool Has(LicensePlan plan, PlanKey key, string text) => plan[key.Path].Any(value => value.Text == text);

    private static string Sum(LicensePlan plan, PlanKey key, PlanValue step)
    {
        if (plan[key.Path] is not [var old] || !ExactText.TryParseNumber(old.Text, out var number))
            throw new PlanException(step.Place, $"the license has no '{key.Path}' that {step.Text} could change", "give the number itself");
        if (!ExactText.TryParseNumber(PlanText.NumberOf(step.Text[1..]), out var by))
            throw new PlanException(step.Place, $"'{step.Text}' is no whole number with a sign, such as +64");
        var sum = step.Text[0] == '+' ? number + by : number - by;
        return sum >= 0
            ? sum.ToString(CultureInfo.InvariantCulture) // too large a one is refused when the text is read
            : throw new PlanException(step.Place, $"'{key.Path}' is {old.Text}, which is less than {step.Text[1..]}");
    }
}
