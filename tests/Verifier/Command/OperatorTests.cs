using System.Text.Json;
using OfflineLicense.Verifier.Command;
using OfflineLicense.Verifier.Metering;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Command;

public sealed class OperatorTests : IDisposable
{
    private readonly OperatorSite _site = new();

    public void Dispose() => _site.Dispose();

    [Fact]
    public void Every_exit_code_has_one_meaning_for_ever()
    {
        var table = ExitCode.Common.Concat(ExitCode.Operator).Concat(ExitCode.Issuer).OrderBy(meaning => meaning.Code).ToList();
        Assert.Equal(table.Count, table.DistinctBy(meaning => meaning.Code).Count());
        Assert.Equal(table.Count, table.DistinctBy(meaning => meaning.Name).Count());
        Snapshot.Match(
            string.Concat(table.Select(meaning => FormattableString.Invariant($"{meaning.Code} {meaning.Name}: {meaning.Meaning}\n"))), "exit-codes");
    }

    [Fact]
    public async Task Every_command_that_answers_can_answer_with_one_json_object()
    {
        await _site.Run("install", "mail/acme.lic");
        _site.Work(2, TimeSpan.FromHours(1));
        string[][] lines =
        [
            ["status"], ["install", "mail/reply-7.reply"], ["receipts"], ["statement"], ["export"], ["inspect", "mail/acme.lic"],
        ];
        foreach (var line in lines)
        {
            var run = await _site.Run([.. line, "--json"]);
            Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
            using var json = JsonDocument.Parse(run.Output);
            Assert.Equal(JsonValueKind.Object, json.RootElement.ValueKind);
        }
    }

