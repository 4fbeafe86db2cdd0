namespace OfflineLicense.Verifier;

/// <summary>
/// A piece of work that is metered until it is disposed. Thread-safe: disposing it twice, from anywhere, or after its
/// node is nothing; disposing never throws and never waits for a disk.
/// </summary>
public sealed class Usage : IDisposable
{
    private Node? _node;

    internal Usage(Node node, int cores)
    {
        _node = node;
        Cores = cores;
    }

    /// <summary>How many cores it takes, at least 1.</summary>
    public int Cores { get; }

    /// <summary>Ends the work.</summary>
    public void Dispose() => Interlocked.Exchange(ref _node, null)?.End(Cores);
}
