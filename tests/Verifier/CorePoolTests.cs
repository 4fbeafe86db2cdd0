using OfflineLicense.Tests.Verifier.Ledger;
using OfflineLicense.Verifier.Metering;
using Xunit;

namespace OfflineLicense.Tests.Verifier;

/// <summary>
/// The pool of cores against a model that only adds: processes that begin, end, look and die, over a lock table in memory.
/// </summary>
public sealed class CorePoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Work_begins_if_and_only_if_the_sum_stays_within_the_quota(int seed)
    {
        var random = new Random(seed);
        for (var run = 0; run < 40; run++)
        {
            var world = new World(random, processes: random.Next(1, 6)) { Quota = random.Next(1, 40) };
            world.LookAll();
            for (var step = 0; step < 150; step++)
            {
                var place = FormattableString.Invariant($"seed {seed}, run {run}, step {step}");
                var process = world.Pick();
                switch (random.Next(10))
                {
                    case < 5:
                        var cores = random.Next(1, 9);
                        var expected = world.InUse + cores <= world.Quota;
                        Assert.True(process.TryBegin(cores) == expected, place);
                        break;
                    case < 8:
                        process.EndOne();
                        break;
                    case 8:
                        process.Look();
                        break;
                    default:
                        process.Die();
                        process.Look();
                        break;
                }

                Assert.True(world.Processes.All(one => one.Held == one.InUse), place);
                Assert.True(process.Pool.CountInUse() == world.InUse, place);
                Assert.True(world.Table.Ranges.All(range => range.End <= world.Quota), place);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void The_sum_never_passes_the_quota_whatever_others_do_between_any_two_system_calls(int seed)
    {
        var random = new Random(seed);
        for (var run = 0; run < 40; run++)
        {
            var world = new World(random, processes: 4) { Quota = random.Next(4, 24) };
            world.LookAll();
            var depth = 0;
            world.Table.Before = () =>
            {
                // Between two calls of one process others do something whole, and between its calls others again.
                if (depth > 2 || random.Next(3) > 0)
                    return;
                depth++;
                if (world.PickIdle() is { } other)
                    Act(world, other, random);
                depth--;
            };
            for (var step = 0; step < 100; step++)
            {
                Act(world, world.PickIdle()!, random);
                var place = FormattableString.Invariant($"seed {seed}, run {run}, step {step}");
                Assert.True(world.InUse <= world.Quota, place);
                Assert.True(world.Processes.All(one => one.Held == one.InUse), place);
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_quota_that_rises_falls_comes_and_goes_ends_nothing_and_admits_nothing_above_it(int seed)
    {
        var random = new Random(seed);
        for (var run = 0; run < 40; run++)
        {
            var world = new World(random, processes: random.Next(1, 5));
            world.LookAll();
            for (var step = 0; step < 150; step++)
            {
                var place = FormattableString.Invariant($"seed {seed}, run {run}, step {step}");
                if (random.Next(12) == 0)
                {
                    world.Quota = random.Next(3) == 0 ? null : random.Next(1, 40);
                    world.LookAll();
                }

                if (random.Next(20) == 0)
                {
                    world.Replace();
                    world.LookAll();
                }

                var process = world.Pick();
                var before = world.InUse;
                if (random.Next(2) == 0)
                {
                    var cores = random.Next(1, 9);
                    var isWithin = world.Quota is not { } quota || before + cores <= quota;
                    var wasAbove = world.IsAbove;
                    var began = process.TryBegin(cores);
                    Assert.True(isWithin || !began, place);

                    // What ran above the quota when others last looked is still counted by them for up to a look.
                    Assert.True(began || !isWithin || wasAbove || world.WasAbove, place);
                }
                else
                {
                    process.EndOne();
                }

                world.LookAll();
                Assert.True(world.Processes.All(one => one.Held == one.InUse), place);
                Assert.True(world.Processes.All(one => one.Pool.Others == world.InUse - one.InUse), place);

                // Whatever room there is below the quota is used before any above it.
                Assert.True(!world.IsAbove || world.InUse >= world.Quota, place);
            }
        }
    }

    [Fact]
    public void A_system_that_is_out_of_locks_refuses_nobody_within_the_quota()
    {
        var world = new World(new Random(1), processes: 2) { Quota = 10 };
        world.LookAll();
        world.Table.IsExhausted = true;
        Assert.True(world.Processes[0].TryBegin(8));
        Assert.False(world.Processes[0].TryBegin(3));
        world.Table.IsExhausted = false;
        world.LookAll();
        Assert.Equal(8, world.Processes[0].Held);
        Assert.False(world.Processes[1].TryBegin(3));
        Assert.True(world.Processes[1].TryBegin(2));
    }

    [Fact]
    public void Cores_that_one_process_takes_in_a_row_cost_one_call_each_and_are_not_looked_for_again()
    {
        var world = new World(new Random(1), processes: 12) { Quota = 64 };
        world.LookAll();
        foreach (var process in world.Processes)
            Assert.True(process.TryBegin(5));
        var last = world.Processes[^1];
        Assert.True(last.TryBegin(1));
        last.EndOne();
        var before = world.Table.Calls;
        for (var i = 0; i < 10; i++)
        {
            Assert.True(last.TryBegin(1));
            last.EndLast();
        }

        Assert.Equal(20, world.Table.Calls - before);
    }

    [Fact]
    public void A_quota_of_a_million_cores_is_as_quick_as_one_of_ten()
    {
        var world = new World(new Random(1), processes: 2) { Quota = 9007199254740991 };
        world.LookAll();
        Assert.All(world.Processes, process => Assert.True(process.TryBegin(1_000_000)));
        Assert.InRange(world.Table.Calls, 1, 20);
    }

    private static void Act(World world, Process process, Random random)
    {
        process.IsBusy = true;
        switch (random.Next(8))
        {
            case < 4:
                process.TryBegin(random.Next(1, 7));
                Assert.True(world.InUse <= world.Quota);
                break;
            case < 7:
                process.EndOne();
                break;
            default:
                if (random.Next(2) == 0)
                    process.Die();
                process.Look();
                break;
        }

        process.IsBusy = false;
    }

    private sealed class World
    {
        private readonly Random _random;

        public World(Random random, int processes)
        {
            _random = random;
            Table = new LockTable(random);
            Processes = [.. Enumerable.Range(0, processes).Select(_ => new Process(this, random))];
        }

        public LockTable Table { get; private set; }

        public long? Quota { get; set; }

        public IReadOnlyList<Process> Processes { get; }

        public long InUse => Processes.Sum(process => process.InUse);

        /// <summary>Whether any lock is above the quota.</summary>
        public bool IsAbove => Quota is { } quota && Table.Ranges.Any(range => range.End > quota);

        /// <summary>Whether any was when all looked last.</summary>
        public bool WasAbove { get; private set; }

        public Process Pick() => Processes[_random.Next(Processes.Count)];

        public Process? PickIdle()
        {
            var idle = Processes.Where(process => !process.IsBusy).ToList();
            return idle.Count == 0 ? null : idle[_random.Next(idle.Count)];
        }

        /// <summary>Twice, since the first to look does not see what those after it lock.</summary>
        public void LookAll()
        {
            foreach (var process in Processes.Concat(Processes))
                process.Look();
            WasAbove = IsAbove;
        }

        /// <summary>Somebody removes the file, and whoever opens it next has another.</summary>
        public void Replace() => Table = new LockTable(_random);
    }

    private sealed class Process(World world, Random random)
    {
        private readonly List<int> _pieces = [];
        private Action _die = static () => { };
        private object? _owner;

        public CorePool Pool { get; private set; } = null!;

        public bool IsBusy { get; set; }

        public long InUse => _pieces.Sum();

        public long Held => world.Table.CountOf(_owner!);

        public bool TryBegin(int cores)
        {
            if (!Pool.TryBegin(cores))
                return false;
            _pieces.Add(cores);
            return true;
        }

        public void EndOne() => End(random.Next(Math.Max(1, _pieces.Count)));

        public void EndLast() => End(_pieces.Count - 1);

        public void Look()
        {
            Pool ??= new CorePool(Open, new Lock());
            Pool.Refresh(isWanted: true, byReceipts: 0);
            Pool.Bind(world.Quota);
        }

        /// <summary>The kernel closes what a process had open.</summary>
        public void Die()
        {
            _die();
            _pieces.Clear();
            Pool = null!;
        }

        private MemoryLocks Open()
        {
            var locks = new MemoryLocks(world.Table, () => world.Table);
            (_owner, _die) = (locks, locks.Dispose);
            return locks;
        }

        private void End(int piece)
        {
            if (piece >= _pieces.Count)
                return;
            var cores = _pieces[piece];
            _pieces.RemoveAt(piece);
            Pool.End(cores);
        }
    }
}
