using System.Runtime.ExceptionServices;

namespace OfflineLicense.Issuer.Import;

/// <summary>
/// Reads files on threads of its own while those before them are settled. What comes out is in the order of the files,
/// whatever came first; at most so many files and parts of each are ahead, so memory does not grow with the work.
/// </summary>
/// <remarks>
/// A ledger is read beside what the registry has of it, so one that stands in an earlier file is waited for. Nobody waits
/// for a later file, and files are begun in their order: so the first that is not settled always goes on.
/// </remarks>
internal sealed class ReadAhead : IDisposable
{
    private const int FilesAheadOfEachThread = 2;
    private const int PartsAhead = 4;

    private readonly int _count;
    private readonly int _filesAhead;
    private readonly Func<int, Action<string>, IEnumerable<FilePart>> _read;
    private readonly List<Thread> _threads;

    // All that follows is guarded by it, and it is pulsed at each change.
    private readonly object _change = new();
    private readonly Dictionary<int, FileQueue> _queues = [];
    private readonly Dictionary<string, List<int>> _unsettled = new(StringComparer.Ordinal);
    private int _begun;
    private int _settled;
    private bool _isStopped;

    /// <param name="count">How many files there are.</param>
    /// <param name="threads">How many are read at once, at least 1.</param>
    /// <param name="read">Reads one, by its index; it calls what it is given before it asks the registry for a ledger.</param>
    internal ReadAhead(int count, int threads, Func<int, Action<string>, IEnumerable<FilePart>> read)
    {
        (_count, _read, _filesAhead) = (count, read, threads * FilesAheadOfEachThread);
        _threads = [.. Enumerable.Range(0, threads).Select(_ => new Thread(ReadFiles) { IsBackground = true, Name = "reading receipts" })];
        _threads.ForEach(static thread => thread.Start());
    }

    /// <summary>The parts of the next file, as they come. Files are asked for one after another.</summary>
    /// <exception cref="IOException">Reading it failed; thrown in the place where it did.</exception>
    internal IEnumerable<FilePart> PartsOf(int file)
    {
        while (Take(file) is { } part)
            yield return part;
        lock (_change)
        {
            _queues.Remove(file);
            _settled = file + 1;
            Monitor.PulseAll(_change);
        }
    }

    /// <summary>Tells that a ledger of a file, damaged or not, was settled.</summary>
    internal void Settled(int file, string ledger)
    {
        lock (_change)
        {
            var files = _unsettled[ledger];
            files.Remove(file);
            if (files.Count == 0)
                _unsettled.Remove(ledger);
            Monitor.PulseAll(_change);
        }
    }

    /// <summary>Stops reading, and waits until all threads have ended.</summary>
    public void Dispose()
    {
        lock (_change)
        {
            _isStopped = true;
            Monitor.PulseAll(_change);
        }

        _threads.ForEach(static thread => thread.Join());
    }

    private void ReadFiles()
    {
        while (Begin() is { } file)
        {
            Exception? failure = null;
            try
            {
                foreach (var part in _read(file, ledger => WaitFor(file, ledger)))
                    Put(file, part);
            }
            catch (OperationCanceledException)
            {
                return;
            }
#pragma warning disable CA1031 // it is thrown where the file is settled
            catch (Exception e)
#pragma warning restore CA1031
            {
                failure = e;
            }

            lock (_change)
            {
                (_queues[file].IsEnded, _queues[file].Failure) = (true, failure);
                Monitor.PulseAll(_change);
            }
        }
    }

    private int? Begin()
    {
        lock (_change)
        {
            while (_begun < _count && _begun >= _settled + _filesAhead && !_isStopped)
                Monitor.Wait(_change);
            if (_begun == _count || _isStopped)
                return null;
            _queues[_begun] = new FileQueue();
            return _begun++;
        }
    }

    private void Put(int file, FilePart part)
    {
        lock (_change)
        {
            while (_queues[file].Parts.Count >= PartsAhead && !_isStopped)
                Monitor.Wait(_change);
            if (_isStopped)
                throw new OperationCanceledException();
            _queues[file].Parts.Enqueue(part);
            Monitor.PulseAll(_change);
        }
    }

    private FilePart? Take(int file)
    {
        lock (_change)
        {
            FileQueue? queue;
            while (!_queues.TryGetValue(file, out queue) || (queue.Parts.Count == 0 && !queue.IsEnded))
                Monitor.Wait(_change);
            if (queue.Parts.TryDequeue(out var part))
            {
                Monitor.PulseAll(_change);
                return part;
            }

            if (queue.Failure is { } failure)
                ExceptionDispatchInfo.Throw(failure);
            return null;
        }
    }

    private void WaitFor(int file, string ledger)
    {
        lock (_change)
        {
            List<int>? files;
            while (_unsettled.TryGetValue(ledger, out files) && files.Exists(other => other <= file) && !_isStopped)
                Monitor.Wait(_change);
            if (_isStopped)
                throw new OperationCanceledException();
            if (files is null)
                _unsettled[ledger] = files = [];
            files.Add(file);
        }
    }

    private sealed class FileQueue
    {
        internal Queue<FilePart> Parts { get; } = [];

        internal bool IsEnded { get; set; }

        internal Exception? Failure { get; set; }
    }
}
