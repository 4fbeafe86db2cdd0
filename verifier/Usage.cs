namespace OfflineLicense.Verifier;

/// <summary>
/// A piece of work that is metered until it is disposed. Thread-safe: disposing it twice, from anywhere, or after its
/// node is nothing; disposing never throws and never waits for a disk.
/// </summary>
public sealed class Usage : IDisposable
{
    private readonly Node _node;

    // The node's lock guards it: whoever ends work holds that anyway.
    private bool _hasEnded;

    internal Usage(Node node, int cores)
    {
        _node = node;
        Cores = cores;
    }

    /// <summary>How many cores it takes, at least 1.</summary>
    public int Cores { get; }

    /// <summary>Ends the work.</summary>
    public void Dispose() => _node.End(this);

    /// <summary>Whether this is the first that ends it. Under the node's lock.</summary>
    internal bool TryEnd()
    {
        if (_hasEnded)
            return false;
        _hasEnded = true;
        return true;
    }
}
