using System.Diagnostics;
using System.Globalization;
using OfflineLicense.Benchmarks;

namespace OfflineLicense.Fuzz;

/// <summary>
/// The inputs of a run, read on all threads in blocks: each block has books of its own, so that an input finds what the same
/// input of any other run finds.
/// </summary>
/// <param name="options">What to run.</param>
/// <param name="places">Where the threads say what they read.</param>
internal sealed class Run(FuzzOptions options, Places places)
{
    /// <summary>Inputs in a block.</summary>
    internal const int BlockInputs = 500;

    private const long MostAllocatedBytes = 256L * 1024 * 1024;
    private const int MostFailures = 20;

    private readonly Lock _gate = new();
    private readonly Stopwatch _elapsed = Stopwatch.StartNew();
    private readonly Dictionary<InputKind, (long Count, long Taken, TimeSpan Time)> _kinds = [];
    private long _nextBlock = options.From / BlockInputs;
    private long _read;
    private long _signedAgain;
    private long _largestBytes;
    private TimeSpan _longest;
    private int _failures;

    /// <summary>Reads them all.</summary>
    /// <returns>Whether every one was read in time and no reader failed.</returns>
    internal bool Execute()
    {
        using var examples = new Examples();
        var inputs = new Inputs(examples, options.Seed);
        var threads = Enumerable.Range(0, options.Threads).Select(thread => new Thread(() => Work(thread, examples, inputs))).ToList();
        threads.ForEach(static thread => thread.Start());
        threads.ForEach(static thread => thread.Join());
        Print();
        return _failures == 0 && _read >= options.Count;
    }

    private void Work(int thread, Examples examples, Inputs inputs)
    {
        while (_elapsed.Elapsed < options.Time)
        {
            var first = Math.Max((Interlocked.Increment(ref _nextBlock) - 1) * BlockInputs, options.From);
            var end = Math.Min((first / BlockInputs + 1) * BlockInputs, options.From + options.Count);
            if (first >= end) return;
            using var import = new ImportDesk(examples, string.Create(CultureInfo.InvariantCulture, $"books-{first}"));
            var readers = new Readers(examples, import);
            for (var index = first; index < end && Volatile.Read(ref _failures) < MostFailures; index++)
            {
                places.Enter(thread, index);
                One(index, inputs.Of(index), readers);
            }

            places.Leave(thread);
        }
    }

    private void One(long index, Input input, Readers readers)
    {
        var (isTaken, time, bytes, failure) = Measured(input, readers);

        if (failure is null && time > options.Each)
            failure = string.Create(CultureInfo.InvariantCulture, $"it takes {time.TotalSeconds:0.0} s");
        if (failure is null && bytes > MostAllocatedBytes)
            failure = string.Create(CultureInfo.InvariantCulture, $"it takes {bytes / 1024 / 1024} MB");
        lock (_gate)
        {
            _read++;
            _signedAgain += input.IsSignedAgain ? 1 : 0;
            var (count, taken, sum) = _kinds.GetValueOrDefault(input.Kind);
            _kinds[input.Kind] = (count + 1, taken + (isTaken ? 1 : 0), sum + time);
            (_longest, _largestBytes) = (time > _longest ? time : _longest, Math.Max(bytes, _largestBytes));
            if (failure is null || _failures++ >= MostFailures) return;
            Console.WriteLine(FailedInput.Save(options, index, input, failure));
        }
    }

    private static (bool IsTaken, TimeSpan Time, long Bytes, string? Failure) Measured(Input input, Readers readers)
    {
        var (began, allocated) = (Clock(), GC.GetAllocatedBytesForCurrentThread());
        var isTaken = false;
        string? failure = null;
        try
        {
            isTaken = readers.Read(input);
        }
#pragma warning disable CA1031 // whatever a reader throws that is not documented is what is looked for
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = e.ToString();
        }

        return (isTaken, Clock() - began, GC.GetAllocatedBytesForCurrentThread() - allocated, failure);
    }

    // Where the system tells it, the thread's own time: what others on the machine take is no fault of the input's.
    private static TimeSpan Clock() => OperatingSystem.IsLinux() ? TimeSpan.FromTicks(ProcessorTime.Nanoseconds() / 100) : Stopwatch.GetElapsedTime(0);

    private void Print()
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{_read:N0} fuzz inputs, {_signedAgain:N0} of them signed again, in {_elapsed.Elapsed.TotalSeconds:0} s: {_failures} failures; the longest took {_longest.TotalMilliseconds:0} ms, the largest {_largestBytes / 1024 / 1024} MB; seed {options.Seed}"));
        foreach (var (kind, (count, taken, time)) in _kinds.OrderBy(static kind => kind.Key))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind}: {count:N0}, of which {taken:N0} were taken, {time.TotalMicroseconds / count:N0} µs each"));
        if (_read < options.Count && _failures == 0)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"error: {options.Count:N0} inputs were asked for, and {options.Time.TotalSeconds:0} s were over before"));
    }
}
