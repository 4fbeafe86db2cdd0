namespace OfflineLicense.Verifier;

/// <summary>What <see cref="Node.Changed"/> tells: the verdict that was told before, and the one that holds. Immutable.</summary>
public sealed class VerdictChangedEventArgs : EventArgs
{
    internal VerdictChangedEventArgs(Verdict before, Verdict after) => (Before, After) = (before, after);

    /// <summary>The verdict as it was told last: <see cref="After"/> of the call before, or what the node opened with.</summary>
    public Verdict Before { get; }

    /// <summary>The verdict now. It differs from <see cref="Before"/> in more than its figures.</summary>
    public Verdict After { get; }
}