    [Fact]
    public async Task A_license_in_the_environment_is_seen_by_status_and_named_where_a_file_would_be()
    {
        _site.License = await File.ReadAllTextAsync(_site["mail/armored.txt"]);
        var good = await _site.Run("status");
        Assert.Contains("state         Licensed", good.Output, StringComparison.Ordinal);
        Assert.Contains("read from     the environment variable OFFLINE_LICENSE", good.Output, StringComparison.Ordinal);
        _site.License = _site.License[..^40];
        var cut = await _site.Run("status");
        Assert.Contains("state         Unlicensed", cut.Output, StringComparison.Ordinal);
        Assert.Contains("file: the environment variable OFFLINE_LICENSE", cut.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_beside_a_running_product_changes_no_file()
    {
        await _site.Run("install", "mail/acme.lic");
        using var node = _site.Open();
        Assert.True(node.TryBegin(4, out var usage, out _));
        using (usage)
        {
            _site.Time.Advance(TimeSpan.FromHours(2));
            var before = Files();
            foreach (var command in new[] { "status", "receipts", "statement" })
                Assert.Equal(ExitCode.Ok, (await _site.Run(command)).ExitCode);
            Assert.Equal(before, Files());
            Assert.Contains("node-minutes   120", (await _site.Run("status")).Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("mail/stranger.lic")]
    [InlineData("mail/changed.lic")]
    [InlineData("mail/cut.lic")]
    [InlineData("mail/newer.lic")]
    [InlineData("mail/other-product.lic")]
    [InlineData("mail/same-id.lic")]
    [InlineData("mail/not-ours.reply")]
    public async Task A_bad_file_displaces_nothing_and_holds_back_the_good_ones_beside_it(string bad)
    {
        await _site.Run("install", "mail/acme.lic", "mail/reply-7.reply");
        var before = Files();
        var run = await _site.Run("install", "mail/next-year.lic", "mail/reply-8.reply", bad);
        Assert.NotEqual(ExitCode.Ok, run.ExitCode);
        Assert.StartsWith($"error: {bad}: ", run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Output);
        Assert.Equal(before, Files());
    }

    [Fact]
    public async Task A_broken_file_under_a_license_s_name_gives_way_to_the_license()
    {
        _site.Put("licenses/01JDA7X0R3Q8N5V2K6T9W00001.lic", "broken\n");
        Assert.Equal(ExitCode.Ok, (await _site.Run("install", "mail/acme.lic")).ExitCode);
        Assert.Contains("state         Licensed", (await _site.Run("status")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_at_any_fraction_of_a_second_is_recorded()
    {
        await _site.Run("install", "mail/acme.lic");
        _site.Work(1, TimeSpan.FromHours(1));
        _site.Time.Advance(TimeSpan.FromMilliseconds(123));
        Assert.Equal(ExitCode.Ok, (await _site.Run("export")).ExitCode);
        Assert.Contains("mail by       no date: no receipts wait to be exported", (await _site.Run("status")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_to_standard_output_is_the_file_and_nothing_else()
    {
        await _site.Run("install", "mail/acme.lic");
        _site.Work(1, TimeSpan.FromHours(1));
        var run = await _site.Run("export", "-");
        await _site.Run("export", "same.receipts");
        Assert.Equal("", run.Output);
        Assert.Equal(await File.ReadAllBytesAsync(_site["same.receipts"]), run.OutputBytes);
    }

    [Fact]
    public async Task An_export_that_cannot_be_recorded_leaves_no_file()
    {
        await _site.Run("install", "mail/acme.lic");
        _site.Work(1, TimeSpan.FromHours(1));
        // A folder where the log is to be: no permission is needed to fail, and root fails too.
        Directory.CreateDirectory(_site["state/exports.log.new"]);
        var run = await _site.Run("export", "out.receipts");
        Assert.Equal(ExitCode.Unreadable, run.ExitCode);
        Assert.StartsWith("error: the export cannot be recorded: ", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_site["out.receipts"]));
    }

    [Fact]
    public async Task A_statement_that_a_damaged_ledger_makes_short_says_so()
    {
        await _site.Run("install", "mail/acme.lic");
        _site.Work(1, TimeSpan.FromHours(1));
        var ledger = Directory.EnumerateFiles(_site["state/ledgers"], "*.receipts", SearchOption.AllDirectories).Single();
        var text = await File.ReadAllTextAsync(ledger);
        await File.WriteAllTextAsync(ledger, text.Replace("\"coreSeconds\":3600", "\"coreSeconds\":1600", StringComparison.Ordinal));
        var run = await _site.Run("statement");
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.StartsWith($"warning: {ledger}: line ", run.Error, StringComparison.Ordinal);
        Assert.StartsWith("offline-license/statement/v1\n", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("receipts")]
    [InlineData("check")]
    [InlineData("statement")]
    [InlineData("export")]
    public async Task Ledgers_that_cannot_be_listed_are_never_told_as_none(string command)
    {
        await _site.Run("install", "mail/acme.lic");
        _site.Work(1, TimeSpan.FromHours(1));
        Directory.Move(_site["state/ledgers"], _site["ledgers"]);
        // A link to itself: no permission is needed to fail, and root fails too.
        File.CreateSymbolicLink(_site["state/ledgers"], _site["state/ledgers"]);
        var run = await _site.Run(command);
        Assert.Equal((ExitCode.Unreadable, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"error: cannot read '{_site["state/ledgers"]}': ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("receipts")]
    [InlineData("check")]
    [InlineData("statement")]
    [InlineData("export")]
    [InlineData("prune")]
    public async Task A_mistyped_variable_is_no_node_without_receipts(string command)
    {
        await _site.Run("install", "mail/acme.lic");
        Directory.Delete(_site["state"], recursive: true);
        var run = await _site.Run(command);
        Assert.Equal((ExitCode.Unreadable, ""), (run.ExitCode, run.Output));
        Assert.Equal($"error: there is no folder '{_site["state"]}'\nhint: check OFFLINE_LICENSE_STATE; the product makes its folders when it first starts\n", run.Error);
        Assert.Contains("state         Licensed", (await _site.Run("status")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("check", "mail/acme.lic")]
    [InlineData("inspect", "mail/acme.lic")]
    [InlineData("status")]
    public async Task Anchors_that_a_variable_names_and_that_are_not_there_are_told_with_the_variable(params string[] line)
    {
        var console = CommandRun.Console(_site.Path, _site.Time, "", (ProductOptions.AnchorsVariable, "gone.anchors"));
        var run = await CommandRun.Of(OperatorProgram.Create, console, line);
        Assert.Equal(ExitCode.Unreadable, run.ExitCode);
        Assert.Equal($"error: cannot read '{_site["gone.anchors"]}': there is no such file\nhint: OFFLINE_LICENSE_ANCHORS names this file of the vendor's keys: check it\n", run.Error);
    }

    [Fact]
    public async Task An_empty_file_is_told_as_one()
    {
        _site.Put("mail/empty.lic", "");
        var run = await _site.Run("install", "mail/empty.lic");
        Assert.Equal((ExitCode.Malformed, "error: mail/empty.lic: there is nothing in it\nhint: get the file again, as an attachment, or armored\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task A_statement_of_files_needs_no_state_folder()
    {
        await _site.Run("install", "mail/acme.lic");
        _site.Work(1, TimeSpan.FromHours(1));
        await _site.Run("export", "mail/acme.receipts");
        Directory.Delete(_site["state"], recursive: true);
        var run = await _site.Run("statement", "mail/acme.receipts");
        Assert.Equal((ExitCode.Ok, ""), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task A_ledger_s_folder_that_was_renamed_is_told_with_the_name_that_it_had()
    {
        await _site.Run("install", "mail/acme.lic");
        _site.Work(1, TimeSpan.FromHours(1));
        var ledger = Directory.GetDirectories(_site["state/ledgers"]).Single();
        Directory.Move(ledger, ledger + ".bak");
        foreach (var command in (string[])["status", "receipts", "export", "check", "statement"])
            Assert.Contains($"warning: the name of '{ledger}.bak' is no ledger's, so the receipts in it are passed over\nhint: rename it back", (await _site.Run(command)).Error, StringComparison.Ordinal);
        var other = Path.Combine(_site["state/ledgers"], "aaaaaaaaaaaaaaaa");
        Directory.Move(ledger + ".bak", other);
        Assert.Contains($"the folder was renamed from {Path.GetFileName(ledger)}, or copied", (await _site.Run("statement")).Error, StringComparison.Ordinal);
        Assert.Contains($"the folder was renamed from {Path.GetFileName(ledger)}, or copied", (await _site.Run("check")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_statement_of_another_product_s_receipts_warns_that_it_is_one_of_nothing()
    {
        await _site.Run("install", "mail/acme.lic");
        _site.Work(1, TimeSpan.FromHours(1));
        var mine = await _site.Run("statement");
        Assert.Equal((ExitCode.Ok, ""), (mine.ExitCode, mine.Error));
        var other = FleetNode.Begin("other", "a", _site.Time.Wall).Hold(_site.Vendor.Issue(FleetVendor.Plan(7) with { Product = "other" })).Use(2, 3);
        _site.Put("other.receipts", other.Mail());
        var run = await _site.Run("statement", "other.receipts");
        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.StartsWith("warning: none of these receipts is under 01JDA7X0R3Q8N5V2K6T9W00001 or a license whose place it took, so this is a statement of nothing: "
            + "there is use under 01JDA7X0R3Q8N5V2K6T9W00007\nhint: check that the receipts are of openvidu-pro and of Acme Telemedicine", run.Error, StringComparison.Ordinal);
        _site.Put("idle.receipts", FleetNode.Begin("other", "b", _site.Time.Wall).Hold(null).Idle(3).Mail());
        Assert.Equal("", (await _site.Run("statement", "idle.receipts")).Error);
    }

    [Fact]
    public async Task What_is_mailed_can_be_inspected_before_and_a_changed_byte_shows()
    {
        await _site.Run("install", "mail/acme.lic");
        _site.Work(1, TimeSpan.FromHours(1));
        await _site.Run("export", "out.receipts");
        var good = await _site.Run("inspect", "out.receipts");
        Assert.Equal(ExitCode.Ok, good.ExitCode);
        Assert.Contains("\nverified: the installation's key, which the file brings, signed it\n", good.Output, StringComparison.Ordinal);
        Assert.EndsWith("this file contains nothing else\n", good.Output, StringComparison.Ordinal);

        var text = await File.ReadAllTextAsync(_site["out.receipts"]);
        _site.Put("changed.receipts", text.Replace("\"coreSeconds\":3600", "\"coreSeconds\":1600", StringComparison.Ordinal));
        Assert.NotEqual(ExitCode.Ok, (await _site.Run("inspect", "changed.receipts")).ExitCode);
        var statement = await _site.Run("statement", "changed.receipts");
        Assert.Equal((ExitCode.Malformed, ""), (statement.ExitCode, statement.Output));
        Assert.Matches("^error: changed.receipts: line [0-9]+: ", statement.Error);
    }

    [Fact]
    public async Task With_nothing_new_no_file_is_made_and_nothing_has_failed()
    {
        var run = await _site.Run("export", "out.receipts");
        Assert.Equal((ExitCode.Ok, "nothing to export: there are no receipts that the vendor does not have\n", ""), (run.ExitCode, run.Output, run.Error));
        Assert.False(File.Exists(_site["out.receipts"]));
    }

    [Fact]
    public async Task On_a_terminal_status_has_colours_and_tables_and_no_color_is_respected()
    {
        await _site.Run("install", "mail/acme.lic", "mail/next-year.lic");
        _site.Work(4, TimeSpan.FromHours(130));
        var terminal = _site.Console() with { IsOutputTerminal = true, IsErrorTerminal = true, Width = 140 };
        var colored = await CommandRun.Of(OperatorProgram.Create, terminal, "status");
        var lines = colored.Output.Replace(_site.Path, "/node", StringComparison.Ordinal).Replace("\e", "<ESC>", StringComparison.Ordinal)
            .Split('\n').Select(line => line.TrimEnd(' '));
        Snapshot.Match(string.Join('\n', lines), "status-on-a-terminal");
        var plain = await CommandRun.Of(OperatorProgram.Create, terminal with { Environment = name => name == "NO_COLOR" ? "1" : terminal.Environment(name) }, "status");
        Assert.DoesNotContain("\e[32m", plain.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_file_says_cannot_steer_the_terminal()
    {
        const string evil = "Evil\u202Egpj.exe";
        _site.Put("mail/evil.lic", _site.Vendor.Note(FleetVendor.Plan(9) with { Licensee = evil }));
        foreach (var line in new string[][] { ["install", "mail/evil.lic"], ["status"], ["status", "--json"], ["inspect", "mail/evil.lic", "--json"] })
        {
            var run = await CommandRun.Of(OperatorProgram.Create, _site.Console(), line);
            Assert.Contains("gpj.exe", run.Output, StringComparison.Ordinal);
            Assert.DoesNotContain('\u202E', run.Output);
        }
    }

    private string Files() => string.Join('\n', Directory.EnumerateFiles(_site.Path, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal)
        .Select(file => $"{file} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(ReadShared(file)))}"));

    // A running node holds its lock file and its ledger open.
    private static byte[] ReadShared(string file)
    {
        if (Path.GetFileName(file) == "lock") return [];
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        return BoundedFile.Read(stream, 1 << 20, file);
    }
}
