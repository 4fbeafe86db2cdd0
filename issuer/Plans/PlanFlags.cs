using System.CommandLine;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Issuer.Plans;

/// <summary>The flags over a plan, one for each key that has one.</summary>
internal static class PlanFlags
{
    /// <summary>Adds the flags to a command.</summary>
    /// <returns>What puts the values of a command line over a plan.</returns>
    internal static Func<ParseResult, LicensePlan, LicensePlan> AddTo(Command command)
    {
        List<(PlanKey Key, Option<string[]> Option)> options =
        [
            .. PlanKey.All.Where(static key => key.Flag is not null).Select(static key => (key, OptionOf(key))),
        ];
        foreach (var (_, option) in options)
            command.Add(option);
        return (parsed, plan) =>
        {
            var given = options.Where(flag => parsed.GetValue(flag.Option) is { Length: > 0 }).ToList();
            if (given.Count(static flag => flag.Key.Path is PlanKey.Days or PlanKey.Until) == 2)
                throw new CommandFailure("'--until' and '--days' both say when the term ends; give one of them", null, ExitCode.Usage);
            foreach (var (key, option) in given)
                plan = plan.With(key.Path, [.. parsed.GetRequiredValue(option).Select(text => ValueOf(key, text))]);
            return plan;
        };
    }

    private static Option<string[]> OptionOf(PlanKey key) => new(key.Flag!)
    {
        Description = $"{key.Path}: {key.Help}",
        HelpName = key.Kind switch
        {
            PlanValueKind.Number => "N",
            PlanValueKind.Time => "DATE",
            PlanValueKind.Texts => "NAME=TEXT",
            _ => "VALUE",
        },
        Arity = key.IsMany ? ArgumentArity.OneOrMore : ArgumentArity.ExactlyOne,
    };

    private static PlanValue ValueOf(PlanKey key, string text)
    {
        if (key.Kind != PlanValueKind.Texts) return new PlanValue("", text, key.Flag!);
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0
            ? new PlanValue(text[..equals], text[(equals + 1)..], key.Flag!)
            : throw new PlanException(key.Flag!, $"'{text}' is not NAME=TEXT");
    }
}
