using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Verifier.Command;

/// <summary>A statement of files of which some contradict each other.</summary>
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

    // Up to receipt 14 they are one; the second is the longer one.
    private async Task WriteTwoHistories()
    {
        await _site.Run("install", "mail/acme.lic");
        var one = FleetNode.Begin("acme", "a", Begin).Hold(null).Idle(12);
        var other = one.Copy().Use(4, 5);
        one.Use(2, 4);
        _site.Put("early.receipts", one.Mail(0, 6));
        _site.Put("1.receipts", one.Mail());
        _site.Put("after-a-hole.receipts", one.Mail(15));
        _site.Put("2.receipts", other.Mail());
        _site.Put("late.receipts", other.Mail(16));
    }
}
