namespace OfflineLicense.Fuzz;

/// <summary>Where the randomness of one input comes from: the run's seed and the input's number, and nothing else.</summary>
internal static class Chance
{
    /// <summary>The same numbers for the same input in every run, whatever ran before it.</summary>
    internal static Random Of(int seed, long index)
    {
        // SplitMix64: neighbouring inputs are to have nothing in common.
        unchecked
        {
            var mixed = (ulong)index + (ulong)seed * 0x9E3779B97F4A7C15;
            mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return new Random((int)(mixed ^ (mixed >> 31)) & int.MaxValue);
        }
    }

    /// <summary>One of several.</summary>
    internal static T Of<T>(this Random random, IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    /// <summary>Whether it is the one time in so many.</summary>
    internal static bool OneIn(this Random random, int times) => random.Next(times) == 0;
}
