using System.IO.MemoryMappedFiles;

namespace OfflineLicense.Fuzz;

/// <summary>
/// Where each thread of a run is: the number of the input that it reads now, in a file that outlives the process. Whoever looks
/// into it after a stack overflow knows which inputs to make again. A slot has one writer.
/// </summary>
internal sealed class Places : IDisposable
{
    private const long None = -1;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _slots;
    private readonly int _threads;

    private Places(MemoryMappedFile file, int threads) => (_file, _slots, _threads) = (file, file.CreateViewAccessor(), threads);

    /// <summary>Makes the file, in which no thread reads anything.</summary>
    internal static Places Create(string path, int threads)
    {
        var places = new Places(MemoryMappedFile.CreateFromFile(path, FileMode.CreateNew, null, threads * sizeof(long)), threads);
        for (var thread = 0; thread < threads; thread++)
            places.Leave(thread);
        return places;
    }

    /// <summary>Opens one that another process made.</summary>
    internal static Places Open(string path, int threads) => new(MemoryMappedFile.CreateFromFile(path, FileMode.Open), threads);

    /// <summary>The inputs that are read now.</summary>
    internal IReadOnlyList<long> Current =>
        [.. Enumerable.Range(0, _threads).Select(thread => _slots.ReadInt64(thread * sizeof(long))).Where(static index => index != None)];

    internal void Enter(int thread, long index) => _slots.Write(thread * sizeof(long), index);

    internal void Leave(int thread) => _slots.Write(thread * sizeof(long), None);

    public void Dispose()
    {
        _slots.Dispose();
        _file.Dispose();
    }
}
