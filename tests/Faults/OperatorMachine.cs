using System.Diagnostics;
using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Tests.Verifier.Command;
using OfflineLicense.Tests.Verifier.Ledger;
using OfflineLicense.Verifier;
using OfflineLicense.Verifier.Check;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using OfflineLicense.Verifier.Metering;
using Xunit;

namespace OfflineLicense.Tests.Faults;

/// <summary>
/// A machine with the operator's program, made ready for one operation, which is done on copies of it by a real process whose
/// calls to the system are answered as a test wants; and what must be true of a copy then, however that went.
/// </summary>
internal sealed class OperatorMachine : IDisposable
{
    // More than a segment of 256 KiB holds, so that the next append begins another; in one group it is left as it is.
    private const int ReceiptsOfASegment = 1100;

    private static readonly SigningKey ReplyKey = Licenses.KeyOf("vendor.example/replies/test", 2);

    private readonly TemporaryFolder _folder = new();

    private OperatorMachine()
    {
    }

    /// <summary>The operations: what each does, and the words that ask the program for it.</summary>
    public static IReadOnlyDictionary<string, string[]> Operations { get; } = new Dictionary<string, string[]>(StringComparer.Ordinal)
    {
        ["begin"] = ["run", "--cores", "1", "--", "true"],
        ["append"] = ["run", "--cores", "1", "--", "true"],
        ["roll"] = ["run", "--cores", "1", "--", "true"],
        ["export"] = ["export", "mail.receipts"],
        ["install"] = ["install", "second.lic"],
        ["prune"] = ["prune", "--keep", "0"],
    };

    private string State => _folder["state"];

    /// <summary>A machine on which the operation is what comes next.</summary>
    public static async Task<OperatorMachine> ReadyFor(string operation)
    {
        var machine = new OperatorMachine();
        Directory.CreateDirectory(machine._folder["licenses"]);
        var first = Licenses.Plain with
        {
            From = DateTimeOffset.UnixEpoch,
            Issued = DateTimeOffset.UnixEpoch,
            Receipts = new LicenseReceipts { RepliesBy = [ReplyKey.VerifierKey.ToString()] },
        };
        await File.WriteAllBytesAsync(machine._folder["licenses/first.lic"], Licenses.FileOf(first));
        await File.WriteAllBytesAsync(machine._folder["second.lic"], Licenses.FileOf(first with { Id = Licenses.Id(2), Replaces = first.Id }));
        await File.WriteAllTextAsync(
            machine._folder["product.anchors"], $"offline-license/anchors/v1\nproduct {Licenses.Product}\nlicense {Licenses.Key.VerifierKey}\n");
        switch (operation)
        {
            case "append" or "export" or "install":
                Assert.Equal(0, (await machine.Run("run", "--", "true")).ExitCode);
                break;
            case "roll":
                machine.FillSegment();
                break;
            case "prune":
                machine.FillSegments(4);
                machine.PutReply();
                break;
        }

        return machine;
    }

