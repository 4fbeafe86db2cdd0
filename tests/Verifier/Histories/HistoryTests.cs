using System.Collections.Concurrent;
using System.Globalization;
using Xunit;
using Xunit.Abstractions;

namespace OfflineLicense.Tests.Verifier.Histories;

/// <summary>
/// Random histories of a node, each against the model after every step. A history that fails is cut down to the steps
/// that it takes to fail, and printed as a script for a test by name. OFFLINE_LICENSE_HISTORIES=N asks for N steps.
/// </summary>
public sealed class HistoryTests(ITestOutputHelper output)
{
    private const int Seed = 20261122;
    private const long UsualSteps = 5_000;
    private const int MostShrunk = 5;

    private static readonly bool IsAsked = long.TryParse(
        Environment.GetEnvironmentVariable("OFFLINE_LICENSE_HISTORIES"), NumberStyles.None, CultureInfo.InvariantCulture, out Asked);

    private static readonly long Asked;

    [Fact]
    public void A_node_does_what_the_model_says_in_every_history()
    {
        var histories = new List<(int Seed, List<Step> Steps)>();
        for (long steps = 0; steps < (IsAsked ? Asked : UsualSteps); steps += histories[^1].Steps.Count)
        {
            var random = new Random(Seed + histories.Count);
            histories.Add((Seed + histories.Count, Step.Draw(random, random.Next(10) == 0 ? 500 : random.Next(30, 180))));
        }

        // Other tests run beside the usual ones; a soak has the machine to itself.
        long comparisons = 0;
        var failed = new ConcurrentDictionary<int, List<Step>>();
        Parallel.ForEach(histories, new ParallelOptions { MaxDegreeOfParallelism = IsAsked ? Environment.ProcessorCount : 1 }, history =>
        {
            if (Failure(history.Steps, out var compared) is not null)
                failed[history.Seed] = history.Steps;
            Interlocked.Add(ref comparisons, compared);
        });
        if (!failed.IsEmpty)
        {
            var shrunk = failed.OrderBy(static history => history.Key).Take(MostShrunk).Select(history => (history.Key, Steps: Shrink(history.Value)));
            Assert.Fail(FormattableString.Invariant($"seeds {string.Join(", ", failed.Keys.Order())}\n") + string.Join("\n", shrunk.Select(static history =>
                FormattableString.Invariant($"seed {history.Key}:\n{Failure(history.Steps, out _)}\n{string.Join(",\n", history.Steps)}"))));
        }

        output.WriteLine(FormattableString.Invariant(
            $"seeds {Seed} to {histories[^1].Seed}: {histories.Sum(static history => history.Steps.Count)} steps, {comparisons} comparisons"));
    }

    [Fact]
    public void P9_A_node_that_never_hears_of_its_vendor_may_begin_whatever_one_may_that_is_answered()
    {
        var steps = 0;
        for (var seed = Seed; steps < UsualSteps / 10; seed++)
        {
            // But for licenses that ask for a reply themselves.
            var random = new Random(seed);
            var history = Step.Draw(random, 100).Where(static step => step is not { Act: Act.Put, A: var a } || a % Machine.AsksForReply != 0).ToList();
            using Machine answered = new(), unanswered = new();
            foreach (var step in history)
            {
                answered.Do(step);
                unanswered.Do(step.Act == Act.Reply ? new Step(Act.Pass, 0, 0) : step);
                steps++;
                Assert.True(unanswered.MayBegin || !answered.MayBegin, FormattableString.Invariant($"seed {seed}, {step}"));

                // From where only one of them began some work they are two histories.
                if (unanswered.Cores != answered.Cores)
                    break;
            }
        }
    }

    internal static string? Failure(IEnumerable<Step> history, out long comparisons)
    {
        using var machine = new Machine();
        comparisons = 0;
        try
        {
            foreach (var step in history)
                machine.Do(step);
            machine.End();
            comparisons = machine.Comparisons;
            return null;
        }
        catch (HistoryException e)
        {
            return e.Message;
        }
    }

    private static List<Step> Shrink(List<Step> history)
    {
        for (var size = history.Count / 2; size >= 1; size /= 2)
        {
            for (var at = 0; at + size <= history.Count;)
            {
                List<Step> shorter = [.. history[..at], .. history[(at + size)..]];
                if (Failure(shorter, out _) is not null)
                    history = shorter;
                else
                    at += size;
            }
        }

        return history;
    }
}
