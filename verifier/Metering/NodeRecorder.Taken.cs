using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Verifier.Metering;

// What came from the vendor beside licenses: a copy is kept, and then a receipt says that it was taken in.
internal sealed partial class NodeRecorder
{
    private (string Licensee, long Number) _replied = ("", 0);
    private long _trusted;

    /// <summary>Writes down that a reply was taken in, once a copy of it is kept.</summary>
    private void RecordReply(DateTimeOffset at)
    {
        // With no license there is no receipt before it that says to whom the reply is.
        if (_license.Length == 0 || _view.Reply is not { } reply || reply.Number <= Recorded(reply.Licensee))
            return;
        if (_journal.Name is not { } ledger || _journal.Problem is not null || !_view.KeepReply(reply))
            return;
        _replied = (reply.Licensee, reply.Number);
        _journal.Record(new ReplyReceipt { At = at, Number = reply.Number, Size = reply.Find(ledger)?.Size ?? 0 });
    }

    /// <summary>
    /// Writes down that a trust document was taken up, once a copy of it is kept. It counts all the same where the disk
    /// refuses: a revocation must not wait for room.
    /// </summary>
    private void RecordTrust(DateTimeOffset at)
    {
        if (_view.TrustDocument is not { } taken || _journal.Problem is not null || !_view.KeepTrust())
            return;
        var version = taken.Document.Version;
        if (_journal.Name is null || version <= _trusted || _view.Others.Append(_journal.Readings).Any(readings => readings.TrustVersion >= version))
            return;
        _trusted = version;
        _journal.Record(new TrustReceipt { At = at, Version = version, Sha256 = taken.Sha256 });
    }

    // What waits is in no ledger yet.
    private long Recorded(string licensee) =>
        Math.Max(_replied.Licensee == licensee ? _replied.Number : 0, _view.RepliedTo(licensee, _journal.Readings));
}
