using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using OfflineLicense.Verifier.Command;

namespace OfflineLicense.Tests.Verifier.Command;

/// <summary>
/// A vendor and a customer in one folder, with the real programs as processes, whose system clock is what <c>faketime</c>
/// says: an offset, or a clock that runs thousands of times as fast, by which days pass in seconds. What differs from run
/// to run (keys, ids, seconds, what a fast clock was at) is written in capitals. How many days a fast clock makes of a run
/// is the machine's to say, and of a machine that stands for a while a node counts no day; so such a run goes on until what
/// it is for has come: the script <c>until-lapsed</c> asks that.
/// </summary>
internal sealed partial class FakeTimeSite : IDisposable
{
    // What 'status' says on a day that is given, by a clock that runs as clocks do. Some minutes at most, should it never lapse.
    private const string UntilLapsed = """
        unset LD_PRELOAD FAKETIME FAKETIME_SHARED
        tries=0
        until faketime "$1" offline-license status | grep -q '^state  *Lapsed' || [ $tries -eq 2000 ]
        do tries=$((tries + 1))
        done
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment;
    private string _lastId = "";

    public FakeTimeSite()
    {
        Directory.CreateDirectory(_folder["licenses"]);
        Directory.CreateDirectory(_folder["state"]);
        File.WriteAllText(_folder["until-lapsed"], UntilLapsed);
        File.WriteAllText(_folder["plan.yaml"], "licensee: Acme Telemedicine\nquota:\n  cores: 8\nreceipts:\n  every: 1h\n");
        _environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = $"{AppContext.BaseDirectory}:{Environment.GetEnvironmentVariable("PATH")}",
            ["TZ"] = "UTC",
            ["LC_ALL"] = "C",
            ["OFFLINE_LICENSE_HOME"] = _folder["vendor"],
            [ProductOptions.AnchorsVariable] = _folder["vendor/openvidu-pro.anchors"],
            [ProductOptions.LicensesVariable] = _folder["licenses"],
            [ProductOptions.StateVariable] = _folder["state"],
        };
    }

    /// <summary>One line of a transcript: <c>faketime … PROGRAM …</c>, <c>rm</c> or <c>ls</c>; the word <c>ID</c> is the last id that was printed.</summary>
    public async Task<string> Line(string[] words)
    {
        if (words is not ["faketime" or "rm" or "ls", ..])
            throw new ArgumentException($"a transcript has no command '{string.Join(' ', words)}'", nameof(words));
        var start = new ProcessStartInfo(words[0], words.Skip(1).Select(word => word.Replace("ID", _lastId, StringComparison.Ordinal)))
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder.Path,
        };
        foreach (var (name, value) in _environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        var printed = await output + await error;
        if (Ids().Match(printed) is { Success: true, Value: var id })
            _lastId = id;
        return Stable(printed) + (process.ExitCode == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"[exit {process.ExitCode}]\n"));
    }

    public void Dispose() => _folder.Dispose();

    private string Stable(string printed)
    {
        var text = printed.Replace(_folder.Path, "/site", StringComparison.Ordinal);
        text = Installations().Replace(text, "offline-license/INSTALLATION01234567890123");
        text = Ledgers().Replace(text, "LEDGER0123456789");
        text = Ids().Replace(text, "ID");
        text = Sha256Hex().Replace(text, "SHA256");
        text = Base64Of32Bytes().Replace(text, "HASH");
        text = KeyIds().Replace(text, "KEY");
        text = In2099().Replace(text, "2099-01-DD");
        text = InFebruary().Replace(text, "2027-02-DD");
        text = Figures().Replace(text, "NNN");
        text = Then().Replace(text, "THEN");
        text = Use().Replace(text, "open …");
        text = Sequence().Replace(text, "NN");
        text = Columns().Replace(text, " ");
        return Seconds().Replace(text, "");
    }

    [GeneratedRegex("offline-license/[a-z2-7]{26}", RegexOptions.ExplicitCapture, Timeout.Infinite)]
    private static partial Regex Installations();

    [GeneratedRegex("(?<=INSTALLATION01234567890123/|ledgers/)[a-z2-7]{16}", RegexOptions.ExplicitCapture, Timeout.Infinite)]
    private static partial Regex Ledgers();

    [GeneratedRegex(@"\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b", RegexOptions.ExplicitCapture, Timeout.Infinite)]
    private static partial Regex Ids();

    [GeneratedRegex("\\b[0-9a-f]{64}\\b", RegexOptions.ExplicitCapture, Timeout.Infinite)]
    private static partial Regex Sha256Hex();

    [GeneratedRegex("[A-Za-z0-9+/]{43}=", RegexOptions.ExplicitCapture, Timeout.Infinite)]
    private static partial Regex Base64Of32Bytes();

    [GeneratedRegex(@"(?<=[0-9]\+|key id )[0-9a-f]{8}\b(\+[A-Za-z0-9+/=]+)?", RegexOptions.ExplicitCapture, Timeout.Infinite)]
    private static partial Regex KeyIds();

    // In these there is nothing but what a fast clock was at.
    [GeneratedRegex("2099-[0-9]{2}-[0-9]{2}( [0-9:]{8} UTC)?", RegexOptions.ExplicitCapture, Timeout.Infinite)]
    private static partial Regex In2099();

    [GeneratedRegex("2027-02-[0-9]{2}( [0-9:]{8} UTC)?", RegexOptions.ExplicitCapture, Timeout.Infinite)]
    private static partial Regex InFebruary();

    // Days until 2099, seconds of centuries, and how many receipts a fast clock left.
    [GeneratedRegex(@"\b[0-9]{2},[0-9]{3}(?= days)|\b[0-9]+(,[0-9]{3}){3}(?= second)|\b[0-9][0-9,]*(?= receipts| new(?!-))|(?<=0 to |LEDGER0123456789 +(?!0 to ))[0-9][0-9,]*", RegexOptions.ExplicitCapture, Timeout.Infinite)]
    private static partial Regex Figures();

    [GeneratedRegex("(?<=it was |the mark is )[0-9-]{10}( [0-9:]{8} UTC)?", RegexOptions.ExplicitCapture, Timeout.Infinite)]
    private static partial Regex Then();

    [GeneratedRegex("open [0-9,]+ seconds?, .*", RegexOptions.ExplicitCapture, Timeout.Infinite)]
    private static partial Regex Use();

    [GeneratedRegex("(?<=^ +)[0-9]+(?=  2)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, Timeout.Infinite)]
    private static partial Regex Sequence();

    [GeneratedRegex(" +(?=NNN)", RegexOptions.ExplicitCapture, Timeout.Infinite)]
    private static partial Regex Columns();

    [GeneratedRegex("(?<= [0-9]{2}:[0-9]{2}):[0-9]{2}(?= UTC)", RegexOptions.ExplicitCapture, Timeout.Infinite)]
    private static partial Regex Seconds();
}
