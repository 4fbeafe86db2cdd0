namespace OfflineLicense.Verifier.Metering;

// What is removed while the node runs on, also where no reply comes and nobody starts anew.
internal sealed partial class NodeRecorder
{
    private int _rolls;

    // With each segment that is full, of the own ledger: the others are their processes' to look after.
    private void PruneAfterRoll(DateTimeOffset now)
    {
        if (_journal.Rolls == _rolls)
            return;
        _rolls = _journal.Rolls;
        _folder.Prune(_view, now - _removeAfter, _ledger);
    }
}
