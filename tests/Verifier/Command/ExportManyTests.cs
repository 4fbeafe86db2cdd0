using System.Text.Json;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Formats;
using OfflineLicense.Verifier.Ledger;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Command;

/// <summary>One mail for several machines, as their operator makes it.</summary>
public sealed class ExportManyTests : IDisposable
{
    private static readonly DateTimeOffset Begin = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly OperatorSite _site = new();

    public void Dispose() => _site.Dispose();

    [Fact]
    public async Task Files_folders_and_state_folders_leave_in_one_file_with_a_sentence_of_what_it_covers()
    {
        await WorkOnTwoMachines();
        var (a, b, c) = (Node("a"), Node("b"), Node("c"));
        _site.Put("share/a.receipts", a.Mail());
        _site.Put("share/notes.txt", "buy milk\n");
        _site.Put("b.receipts", b.Mail(0, 6));
        _site.Put("other/exports.receipts", c.Mail());
        var run = await _site.Run("export", "all.receipts", "--from", "share", "b.receipts", "other/exports.receipts", "--from", "other/state");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        Assert.Contains(
            " 5 ledgers of 3 installations, 2026-11-22 10:00:00 UTC to 2026-12-01 12:00:00 UTC, nothing missing, "
            + "3 of the ledgers up to when they were exported\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("mail them together only if all are yours", run.Output, StringComparison.Ordinal);
        Assert.Equal(5, Ledgers("all.receipts").Count);
    }

    [Fact]
    public async Task Each_state_folder_that_took_part_records_its_own_ledgers_and_no_other_folder_does()
    {
        await WorkOnTwoMachines();
        _site.Put("share/a.receipts", Node("a").Mail());
        await _site.Run("export", "all.receipts", "--from", "share", "other/state");
        foreach (var folder in new[] { "state", "other/state" })
        {
            var own = LedgerFolder.ScanAll(LedgerDisk.Real, _site[folder]).Single();
            var line = ExportsLog.Read(LedgerDisk.Real, _site[folder]).Lines.Single();
            Assert.Equal((own.Key!.Name, 0L, own.Size), (line.Ledger, line.Start, line.End));
        }

        Assert.Equal(["a.receipts"], Directory.EnumerateFileSystemEntries(_site["share"]).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Where_one_state_folder_cannot_record_it_none_does_and_there_is_no_file()
    {
        await WorkOnTwoMachines();
        Directory.CreateDirectory(_site["other/state/exports.log.new"]);
        var run = await _site.Run("export", "all.receipts", "--from", "other/state");
        Assert.Equal(ExitCode.Unreadable, run.ExitCode);
        Assert.StartsWith("error: the export cannot be recorded: ", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_site["all.receipts"]));
        Assert.False(File.Exists(_site["state/exports.log"]));
    }

    [Fact]
    public async Task The_same_folder_by_two_names_is_one()
    {
        await WorkOnTwoMachines();
        File.CreateSymbolicLink(_site["link"], _site["state"]);
        var run = await _site.Run("export", "all.receipts", "--from", "state/", "link", "./state");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        Assert.Single(Ledgers("all.receipts"));
    }

    [Fact]
    public async Task A_hole_is_named_and_the_file_is_there_all_the_same()
    {
        var node = Node("a");
        _site.Put("share/1.receipts", node.Mail(0, 4));
        _site.Put("share/2.receipts", node.Mail(7));
        var run = await _site.Run("export", "all.receipts", "--from", "share", "--json");
        Assert.Equal(ExitCode.Gap, run.ExitCode);
        Assert.StartsWith($"warning: receipts 4 to 6 of {node.Ledger} are missing\nhint: ", run.Error, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(run.Output);
        var missing = json.RootElement.GetProperty("missing").EnumerateArray().Single();
        Assert.Equal((node.Ledger, 4, 7), (missing.GetProperty("ledger").GetString(), missing.GetProperty("start").GetInt32(), missing.GetProperty("end").GetInt32()));
        Assert.Contains(", 3 receipts missing, ", json.RootElement.GetProperty("covers").GetString(), StringComparison.Ordinal);
        Assert.Equal([node.Installation], json.RootElement.GetProperty("installations").EnumerateArray().Select(name => name.GetString()!));
        byte[] both = [.. node.Mail(0, 4), .. node.Mail(7)];
        Assert.Equal(both, await File.ReadAllBytesAsync(_site["all.receipts"]));
    }

    [Fact]
    public async Task A_damaged_file_is_refused_by_name_and_line_and_nothing_is_written_or_recorded()
    {
        await WorkOnTwoMachines();
        var damaged = Node("b").Mail();
        damaged[^200] ^= 1;
        _site.Put("share/a.receipts", Node("a").Mail());
        _site.Put("share/b.receipts", damaged);
        var run = await _site.Run("export", "all.receipts", "--from", "share/a.receipts", "share/b.receipts");
        Assert.Equal(ExitCode.Malformed, run.ExitCode);
        Assert.Matches("^error: share/b.receipts: line [0-9]+: ", run.Error);
        Assert.False(File.Exists(_site["all.receipts"]));
        Assert.False(File.Exists(_site["state/exports.log"]));
    }

    [Fact]
    public async Task A_fork_is_never_merged_and_both_files_are_named()
    {
        var one = Node("a");
        var other = one.Copy().Use(4, 3);
        _site.Put("1.receipts", one.Use(2, 3).Mail());
        _site.Put("2.receipts", other.Mail());
        var run = await _site.Run("export", "all.receipts", "--from", "1.receipts", "2.receipts");
        Assert.Equal(ExitCode.Fork, run.ExitCode);
        Assert.Matches("^error: [12].receipts and [12].receipts contradict each other: ", run.Error);
        Assert.Contains("mail both to your vendor, each by itself", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_site["all.receipts"]));
    }

    [Fact]
    public async Task A_state_folder_that_was_copied_and_went_on_twice_is_a_fork()
    {
        await _site.Run("install", "mail/acme.lic");
        _site.Work(1, TimeSpan.FromHours(1));
        foreach (var file in Directory.EnumerateFiles(_site["state"], "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_site["copy"], Path.GetRelativePath(_site["state"], file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        _site.Work(2, TimeSpan.FromHours(1));
        _site.Work(3, TimeSpan.FromHours(1), "copy");
        var run = await _site.Run("export", "all.receipts", "--from", "copy");
        Assert.Equal(ExitCode.Fork, run.ExitCode);
        Assert.False(File.Exists(_site["state/exports.log"]));
    }

    [Fact]
    public async Task A_reply_kept_by_any_of_the_state_folders_or_beside_the_license_leaves_out_what_the_vendor_has()
    {
        await WorkOnTwoMachines();
        var node = Node("a");
        _site.Put("a.receipts", node.Mail());
        var other = LedgerFolder.ScanAll(LedgerDisk.Real, _site["other/state"]).Single();
        var reply = new Reply
        {
            Product = FleetVendor.Product,
            Licensee = "Acme Telemedicine",
            Number = 9,
            Time = Begin,
            Ledgers = [.. new[]
            {
                new ReplyLedger(node.Ledger, 5, Convert.ToBase64String(node.RootAt(5))), new ReplyLedger(other.Key!.Name, other.Size, Convert.ToBase64String(other.Root)),
            }.OrderBy(ledger => ledger.Ledger, StringComparer.Ordinal)],
        };
        _site.Put("other/state/replies/kept.reply", reply.Sign(_site.Vendor.ReplyKey));
        var run = await _site.Run("export", "all.receipts", "--from", "a.receipts", "other/state");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
        Assert.Equal(2, Ledgers("all.receipts").Count);
        Assert.Contains(Ledgers("all.receipts"), ledger => ledger.Ledger == node.Ledger && ledger.Start == 5);
        Assert.False(File.Exists(_site["other/state/exports.log"]));
    }

    [Theory]
    [InlineData("nowhere.receipts", "there is no file or folder 'nowhere.receipts'")]
    [InlineData("mail", "'mail' is no state folder, and holds no exports")]
    [InlineData("mail/acme.lic", "mail/acme.lic: line 1: not a receipts file")]
    public async Task What_is_no_receipts_file_and_no_folder_of_any_is_an_error(string named, string message)
    {
        var run = await _site.Run("export", "all.receipts", "--from", named);
        Assert.NotEqual(ExitCode.Ok, run.ExitCode);
        Assert.StartsWith($"error: {message}", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_site["all.receipts"]));
    }

    // This machine, and a second one whose state folder can be reached from here.
    private async Task WorkOnTwoMachines()
    {
        await _site.Run("install", "mail/acme.lic");
        Directory.CreateDirectory(_site["other/state"]);
        File.Copy(_site["state/installation.key"], _site["other/state/installation.key"]);
        _site.Work(1, TimeSpan.FromHours(1));
        _site.Work(2, TimeSpan.FromHours(1), "other/state");
    }

    private static FleetNode Node(string name) => FleetNode.Begin(name == "c" ? "c" : "acme", name, Begin).Hold(null).Idle(12);

    private List<(string Ledger, long Start, long End)> Ledgers(string file)
    {
        using var export = EarlierExport.Read(LedgerDisk.Real, _site[file], file);
        return [.. export.Parts.Select(part => (part.Ledger, part.Start, part.End))];
    }
}
