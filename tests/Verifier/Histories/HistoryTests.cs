using System.Globalization;
using Xunit;
using Xunit.Abstractions;

namespace OfflineLicense.Tests.Verifier.Histories;

/// <summary>
/// Random histories of a node, each against the model after every step. A history that fails is cut down to the steps
/// that it takes to fail, and printed as a script for a test by name.
/// </summary>
public sealed class HistoryTests(ITestOutputHelper output)
{
    private const int Seed = 20261122;

    [SoakFact]
    public void A_node_does_what_the_model_says_in_every_history()
    {
        long comparisons = 0, steps = 0;
        for (var number = 0; steps < SoakFactAttribute.Steps; number++)
        {
            var random = new Random(Seed + number);
            var history = Step.Draw(random, random.Next(100, 500));
            steps += history.Count;
            if (Failure(history, ref comparisons) is null)
                continue;
            var shrunk = Shrink(history);
            var script = string.Join(",\n", shrunk.Select(static step => step.ToString()));
            Assert.Fail(FormattableString.Invariant($"seed {Seed + number}:\n{Failure(shrunk, ref comparisons)}\n{script}"));
        }

        output.WriteLine(FormattableString.Invariant($"seed {Seed}: {steps} steps, {comparisons} comparisons"));
    }

    internal static string? Failure(IEnumerable<Step> history, ref long comparisons)
    {
        using var machine = new Machine();
        try
        {
            foreach (var step in history)
                machine.Do(step);
            machine.End();
            return null;
        }
        catch (HistoryException e)
        {
            return e.Message;
        }
        finally
        {
            comparisons += machine.Comparisons;
        }
    }

    private static List<Step> Shrink(List<Step> history)
    {
        long ignored = 0;
        for (var size = history.Count / 2; size >= 1; size /= 2)
        {
            for (var at = 0; at + size <= history.Count;)
            {
                List<Step> shorter = [.. history[..at], .. history[(at + size)..]];
                if (Failure(shorter, ref ignored) is not null)
                    history = shorter;
                else
                    at += size;
            }
        }

        return history;
    }
}

/// <summary>
/// A soak that somebody asks for by OFFLINE_LICENSE_HISTORIES=N, in steps. It is no part of every run while node and model
/// still differ where clocks are set and where licenses replace one another, and nobody has decided which of them is right.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SoakFactAttribute : FactAttribute
{
    public SoakFactAttribute()
    {
        if (Steps == 0)
            Skip = "a soak: OFFLINE_LICENSE_HISTORIES=N runs N steps";
    }

    internal static long Steps { get; } =
        long.TryParse(Environment.GetEnvironmentVariable("OFFLINE_LICENSE_HISTORIES"), NumberStyles.None, CultureInfo.InvariantCulture, out var steps) ? steps : 0;
}
