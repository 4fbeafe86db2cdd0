using Microsoft.Extensions.Logging;

namespace OfflineLicense.Hosting;

/// <summary>
/// What is logged: an event id never changes its meaning. The table of README.md, "Log", is held to this file by a test.
/// Texts that came in files are escaped before they get here, so that no file writes lines into a log.
/// </summary>
internal static partial class NodeLog
{
    [LoggerMessage(1, LogLevel.Information, "the node of {Product} is open: licenses in {LicenseFolder}, state in {StateFolder}")]
    public static partial void Opened(ILogger logger, string product, string licenseFolder, string stateFolder);

    [LoggerMessage(2, LogLevel.Information, "the node of {Product} is closed")]
    public static partial void Closed(ILogger logger, string product);

    [LoggerMessage(3, LogLevel.Warning, "{Setting} in the configuration is ignored: LicenseFolder and StateFolder are all that it may set")]
    public static partial void SettingIgnored(ILogger logger, string setting);

    [LoggerMessage(10, LogLevel.Information, "license state is now Licensed")]
    public static partial void Licensed(ILogger logger);

    [LoggerMessage(11, LogLevel.Warning, "license state is now Grace: {Sentence}; everything works, and new work is refused from {GraceEnds} on; to mend it: {Mend}")]
    public static partial void Grace(ILogger logger, string sentence, string graceEnds, string mend);

    [LoggerMessage(12, LogLevel.Error, "license state is now Lapsed: {Sentence}; new work is refused, running work goes on; to mend it: {Mend}")]
    public static partial void Lapsed(ILogger logger, string sentence, string mend);

    [LoggerMessage(13, LogLevel.Error, "license state is now Unlicensed: {Sentence}; new work is refused; to mend it: {Mend}")]
    public static partial void Unlicensed(ILogger logger, string sentence, string mend);

    [LoggerMessage(14, LogLevel.Warning, "license state is now {State}: {Sentence}; the license is advisory, so nothing is refused; to mend it: {Mend}")]
    public static partial void Advisory(ILogger logger, string state, string sentence, string mend);

    [LoggerMessage(20, LogLevel.Information, "license {License} of {Licensee} is active, until {TermEnd}")]
    public static partial void LicenseActive(ILogger logger, string license, string licensee, string termEnd);

    [LoggerMessage(21, LogLevel.Warning, "{File} does not count ({Code}): {Sentence}; to mend it: {Mend}")]
    public static partial void FileNotCounting(ILogger logger, string file, string code, string sentence, string mend);

    [LoggerMessage(22, LogLevel.Information, "{File} does not count ({Code}): {Sentence}")]
    public static partial void FileSetAside(ILogger logger, string file, string code, string sentence);

    [LoggerMessage(30, LogLevel.Error, "{Sentence}; to mend it: {Mend}")]
    public static partial void LedgerUnwritable(ILogger logger, string sentence, string mend);

    [LoggerMessage(31, LogLevel.Error, "{Sentence}; to mend it: {Mend}")]
    public static partial void LedgerDamaged(ILogger logger, string sentence, string mend);

    [LoggerMessage(32, LogLevel.Warning, "{Sentence}; to mend it: {Mend}")]
    public static partial void LedgerRolledBack(ILogger logger, string sentence, string mend);

    [LoggerMessage(33, LogLevel.Warning, "{Sentence}; to mend it: {Mend}")]
    public static partial void ClockBehind(ILogger logger, string sentence, string mend);

    [LoggerMessage(34, LogLevel.Error, "{Sentence}; to mend it: {Mend}")]
    public static partial void Fault(ILogger logger, string sentence, string mend);

    [LoggerMessage(38, LogLevel.Warning, "{Code}: {Sentence}; to mend it: {Mend}")]
    public static partial void Holds(ILogger logger, string code, string sentence, string mend);

    [LoggerMessage(39, LogLevel.Information, "{Code} holds no longer")]
    public static partial void Mended(ILogger logger, string code);

    [LoggerMessage(40, LogLevel.Information, "the vendor's reply of {Time} was taken in")]
    public static partial void ReplyTaken(ILogger logger, string time);

    [LoggerMessage(41, LogLevel.Information, "receipts were exported at {Time}; mail them to your vendor")]
    public static partial void Exported(ILogger logger, string time);
}
