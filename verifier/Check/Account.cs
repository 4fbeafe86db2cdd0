using static System.FormattableString;

namespace OfflineLicense.Verifier.Check;

/// <summary>
/// Adds up what the receipts of a ledger say of themselves, by the table of the format's page, and finds what does not add
/// up. All of it counts once a checkpoint behind it has sealed it. Memory is bounded, whatever receipts say. Not thread-safe.
/// </summary>
internal sealed class Account
{
    private readonly Findings _findings = new();
    private readonly Meters _meters;
    private readonly OpenTime _open;
    private readonly Intervals _intervals;
    private readonly Proofs _proofs;

    // What use belongs to: null where the receipts at hand do not say.
    private byte[]? _license;
    private byte[]? _state;
    private bool _isStopped;
    private bool _hasBefore;
    private bool _hasEntered;
    private string _ledger = "";
    private long? _from;
    private long _until;
    private long _newer;
    private (long? Until, long Newer) _sealed;

    /// <param name="texts">The licenses whose text is at hand.</param>
    internal Account(IReadOnlyList<LicenseText> texts)
    {
        _meters = new Meters(_findings);
        _open = new OpenTime(_findings, texts);
        _intervals = new Intervals(_findings);
        _proofs = new Proofs(_findings, texts);
    }

    /// <summary>Goes on in the next file of the ledger.</summary>
    internal void Enter(FileHead head, string file)
    {
        _findings.File = file;
        if (_hasEntered)
            return;
        (_hasEntered, _ledger) = (true, head.Ledger);
        _meters.IsFromBegin = _open.IsKnown = head.Start == 0;
    }

    /// <summary>Adds the next receipt.</summary>
    internal void Add(in ReceiptText receipt, long line)
    {
        _findings.Line = line;
        _from ??= receipt.At;
        _until = receipt.At;
        _intervals.Add(receipt);
        if (_isStopped && receipt.Kind is not (ReceiptKind.Start or ReceiptKind.Newer) && _findings.IsFirst(FindingKind.Start))
            _findings.Tell(FindingKind.Start, Invariant($"receipt {receipt.Seq} comes after a stop, and no start between"));
        switch (receipt.Kind)
        {
            case ReceiptKind.Usage:
                CheckBelonging(receipt);
                _meters.Add(receipt);
                _open.Add(receipt);
                break;
            case ReceiptKind.Start:
                Start(receipt);
                break;
            case ReceiptKind.License:
                _license = receipt.License.ToArray();
                _proofs.Add(receipt, _ledger);
                break;
            case ReceiptKind.State:
                _state = receipt.State.ToArray();
                break;
            case ReceiptKind.Newer:
                _newer++;
                break;
        }

        (_isStopped, _hasBefore) = (receipt.Kind == ReceiptKind.Stop, true);
    }

    /// <summary>A checkpoint was wrong, and a later one signs all that it signed.</summary>
    internal void Doubt(SealedPart earlier)
    {
        if (!_findings.IsFirst(FindingKind.Checkpoint))
            return;
        _findings.Line = earlier.Line;
        _findings.Tell(FindingKind.Checkpoint, Invariant(
            $"the checkpoint over {earlier.Size} receipts was changed after it was written; a later one signs the same receipts, so none is lost by it"));
    }

    /// <summary>A checkpoint covers all that was added.</summary>
    internal void Seal()
    {
        _findings.Seal();
        _sealed = (_until, _newer);
    }

    /// <summary>Fills in what was found up to the last checkpoint.</summary>
    internal LedgerReport Fill(LedgerReport report) => report with
    {
        From = _sealed.Until is null ? null : _from,
        Until = _sealed.Until,
        NewerKinds = _sealed.Newer,
        Findings = _findings.Sealed,
        Proven = _proofs.Proven,
        NotProven = _proofs.NotProven,
    };

    private void Start(in ReceiptText start)
    {
        _open.Start(start);

        // A process begins with no license; which state it is in, it says after that.
        (_license, _state) = ([], null);
        if (start.Seq > 0 && _hasBefore && (start.Clean == 1) != _isStopped && _findings.IsFirst(FindingKind.Start))
            _findings.Tell(FindingKind.Start, Invariant($"receipt {start.Seq} says that the ledger {(start.Clean == 1 ? "ended with a stop, which is not there" : "was not let go of in order, after a stop")}"));
    }

    private void CheckBelonging(in ReceiptText usage)
    {
        var isGood = (_license is null || usage.License.SequenceEqual(_license)) && (_state is null || usage.State.SequenceEqual(_state));
        if (!isGood && _findings.IsFirst(FindingKind.Belonging))
            _findings.Tell(FindingKind.Belonging, Invariant($"receipt {usage.Seq} is of another license or state than the receipts before it say"));
    }
}
