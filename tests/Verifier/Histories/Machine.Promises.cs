using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Ledger;
using static System.FormattableString;

namespace OfflineLicense.Tests.Verifier.Histories;

/// <content>What holds in every history, whatever the model says: each promise for itself.</content>
internal sealed partial class Machine
{
    private const long Day = 86_400;

    // Seconds run in Grace since the node ran Licensed for an interval, and what crashes may have made of them.
    private long _inGrace;
    private long _madeUp;
    private long _licensed;
    private bool _wasLicensed;

    // P1, and that the state says who may begin.
    private void KeepPromises(Verdict verdict)
    {
        Must(_node!.CoresInUse == _running.Sum(static usage => usage.Cores), "P1: work that was running is not running any more");
        var isRefused = verdict.State == LicenseState.Unlicensed
            || (verdict.State == LicenseState.Lapsed && verdict.License?.EnforcementInForce != EnforcementRule.Advisory);
        Must(verdict.MayBegin != isRefused, $"in {verdict.State} new work may {(isRefused ? "" : "not ")}begin");
        _wasLicensed |= verdict.State == LicenseState.Licensed && !_disk.Fails("", "");
        Must(
            verdict.State != LicenseState.Lapsed || !_wasLicensed || _inGrace + _madeUp >= Day,
            Invariant($"a node that was licensed lapsed after {_inGrace} seconds in Grace, without a day's notice"));
    }

    // By what the verdict was while it ran.
    private void HasRun(LicenseState state, long seconds)
    {
        _inGrace += state == LicenseState.Grace ? seconds : 0;
        _licensed = state == LicenseState.Licensed && !_disk.Fails("", "") ? _licensed + seconds : 0;
        if (_licensed >= Model.Interval)
            (_inGrace, _madeUp) = (0, Math.Min(_madeUp, Model.Interval));
    }

    // P3: a bad file displaces nothing.
    private void Displaces(Action puts)
    {
        var before = _node!.Verdict;
        puts();
        var after = _node.Verdict;
        Must(after.License?.Id == before.License?.Id, $"P3: a bad file displaced {before.License?.Id} by {after.License?.Id}");
        Must(after.MayBegin || !before.MayBegin, "P3: after a bad file came work may not begin any more");
    }

    // P6: what was written is what was used, but for what a crash lost. And the mark never falls: not from receipt to
    // receipt, and not when a process takes the ledger up.
    private void Audit()
    {
        long seconds = 0, coreSeconds = 0;
        foreach (var scan in LedgerFolder.ScanAll(_disk, State))
        {
            Must(scan.Damage is null, $"the ledger is damaged: {scan.Damage?.Message}");
            var readings = new LedgerReadings();
            foreach (var receipt in scan.Receipts(_disk).Select(static entry => entry.Receipt))
            {
                var mark = readings.Mark;
                Must(receipt is not StartReceipt || !(receipt.At < mark), Invariant($"the mark fell: a process began at {receipt.At:u}, and it had been {mark:u}"));
                readings.Add(receipt);
                Must(!(readings.Mark < mark), Invariant($"the mark fell from {mark:u} to {readings.Mark:u}"));
                if (receipt is UsageReceipt usage)
                    (seconds, coreSeconds) = (seconds + usage.Seconds, coreSeconds + usage.CoreSeconds);
            }
        }

        var used = _model.Durable.UsedInAll();
        Must((seconds, coreSeconds) == used, Invariant(
            $"P6: {seconds} s and {coreSeconds} core-seconds are written, and {used.Seconds} s and {used.CoreSeconds} were used"));
    }
}
