using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Benchmarks;

/// <summary>
/// Beginning and ending a piece of work, against the least that any metering would do: take a lock, insert into a
/// dictionary, remove from it. Under a quota that refuses, against the kernel's lock and unlock that it then needs.
/// </summary>
internal static class BeginEndBenchmark
{
    private const int Calls = 100_000;
    private const int Quota = 64;

    /// <summary>By a license without quotas: no call to the system but for the clock.</summary>
    public static Figure Plain() => Run("begin-end", Samples.License with { Quota = new LicenseQuota() }, inUse: 0, others: 0);

    /// <summary>Under a quota of cores that refuses, with nothing else in use.</summary>
    public static Figure Free() => Run("begin-end-free", Refusing, inUse: 0, others: 0);

    /// <summary>The same with four other nodes, and all cores but one in use.</summary>
    public static Figure Full() => Run("begin-end-full", Refusing, inUse: 3, others: 4);

    private static License Refusing => Samples.License with { Quota = new LicenseQuota { Cores = Quota }, Overage = OverageRule.Refuse };

    private static Figure Run(string name, License license, int inUse, int others)
    {
        var folder = Directory.CreateTempSubdirectory("offline-license-benchmark-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "licenses"));
            File.WriteAllBytes(Path.Combine(folder, "licenses", "a.lic"), SignedNote.Sign(LicenseFormat.Print(license), Samples.Key));
            using var node = Open(folder);
            var neighbours = Enumerable.Range(0, others).Select(_ => Open(folder)).ToList();
            foreach (var neighbour in neighbours)
                _ = Begin(neighbour, (Quota - inUse - 1) / others);
            using var own = inUse > 0 ? Begin(node, inUse) : null;

            void BeginAndEnd(int calls)
            {
                for (var i = 0; i < calls; i++)
                    Begin(node, 1).Dispose();
            }

            var isPlain = license.Quota.Cores is null;
            using var locks = LedgerDisk.Real.OpenLocks(Path.Combine(folder, "baseline"));
            var (value, baseline, ratio) = Pairs.Measure(BeginAndEnd, Calls, isPlain ? Insert() : calls => Lock(locks!, calls), Calls);
            var figure = new Figure
            {
                Name = name,
                Value = value / 1000,
                Unit = "us",
                Baseline = baseline / 1000,
                BaselineIs = isPlain ? "a lock, and into a dictionary and out of it" : "a range lock of the kernel and its unlock",
                Ratio = ratio,
                Bar = isPlain ? 5 : 2,
                Bytes = Pairs.BytesOf(BeginAndEnd, Calls),
            };
            neighbours.ForEach(neighbour => neighbour.Dispose());
            return figure;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Lock(RangeLocks locks, int calls)
    {
        var range = new LockRange(0, 1);
        for (var i = 0; i < calls; i++)
        {
            locks.TryTake(range);
            locks.Give(range);
        }
    }

    private static Action<int> Insert()
    {
        var gate = new Lock();
        var entries = new Dictionary<long, int>();
        return calls =>
        {
            for (var i = 0; i < calls; i++)
            {
                lock (gate)
                {
                    entries.Add(i, 1);
                    entries.Remove(i);
                }
            }
        };
    }

    private static Node Open(string folder) => Node.Open(new NodeOptions
    {
        Product = Samples.Product,
        Trust = Samples.Trust,
        LicenseFolder = Path.Combine(folder, "licenses"),
        StateFolder = Path.Combine(folder, "state"),
    });

    private static Usage Begin(Node node, int cores) =>
        node.TryBegin(cores, out var usage, out var why) ? usage : throw new InvalidOperationException(why.Sentence);
}
