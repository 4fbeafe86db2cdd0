namespace OfflineLicense.Verifier.Verdicts;

/// <summary>
/// Tells the handlers of <see cref="Node.Changed"/>, one change after another and never two at once, with no lock held.
/// There is no queue: what changes while handlers run is told as one change when they have returned, so that a handler
/// that never returns costs one thread and nothing else.
/// </summary>
/// <param name="first">The verdict that the node opened with, which everybody can read.</param>
internal sealed class VerdictNews(Verdict first)
{
    private readonly Lock _gate = new();
    private Verdict _told = first;
    private bool _isTelling;
    private volatile bool _isClosed;

    public event EventHandler<VerdictChangedEventArgs>? Changed;

    /// <summary>Tells what a node's verdict has become, unless it is being told: then whoever tells comes back to it.</summary>
    public void Tell(Node node)
    {
        lock (_gate)
        {
            if (_isTelling)
                return;
            _isTelling = true;
        }

        while (Next(node) is { } change)
        {
            foreach (var handler in Delegate.EnumerateInvocationList(Changed))
            {
                if (!_isClosed)
                    Call(handler, node, change);
            }
        }
    }

    /// <summary>From here on no handler is called. One that is being called goes on: waiting for it could be waiting for oneself.</summary>
    public void Close() => _isClosed = true;

    private VerdictChangedEventArgs? Next(Node node)
    {
        lock (_gate)
        {
            // Read under the gate, so that a later verdict is never told before an earlier one.
            var verdict = node.Verdict;
            _isTelling = !_isClosed && VerdictChange.Is(_told, verdict);
            if (!_isTelling)
                return null;
            var change = new VerdictChangedEventArgs(_told, verdict);
            _told = verdict;
            return change;
        }
    }

    private static void Call(EventHandler<VerdictChangedEventArgs> handler, Node node, VerdictChangedEventArgs change)
    {
        try
        {
            handler(node, change);
        }
#pragma warning disable CA1031 // the node and the other handlers do not pay for one that throws
        catch (Exception)
#pragma warning restore CA1031
        {
            // There is nobody to tell: a verdict that said so would be a change in turn, told every second.
        }
    }
}