    /// <summary>Another machine that is the same.</summary>
    public OperatorMachine Copy()
    {
        var copy = new OperatorMachine();
        foreach (var folder in Directory.EnumerateDirectories(_folder.Path, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(copy._folder[Path.GetRelativePath(_folder.Path, folder)]);
        foreach (var file in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories))
            File.Copy(file, copy._folder[Path.GetRelativePath(_folder.Path, file)]);
        return copy;
    }

    /// <summary>Runs the program in this process, in a far year, on a system that does what it is asked.</summary>
    public Task<CommandRun> Run(params string[] words) => CommandRun.Of(
        OperatorProgram.Create,
        CommandRun.Console(_folder.Path, new ManualTime("2090-01-01T00:00:00Z"), "", [.. Variables().Append(("PATH", "/usr/bin:/bin"))]),
        words);

    /// <summary>Runs it as a process of its own.</summary>
    /// <param name="call">A call to the system.</param>
    /// <param name="fault">What becomes of it, in the words of strace.</param>
    /// <param name="words">What the program is to do.</param>
    /// <returns>Its exit code, 137 when it was killed; what it said of errors; and whether the fault came to pass.</returns>
    public async Task<(int ExitCode, string Error, bool WasPutIn)> RunWithFault(string call, string fault, string[] words)
    {
        var start = new ProcessStartInfo(
            "strace",
            [
                "-f", "-qq", "-e", "trace=" + call, "-e", $"inject={call}:{fault}", "-o", _folder["trace"],
                "dotnet", Path.Combine(AppContext.BaseDirectory, "offline-license.dll"), .. words,
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = _folder.Path,
        };
        foreach (var (name, value) in Variables())
            start.Environment[name] = value;
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        var trace = await File.ReadAllTextAsync(_folder["trace"]);
        return (process.ExitCode, await error, process.ExitCode == 137 || trace.Contains("(INJECTED)", StringComparison.Ordinal));
    }

    /// <summary>
    /// What was there is there, but for what may be pruned; what was being done is done whole or not at all; and the next
    /// commands of the operator succeed.
    /// </summary>
    /// <param name="before">The machine as it was.</param>
    /// <param name="operation">What was being done.</param>
    /// <param name="place">Where this was, for whoever reads that it is not so.</param>
    public async Task Check(OperatorMachine before, string operation, string place)
    {
        foreach (var ledger in LedgerFolder.List(LedgerDisk.Real, State))
            Assert.True(new LedgerCheck(LedgerDisk.Real, ledger).Check()?.Damage is null, place);
        CheckReceipts(before, place, mayBePruned: operation == "prune");
        if (File.Exists(_folder["mail.receipts"]))
            Assert.NotEmpty(LedgerSamples.ReadAll(await File.ReadAllBytesAsync(_folder["mail.receipts"])));
        var installed = _folder["licenses/" + Licenses.Id(2) + ".lic"];
        if (File.Exists(installed))
            Assert.Equal(await File.ReadAllBytesAsync(_folder["second.lic"]), await File.ReadAllBytesAsync(installed));

        // Before a product first starts there is no folder to prune.
        string[][] next = [["prune", "--keep", "0"], ["run", "--", "true"], ["export", "again.receipts"], ["install", "second.lic"], ["run", "--", "true"]];
        foreach (var words in next.SkipWhile(words => words[0] == "prune" && !Directory.Exists(State)))
        {
            var run = await Run(words);
            Assert.True(run.ExitCode == 0, $"{place}, then {words[0]}: {run.Error}");
            Assert.DoesNotContain("damage", run.Error, StringComparison.Ordinal);
        }

        CheckReceipts(before, place, mayBePruned: operation == "prune");
        if (operation == "prune")
            Assert.InRange(Ledgers().Single().Start, 3 * ReceiptsOfASegment, long.MaxValue);
    }

    public void Dispose() => _folder.Dispose();

    private void CheckReceipts(OperatorMachine before, string place, bool mayBePruned)
    {
        var after = Ledgers().ToDictionary(static scan => scan.Key!.Name, StringComparer.Ordinal);
        foreach (var ledger in before.Ledgers())
        {
            var left = after[ledger.Key!.Name];
            Assert.True(left.Start == 0 || mayBePruned, $"{place}: receipts are gone that nobody was asked to remove");
            var lines = Lines(ledger)[(int)left.Start..];
            Assert.True(lines.SequenceEqual(Lines(left).Take(lines.Count)), $"{place}: a receipt that was written is gone");
        }
    }

    // A ledger of years ago, of full segments and no more.
    private void FillSegments(int segments)
    {
        using var writer = BeginLedger();
        for (var segment = 0; segment < segments; segment++)
            writer.Append(Usage(segment * ReceiptsOfASegment, ReceiptsOfASegment));
    }

    // Of years ago, too; its groups are small, so that the segment is closed when the next is begun.
    private void FillSegment()
    {
        using var writer = BeginLedger();
        while (!writer.IsFull)
            writer.Append(Usage((int)writer.Size, 4));
    }

    private LedgerWriter BeginLedger()
    {
        var disk = LedgerDisk.Real;
        disk.CreateFolder(State);
        using var key = InstallationKey.ReadOrMake(disk, State);
        return LedgerFolder.TakeOrBegin(disk, State, key, LedgerContinuity.Any, DateTimeOffset.UnixEpoch).Writer;
    }

    private static Receipt[] Usage(int first, int count) => [.. Enumerable.Range(first, count).Select(static interval =>
        LedgerSamples.Usage(interval + 1) with { At = DateTimeOffset.UnixEpoch.AddMinutes(5 * (interval + 1)), From = DateTimeOffset.UnixEpoch.AddMinutes(5 * interval) })];

    private void PutReply()
    {
        var ledger = Ledgers().Single();
        File.WriteAllBytes(_folder["licenses/1.reply"], new Reply
        {
            Product = Licenses.Product,
            Licensee = Licenses.Licensee,
            Number = 1,
            Time = DateTimeOffset.UnixEpoch.AddYears(1),
            Ledgers = [new ReplyLedger(ledger.Key!.Name, ledger.Size, Convert.ToBase64String(ledger.Root))],
        }.Sign(ReplyKey));
    }

    private IReadOnlyList<LedgerScan> Ledgers() => LedgerFolder.ScanAll(LedgerDisk.Real, State);

    private static List<string> Lines(LedgerScan ledger) =>
        [.. ledger.Receipts(LedgerDisk.Real).Select(static entry => Encoding.ASCII.GetString(entry.Line.Span))];

    private (string Name, string Value)[] Variables() =>
    [
        ("OFFLINE_LICENSE_ANCHORS", _folder["product.anchors"]),
        (ProductOptions.LicensesVariable, _folder["licenses"]),
        (ProductOptions.StateVariable, State),
    ];
}
