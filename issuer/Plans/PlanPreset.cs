namespace OfflineLicense.Issuer.Plans;

/// <summary>
/// How strictly a license is held, by one word: <c>preset: standard</c> in a plan stands for the keys below. They are written
/// out before anything is signed, so a license never names a preset, and another version of the issuer changes no license.
/// What the plan says itself goes before.
/// </summary>
/// <param name="Name">As a plan names it.</param>
/// <param name="Meaning">What it means for the customer.</param>
/// <param name="Keys">What it stands for.</param>
internal sealed record PlanPreset(string Name, string Meaning, IReadOnlyList<(string Path, string Text)> Keys)
{
    /// <summary>All of them, from the one for most to the one for few.</summary>
    internal static IReadOnlyList<PlanPreset> All { get; } =
    [
        new("standard", "two weeks to mend anything, and up to 60 days for who has long been a customer; then no new work", [
            ("grace.days", "14"), ("grace.earn", "1"), ("grace.limit", "60"), ("overage", "grace"), ("enforcement", "enforced")]),
        new("lenient", "more than the quota is never refused, only billed; a month and more to renew", [
            ("grace.days", "30"), ("grace.earn", "1"), ("grace.limit", "90"), ("overage", "allow"), ("enforcement", "enforced")]),
        new("strict", "no work begins above the quota; three days to mend anything else", [
            ("grace.days", "3"), ("grace.earn", "0"), ("grace.limit", "3"), ("overage", "refuse"), ("enforcement", "enforced")]),
        new("trial", "no work begins above the quota, nor after the term but for a day's notice", [
            ("purpose", "trial"), ("grace.days", "0"), ("grace.earn", "0"), ("grace.limit", "0"), ("overage", "refuse"), ("enforcement", "enforced")]),
        new("advisory", "nothing is ever refused; the state and the statement only tell", [
            ("overage", "allow"), ("enforcement", "advisory")]),
    ];

    /// <summary>The plan with the keys that its preset stands for, where it does not say them itself.</summary>
    /// <exception cref="PlanException">There is no such preset.</exception>
    internal static LicensePlan Expand(LicensePlan plan)
    {
        if (plan[PlanKey.Preset] is not [var named]) return plan;
        var preset = All.FirstOrDefault(preset => preset.Name == named.Text)
            ?? throw new PlanException(named.Place, $"there is no preset '{named.Text}'", $"choose one of {string.Join(", ", All.Select(static preset => preset.Name))}");
        return preset.Keys.Where(key => plan[key.Path].IsEmpty)
            .Aggregate(plan.Without(PlanKey.Preset), (expanded, key) => expanded.With(key.Path, new PlanValue("", key.Text, named.Place)));
    }
}
