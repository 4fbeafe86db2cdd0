using Microsoft.Extensions.Logging;
using OfflineLicense.Verifier;

namespace OfflineLicense.Hosting;

/// <summary>
/// Logs what is new in a node's verdict since it was last told, and nothing twice. It compares for itself, so that the
/// first verdict, those that are told and the last one need no order among them. Thread-safe.
/// </summary>
internal sealed class VerdictLog(ILogger logger)
{
    /// <summary>A reason or warning that comes back within this of being logged is not logged again: cores come and go.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _loggedAt = new(StringComparer.Ordinal);
    private readonly HashSet<string> _holding = new(StringComparer.Ordinal);
    private HashSet<(string?, string)> _files = [];
    private Verdict? _last;

    /// <summary>Logs what is new.</summary>
    public void Tell(Node node)
    {
        lock (_gate)
        {
            var verdict = node.Verdict;
            TellLicense(verdict);
            TellFiles(verdict);
            var isOtherState = verdict.State != _last?.State;
            if (isOtherState)
                TellState(verdict);
            TellReasons(verdict, isOtherState && verdict.Reasons is [var first, ..] ? first : null);
            if (verdict.LastReply is { } reply && reply != _last?.LastReply)
                NodeLog.ReplyTaken(logger, Words.Date(reply));
            if (_last is not null && verdict.LastExport is { } export && export != _last.LastExport)
                NodeLog.Exported(logger, Words.Date(export));
            _last = verdict;
        }
    }

    private void TellLicense(Verdict verdict)
    {
        if (verdict.License is { } license && license.Id != _last?.License?.Id)
            NodeLog.LicenseActive(logger, license.Id, TerminalText.Escape(license.Licensee), license.Until is { } end ? Words.Date(end) : "further notice");
    }

    private void TellState(Verdict verdict)
    {
        if (verdict.State == LicenseState.Licensed)
        {
            NodeLog.Licensed(logger);
            return;
        }

        var (sentence, mend) = Text(verdict.Reasons[0]);
        if (verdict.IsAdvisory)
            NodeLog.Advisory(logger, verdict.State.ToString(), sentence, mend);
        else if (verdict.State == LicenseState.Grace)
            NodeLog.Grace(logger, sentence, Words.Date(verdict.GraceEnds!.Value), mend);
        else if (verdict.State == LicenseState.Lapsed)
            NodeLog.Lapsed(logger, sentence, mend);
        else
            NodeLog.Unlicensed(logger, sentence, mend);
    }

    private void TellFiles(Verdict verdict)
    {
        var files = verdict.NotCounting.Select(reason => (reason.File, reason.Code)).ToHashSet();
        foreach (var reason in verdict.NotCounting.Where(reason => !_files.Contains((reason.File, reason.Code))))
        {
            var (sentence, mend) = Text(reason);
            var file = TerminalText.Escape(reason.File ?? "a license");
            // Waiting for its day, having done its service, or being copied at this moment is nothing to mend.
            if (reason.Code is ReasonCode.NotYetValid or ReasonCode.Replaced or ReasonCode.StillChanging)
                NodeLog.FileSetAside(logger, file, reason.Code, sentence);
            else
                NodeLog.FileNotCounting(logger, file, reason.Code, sentence, mend);
        }

        _files = files;
    }

    private void TellReasons(Verdict verdict, Reason? toldWithState)
    {
        var held = verdict.Reasons.Concat(verdict.Warnings).Where(reason => reason.Code != ReasonCode.Unlicensed)
            .DistinctBy(reason => reason.Code).ToList();
        foreach (var reason in held)
        {
            var isQuiet = _loggedAt.TryGetValue(reason.Code, out var at) && verdict.At - at < Quiet;
            if (_holding.Contains(reason.Code) || isQuiet)
                continue;
            _holding.Add(reason.Code);
            _loggedAt[reason.Code] = verdict.At;
            Tell(reason, isToldAlready: reason == toldWithState);
        }

        foreach (var code in _holding.Except(held.Select(reason => reason.Code)).ToList())
        {
            _holding.Remove(code);
            NodeLog.Mended(logger, code);
        }
    }

    private void Tell(Reason reason, bool isToldAlready)
    {
        var (sentence, mend) = Text(reason);
        switch (reason.Code)
        {
            case ReasonCode.LedgerUnwritable:
                NodeLog.LedgerUnwritable(logger, sentence, mend);
                break;
            case ReasonCode.LedgerDamaged:
                NodeLog.LedgerDamaged(logger, sentence, mend);
                break;
            case ReasonCode.LedgerRolledBack:
                NodeLog.LedgerRolledBack(logger, sentence, mend);
                break;
            case ReasonCode.ClockBehind:
                NodeLog.ClockBehind(logger, sentence, mend);
                break;
            case ReasonCode.Fault:
                NodeLog.Fault(logger, sentence, mend);
                break;
            default:
                if (!isToldAlready)
                    NodeLog.Holds(logger, reason.Code, sentence, mend);
                break;
        }
    }

    private static (string Sentence, string Mend) Text(Reason reason) =>
        (TerminalText.Escape(reason.Sentence), TerminalText.Escape(reason.Mend));
}
