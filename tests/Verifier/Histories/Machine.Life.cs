using System.Globalization;
using OfflineLicense.Verifier;

namespace OfflineLicense.Tests.Verifier.Histories;

internal enum Ending
{
    Clean,
    Killed,
}

/// <content>Processes that come and go, and what must hold after each step.</content>
internal sealed partial class Machine
{
    private void Open(bool isClean)
    {
        _node = Node.Open(Options);
        _model.Start(isClean, _time.Wall);
        _node.Look();
        Compare();
    }

    private bool Close(Ending ending)
    {
        var isClean = ending == Ending.Clean && !_disk.Fails("", "");
        _madeUp += isClean ? 0 : Model.Interval;
        _licensed = 0;
        _running.ForEach(static usage => usage.Dispose());
        EndAll();
        if (ending == Ending.Clean)
        {
            _node!.Dispose();
            _model.Stop(isClean);
        }
        else
        {
            _time.StopNodes();
            _disk = _disk.Copy();
            _model.Kill();
        }

        _disk.Fails = static (_, _) => false;
        _node = null;
        return isClean;
    }

    private void EndAll()
    {
        foreach (var usage in _running)
            _model.Change(-usage.Cores);
        _running.Clear();
    }

    // P2: the same files, the same time, the same ledger, the same verdict.
    private void Restart()
    {
        MendDisk();
        foreach (var usage in _running)
            usage.Dispose();
        EndAll();
        LookTwice();
        Pass(TimeSpan.FromHours(1));
        var running = _node!.Verdict;
        Close(Ending.Clean);
        var looked = Node.Peek(Options);
        Open(isClean: true);

        // Under a clock that is held back, the last day of running may be in no mark yet: that is another time.
        if (running.At > _time.Wall && running.At != _node.Verdict.At)
            return;
        foreach (var before in new[] { looked, running })
        {
            Must(Expected.Of(before).ToString() == Expected.Of(_node.Verdict).ToString(),
                $"P2: the restart changed the verdict from\n{Expected.Of(before)}\nto\n{Expected.Of(_node.Verdict)}");
        }
    }

    private void Compare()
    {
        if (_node is null)
            return;
        var verdict = _node.Verdict;
        var fault = verdict.Warnings.Concat(verdict.Reasons).FirstOrDefault(static reason => reason.Code == ReasonCode.Fault);
        Must(fault is null, $"the node failed: {fault?.Sentence}");
        Must(verdict.At >= new DateTimeOffset(_time.Wall.Ticks - (_time.Wall.Ticks % TimeSpan.TicksPerSecond), TimeSpan.Zero), "the node is behind its clock");
        KeepPromises(verdict);
        Comparisons++;
        var isWritable = verdict.Reasons.All(static reason => reason.Code != ReasonCode.LedgerUnwritable);
        Must(isWritable || _isJustMended || _disk.Fails("", ""), "the disk is good, and the node says that it is not");
        var told = Expected.Of(verdict);
        var expected = _model.Look(_files.Values, isWritable, verdict.MailBy, told.Minutes);
        Must(verdict.At == _model.Now, string.Create(CultureInfo.InvariantCulture, $"the node says it is {verdict.At:u}, and it is {_model.Now:u} (clock {_time.Wall:u})"));

        // What a next license at hand does to the end of the grace is foretold, and has its own tests.
        if (_files.Values.Any(file => file.License is { Id: var id } && id != told.License))
            expected = expected with { GraceEnds = told.GraceEnds };

        Must(told.ToString() == expected.ToString(), string.Create(
            CultureInfo.InvariantCulture, $"at {verdict.At:u} (clock {_time.Wall:u}) the node says\n{told}\nand it is\n{expected}"));
        foreach (var (name, file) in _files)
        {
            var code = verdict.NotCounting.FirstOrDefault(reason => Path.GetFileName(reason.File) == name)?.Code;
            Must(file.Broken is null || file.Broken == code, $"{name} is {file.Broken}, and the node says {code}");
        }
    }
}
