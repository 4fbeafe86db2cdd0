using System.Security.Cryptography;
using System.Text;

namespace OfflineLicense.Tests.Faults;

/// <summary>
/// All that a power cut may leave of a disk, after each of the calls that were made: every sector and every name that is not
/// durable kept or lost apart from all others, files as long as they were, as they will be, or between. Where that is too much,
/// the extremes, each alone, each alone missing, and a sample whose seed is fixed.
/// </summary>
internal static class PowerCuts
{
    private const int MostExhaustive = 8;

    private static readonly double[] Ends = [0, 1, 0.37];

    /// <summary>The different states.</summary>
    /// <param name="disk">The disk with its calls.</param>
    /// <param name="seed">Seeds the sample.</param>
    /// <param name="sample">How many states are drawn at random after a call that leaves too many to look at each.</param>
    public static IEnumerable<PowerCut> Of(SimulatedDisk disk, int seed, int sample = 100)
    {
        var random = new Random(seed);
        var (state, promised) = (disk.Before.Copy(), 0);
        var seen = new HashSet<(int, string)>();
        var calls = disk.Calls;
        for (var made = 0; made <= calls.Count; made++)
        {
            foreach (var isKept in Choices(state.Undecided, random, sample))
            {
                foreach (var end in Ends)
                {
                    var left = state.AfterPowerCut(isKept, end);
                    left.LargestSegment = disk.LargestSegment;
                    if (seen.Add((promised, Digest(left))))
                        yield return new PowerCut(left, made, promised);
                }
            }

            if (made == calls.Count)
                yield break;
            if (calls[made] is DiskCall.Promise promise)
                promised = promise.Number;
            else
                state.Do(calls[made]);
        }
    }

    private static IEnumerable<Func<int, bool>> Choices(int count, Random random, int sample)
    {
        if (count <= MostExhaustive)
        {
            for (var pattern = 0; pattern < 1 << count; pattern++)
            {
                var bits = pattern;
                yield return index => (bits >> index & 1) == 1;
            }

            yield break;
        }

        yield return static _ => true;
        yield return static _ => false;
        for (var alone = 0; alone < count; alone++)
        {
            var one = alone;
            yield return index => index == one;
            yield return index => index != one;
        }

        for (; sample > 0; sample--)
        {
            var drawn = new bool[count];
            for (var index = 0; index < count; index++)
                drawn[index] = random.Next(2) == 0;
            yield return index => drawn[index];
        }
    }

    private static string Digest(MemoryDisk disk)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var path in disk.Files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(path + "\n"));
            hash.AppendData(SHA256.HashData(disk[path]));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}

/// <summary>What one power cut left.</summary>
/// <param name="Disk">The disk, all durable.</param>
/// <param name="Calls">How many calls had been made.</param>
/// <param name="Promised">The number of the last promise made before.</param>
internal sealed record PowerCut(MemoryDisk Disk, int Calls, int Promised)
{
    /// <summary>Where it came.</summary>
    public override string ToString() => FormattableString.Invariant($"after {Calls} calls and {Promised} promises");
}
