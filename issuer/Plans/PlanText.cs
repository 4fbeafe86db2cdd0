using System.Collections.Immutable;
using System.Globalization;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;

namespace OfflineLicense.Issuer.Plans;

/// <summary>
/// The license's text that a plan makes. The friendlier spellings become the license's own here; whether the values are
/// good ones is asked of <see cref="LicenseFormat"/>, and its answer is given with the line of the plan.
/// </summary>
internal sealed class PlanText
{
    private const int MostDays = 36525; // a hundred years

    private readonly CanonicalYamlWriter _yaml = new();

    // For each line printed the value that it came from, to say where in the plan an error lies.
    private readonly List<PlanValue> _lines = [];

    private PlanText()
    {
    }

    /// <param name="plan">What is asked for.</param>
    /// <param name="id">The new license's id.</param>
    /// <param name="issued">When it is signed. UTC, whole seconds.</param>
    /// <returns>The canonical text, and what it says.</returns>
    /// <exception cref="PlanException">The plan makes no license.</exception>
    internal static (string Text, License License) Of(LicensePlan plan, string id, DateTimeOffset issued)
    {
        var day = issued - issued.TimeOfDay;
        var full = WithEnd(PlanPreset.Expand(plan)
            .WithDefault("format", "offline-license/license/v1")
            .WithDefault("id", id)
            .WithDefault("issued", ExactText.FormatTime(issued))
            .WithDefault("term.from", ExactText.FormatTime(day)));
        var writer = new PlanText();
        writer.Write(full);
        var text = writer._yaml.ToString();
        try
        {
            return (text, LicenseFormat.Parse(text));
        }
        catch (DocumentFormatException e)
        {
            var place = writer._lines.ElementAtOrDefault(e.Line - 1).Place;
            throw new PlanException(string.IsNullOrEmpty(place) ? plan.File : place, e.Reason, HintFor(e.Reason));
        }
    }

    /// <summary>The plan with <c>term.until</c> in the place of <c>term.days</c>, which is another way to write it.</summary>
    /// <param name="plan">A plan that says <c>term.from</c>.</param>
    /// <exception cref="PlanException">Both stand there, or the days are no number of days.</exception>
    internal static LicensePlan WithEnd(LicensePlan plan)
    {
        if (plan[PlanKey.Days] is not [var days]) return plan;
        if (plan[PlanKey.Until] is [_])
            throw new PlanException(days.Place, $"'{PlanKey.Days}' stands beside 'term.until'; give one of them");
        if (!ExactText.TryParseNumber(NumberOf(days.Text), out var count) || count is < 1 or > MostDays)
            throw new PlanException(days.Place, string.Create(CultureInfo.InvariantCulture, $"'{PlanKey.Days}' is no whole number from 1 to {MostDays}: '{days.Text}'"));
        // A beginning that is no time is told when the text is read, and the days are not at fault.
        if (!ExactText.TryParseTime(TimeOf(plan["term.from"][0].Text), out var from)) return plan.Without(PlanKey.Days);
        return DateTimeOffset.MaxValue - from > TimeSpan.FromDays(count)
            ? plan.With(PlanKey.Until, days with { Text = ExactText.FormatTime(from.AddDays(count)) })
            : throw new PlanException(days.Place, $"'{PlanKey.Days}' leads past the year 9999");
    }

    private void Write(LicensePlan plan)
    {
        var group = "";
        foreach (var key in PlanKey.All)
        {
            if (plan[key.Path] is not [var first, ..] values) continue;
            if (key.Kind == PlanValueKind.Empty && PlanKey.All.Any(other => IsUnder(other, key.Path) && !plan[other.Path].IsEmpty)) continue;
            var parent = key.Path[..Math.Max(0, key.Path.IndexOf('.', StringComparison.Ordinal))];
            if (parent != group)
            {
                if (group.Length > 0) _yaml.End();
                if (parent.Length > 0) Begin(parent, first);
                group = parent;
            }

            WriteKey(key, key.Path[(parent.Length > 0 ? parent.Length + 1 : 0)..], values);
        }

        if (group.Length > 0) _yaml.End();
    }

    private void WriteKey(PlanKey key, string name, ImmutableArray<PlanValue> values)
    {
        switch (key.Kind)
        {
            case PlanValueKind.Empty:
                _yaml.EmptyMap(name);
                _lines.Add(values[0]);
                break;
            case PlanValueKind.Text:
                _yaml.Text(name, values[0].Text);
                _lines.Add(values[0]);
                break;
            case PlanValueKind.List:
                Begin(name, values[0]);
                foreach (var value in values)
                {
                    _yaml.PlainItem(Plain(key, value.Text, value));
                    _lines.Add(value);
                }

                _yaml.End();
                break;
            case PlanValueKind.Texts:
                Begin(name, values[0]);
                foreach (var value in values.OrderBy(static value => value.Name, StringComparer.Ordinal))
                {
                    if (FieldForm.KeyProblem(value.Name) is { } problem)
                        throw new PlanException(value.Place, $"'{key.Path}' has the key '{value.Name}', which {problem}");
                    _yaml.Text(value.Name, value.Text);
                    _lines.Add(value);
                }

                _yaml.End();
                break;
            default:
                _yaml.Plain(name, Plain(key, Spelled(key, values[0]), values[0]));
                _lines.Add(values[0]);
                break;
        }
    }

    private void Begin(string name, PlanValue first)
    {
        _yaml.Begin(name);
        _lines.Add(first);
    }

    private static string Plain(PlanKey key, string text, PlanValue value) =>
        text.Length == 0 ? throw new PlanException(value.Place, $"'{key.Path}' has no value; write one, or leave the key out")
        : CanonicalScalar.IsPlain(text) ? text
        : throw new PlanException(value.Place, $"'{key.Path}' cannot be '{value.Text}'");

    private static string Spelled(PlanKey key, PlanValue value) => key.Kind switch
    {
        PlanValueKind.Number => NumberOf(value.Text),
        PlanValueKind.Time when value.Text.Length > 0 && !ExactText.TryParseTime(TimeOf(value.Text), out _) =>
            // Told as it was written: the license knows no days.
            throw new PlanException(value.Place, $"'{key.Path}' is no day such as 2026-12-01 and no time such as 2026-12-01T10:00:00Z: '{value.Text}'"),
        PlanValueKind.Time => TimeOf(value.Text),
        _ => value.Text,
    };

    /// <summary>A number as the license spells it: without the underscores that group a person's digits.</summary>
    internal static string NumberOf(string text) =>
        text is [>= '0' and <= '9', .., >= '0' and <= '9'] && !text.Contains("__", StringComparison.Ordinal)
            ? text.Replace("_", "", StringComparison.Ordinal)
            : text;

    /// <summary>A time as the license spells it: a day is its first second.</summary>
    internal static string TimeOf(string text) => text.Length == "2026-12-01".Length ? $"{text}T00:00:00Z" : text;

    private static bool IsUnder(PlanKey key, string path) => key.Path.StartsWith($"{path}.", StringComparison.Ordinal);

    private static string? HintFor(string reason) => reason switch
    {
        "the key 'licensee' is missing" => "write it in the plan, or give --licensee",
        "the key 'quota' is missing" => "write limits in the plan, or give --cores or others; 'quota: {}' is a license without limits",
        _ => null,
    };
}
