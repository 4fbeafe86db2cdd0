using System.Collections.Immutable;
using System.Text;
using OfflineLicense.Issuer.Plans;

namespace OfflineLicense.Issuer;

/// <summary>One line in which two licenses differ.</summary>
/// <param name="Key">The key: <c>quota.cores</c>, <c>features.recording</c>.</param>
/// <param name="Old">The old one's value; null where it has none.</param>
/// <param name="New">The new one's value; null where it has none.</param>
internal sealed record LicenseDifference(string Key, string? Old, string? New)
{
    /// <summary>What a new text grants otherwise than the one whose place it takes, in the order of a license's keys.</summary>
    /// <param name="oldText">The old one's signed text.</param>
    /// <param name="newText">The new one's text.</param>
    /// <returns>One line for each value; ids and dates of issue are none.</returns>
    internal static IReadOnlyList<LicenseDifference> Between(ReadOnlySpan<byte> oldText, string newText)
    {
        var (before, after) = (LicensePlan.OfSigned(Encoding.UTF8.GetString(oldText), ""), LicensePlan.OfSigned(newText, ""));
        return [.. PlanKey.All.Where(static key => key.Path != "replaces").SelectMany(key => OfKey(key, before[key.Path], after[key.Path]))];
    }

    private static IEnumerable<LicenseDifference> OfKey(PlanKey key, ImmutableArray<PlanValue> before, ImmutableArray<PlanValue> after)
    {
        switch (key.Kind)
        {
            case PlanValueKind.List:
                foreach (var gone in before.Select(static value => value.Text).Except(after.Select(static value => value.Text)))
                    yield return new LicenseDifference(key.Path, gone, null);
                foreach (var added in after.Select(static value => value.Text).Except(before.Select(static value => value.Text)))
                    yield return new LicenseDifference(key.Path, null, added);
                break;
            case PlanValueKind.Texts:
                foreach (var name in before.Concat(after).Select(static value => value.Name).Distinct().Order(StringComparer.Ordinal))
                {
                    if (Text(before, name) != Text(after, name))
                        yield return new LicenseDifference($"{key.Path}.{name}", Text(before, name), Text(after, name));
                }

                break;
            default:
                if (Text(before, "") != Text(after, ""))
                    yield return new LicenseDifference(key.Path, Text(before, ""), Text(after, ""));
                break;
        }
    }

    private static string? Text(ImmutableArray<PlanValue> values, string name)
    {
        foreach (var value in values)
        {
            if (value.Name == name)
                return value.Text;
        }

        return null;
    }
}
