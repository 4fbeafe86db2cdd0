using System.IO.Compression;
using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Command;

/// <summary>A statement, and a check, of files of which some contradict each other.</summary>
public sealed class ForkedFilesTests : IDisposable
{
    private static readonly DateTimeOffset Begin = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly OperatorSite _site = new();

    public void Dispose() => _site.Dispose();

    [Theory]
    [InlineData("1.receipts", "2.receipts")]
    [InlineData("2.receipts", "1.receipts")]
    [InlineData("1.receipts", "late.receipts")]
    [InlineData("early.receipts", "1.receipts", "2.receipts")]
    [InlineData("1.receipts", "after-a-hole.receipts", "2.receipts")]
    public async Task A_statement_never_adds_up_two_histories_of_one_ledger(params string[] files)
    {
        await WriteTwoHistories();
        var run = await _site.Run(["statement", .. files]);
        Assert.Equal((ExitCode.Fork, ""), (run.ExitCode, run.Output));
        Assert.Matches(@"^error: \S+\.receipts and \S+\.receipts contradict each other: ", run.Error);
    }

    [Fact]
    public async Task Files_that_overlap_and_agree_are_one_history_in_any_order()
    {
        await WriteTwoHistories();
        var whole = await _site.Run("statement", "1.receipts");
        var parts = await _site.Run("statement", "early.receipts", "1.receipts", "early.receipts", "after-a-hole.receipts");
        Assert.Equal((ExitCode.Ok, ""), (whole.ExitCode, whole.Error));
        Assert.Equal((ExitCode.Ok, whole.Output), (parts.ExitCode, parts.Output));
    }

    [Theory]
    [InlineData("from seq 146 on it is another", "1.receipts", "2.receipts")]
    [InlineData("from seq 146 on it is another", "2.receipts", "1.receipts.gz")]
    [InlineData("from seq 146 on it is another", "both.receipts")]
    [InlineData("from seq 146 on it is another", "1.receipts", "early.receipts", "2.receipts")]
    [InlineData("some receipt before seq 148 is another", "after-a-hole.receipts", "2.receipts")]
    [InlineData("some receipt before seq 149 is another", "1.receipts", "late.receipts")]
    public async Task A_check_of_two_histories_of_one_ledger_names_where_they_part(string parting, params string[] files)
    {
        await WriteTwoHistories();
        var run = await _site.Run(["check", .. files]);
        Assert.Equal(ExitCode.Fork, run.ExitCode);
        Assert.True(run.Output.Split(parting).Length == 3, run.Output);
        Assert.Equal(2, run.Output.Split("keep both as they are and mail each by itself").Length - 1);
    }

    [Fact]
    public async Task Copies_that_agree_or_never_meet_are_no_fork()
    {
        await WriteTwoHistories();
        var copies = await _site.Run("check", "early.receipts", "1.receipts", "1.receipts.gz", "after-a-hole.receipts");
        Assert.Equal((ExitCode.Ok, ""), (copies.ExitCode, copies.Error));
        Assert.EndsWith("4 copies of 1 ledger: 4 good\n", copies.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, (await _site.Run("check", "early.receipts", "late.receipts")).ExitCode);
    }

    [Fact]
    public async Task A_state_folder_that_was_copied_and_used_twice_is_found_by_the_check_of_both()
    {
        await _site.Run("install", "mail/acme.lic");
        _site.Work(2, TimeSpan.FromHours(2));
        foreach (var file in Directory.EnumerateFiles(_site["state"], "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_site["copy"], Path.GetRelativePath(_site["state"], file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        Assert.Equal(ExitCode.Ok, (await _site.Run("check", "state", "copy")).ExitCode);
        _site.Work(1, TimeSpan.FromHours(1));
        Assert.Equal(ExitCode.Ok, (await _site.Run("check", "state", "copy")).ExitCode);
        _site.Work(3, TimeSpan.FromHours(1), "copy");
        var run = await _site.Run("check", "state", "copy", "--json");
        Assert.Equal(ExitCode.Fork, run.ExitCode);
        Assert.Contains("\"fork\": {", run.Output, StringComparison.Ordinal);
        Assert.Contains("\"seq\": 6", run.Output, StringComparison.Ordinal);

        // Damage in one does not hide it.
        var segment = Directory.EnumerateFiles(_site["copy/ledgers"], "*.receipts", SearchOption.AllDirectories).Single();
        await File.WriteAllTextAsync(segment, (await File.ReadAllTextAsync(segment)).Replace("\"cores\":3", "\"cores\":1", StringComparison.Ordinal));
        var damaged = await _site.Run("check", "state", "copy");
        Assert.Equal(ExitCode.Fork, damaged.ExitCode);
        Assert.Contains("the root is not that of the receipts before it", damaged.Output, StringComparison.Ordinal);
    }

    private static byte[] Gzipped(byte[] plain)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest)) gzip.Write(plain);
        return zipped.ToArray();
    }

    // Up to receipt 145 they are one; the second is the longer one.
    private async Task WriteTwoHistories()
    {
        await _site.Run("install", "mail/acme.lic");
        var one = FleetNode.Begin("acme", "a", Begin).Hold(null).Idle(12);
        var other = one.Copy().Use(4, 5);
        one.Use(2, 4);
        _site.Put("early.receipts", one.Mail(0, 6));
        _site.Put("1.receipts", one.Mail());
        _site.Put("after-a-hole.receipts", one.Mail(148));
        _site.Put("2.receipts", other.Mail());
        _site.Put("late.receipts", other.Mail(149));
        _site.Put("1.receipts.gz", Gzipped(one.Mail()));
        _site.Put("both.receipts", [.. one.Mail(), .. other.Mail()]);
    }
}
