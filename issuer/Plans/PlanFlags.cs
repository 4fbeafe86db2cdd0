using System.Collections.Immutable;
using System.CommandLine;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Plans;

/// <summary>The flags over a plan, one for each key that has one.</summary>
internal static class PlanFlags
{
    /// <summary>Adds the flags to a command; their values take the place of the plan's.</summary>
    /// <returns>What puts the values of a command line over a plan.</returns>
    internal static Func<ParseResult, LicensePlan, LicensePlan> AddTo(Command command) =>
        AddTo(command, static _ => true, static (plan, key, values) => plan.With(key.Path, values));

    /// <summary>Adds the flags of some keys to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="isOffered">Whether a key has its flag here.</param>
    /// <param name="put">How values are put over a plan.</param>
    /// <returns>What puts the values of a command line over a plan.</returns>
    internal static Func<ParseResult, LicensePlan, LicensePlan> AddTo(
        Command command, Func<PlanKey, bool> isOffered, Func<LicensePlan, PlanKey, ImmutableArray<PlanValue>, LicensePlan> put)
    {
        var flags = PlanKey.All.Where(key => key.Flag is not null && isOffered(key))
            .Select(key => (Key: key, Texts: Add(command, key)))
            .ToList();
        return (parsed, plan) =>
        {
            var given = flags.Where(flag => flag.Texts(parsed).Length > 0).ToList();
            if (given.Count(static flag => flag.Key.Path is PlanKey.Days or PlanKey.Until) == 2)
                throw new CommandFailure("'--until' and '--days' both say when the term ends; give one of them", null, ExitCode.Usage);
            foreach (var (key, texts) in given)
                plan = put(plan, key, [.. texts(parsed).Select(text => ValueOf(key, text))]);
            return plan;
        };
    }

    private static Func<ParseResult, string[]> Add(Command command, PlanKey key)
    {
        var description = $"{key.Path}: {key.Help}";
        var helpName = key.Kind switch
        {
            PlanValueKind.Number => "N",
            PlanValueKind.Time => "DATE",
            PlanValueKind.Texts => "NAME=TEXT",
            _ => "VALUE",
        };
        if (key.IsMany)
        {
            var many = new Option<string[]>(key.Flag!) { Description = description, HelpName = helpName };
            command.Add(many);
            return parsed => parsed.GetValue(many) ?? [];
        }

        var one = new Option<string?>(key.Flag!) { Description = description, HelpName = helpName };
        command.Add(one);
        return parsed => parsed.GetValue(one) is { } text ? [text] : [];
    }

    private static PlanValue ValueOf(PlanKey key, string text)
    {
        if (key.Kind != PlanValueKind.Texts) return new PlanValue("", text, key.Flag!);
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? new PlanValue(text[..equals], text[(equals + 1)..], key.Flag!)
            : throw new PlanException(key.Flag!, $"'{text}' is not NAME=TEXT");
    }
}
