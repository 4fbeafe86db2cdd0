using OfflineLicense.Issuer.Books;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Books;

/// <summary>Each thing that a disk, a hand or a fault of ours could do to the books is told with its place and what mends it.</summary>
public sealed class BookFaultTests(SharedBooks shared) : IClassFixture<SharedBooks>
{
    [Theory]
    [InlineData("UPDATE licenses SET note = text", "license ", "restore")]
    [InlineData("UPDATE licenses SET licensee = 'Somebody Else'", "license ", "export")]
    [InlineData("UPDATE licenses SET text = note", "license ", "restore")]
    [InlineData("DELETE FROM signings WHERE kind = 'license'", "signing log", "restore")]
    [InlineData("UPDATE signings SET sha256 = 'ab' WHERE kind = 'reply'", "reply 1 to Acme Telemedicine", "export")]
    [InlineData("UPDATE ledgers SET size = size - 1 WHERE name = @ledger", "ledger ", "restore")]
    [InlineData("UPDATE ledgers SET root = (SELECT root FROM kept WHERE number = 1) WHERE name = @ledger", "ledger ", "restore")]
    [InlineData("UPDATE ledgers SET key = (SELECT MIN(key) FROM ledgers WHERE name <> @ledger) WHERE name = @ledger", "ledger ", "restore")]
    [InlineData("UPDATE ledgers SET last_at = '2027-01-01T00:00:00Z' WHERE name = @ledger", "ledger ", "export")]
    [InlineData("UPDATE ledgers SET licensed_seconds = 1 WHERE name = @ledger", "ledger ", "export")]
    [InlineData("UPDATE ledgers SET heard_at = 'never' WHERE name = @ledger", "", "restore")]
    [InlineData("DELETE FROM pieces WHERE ledger = @ledger AND start_seq = 0", "ledger ", "restore")]
    [InlineData("DELETE FROM pieces WHERE ledger = @ledger AND start_seq > 0", "ledger ", "restore")]
    [InlineData("UPDATE pieces SET lines = frontier WHERE ledger = @ledger AND start_seq > 0", "ledger ", "restore")]
    [InlineData("UPDATE pieces SET lines = (SELECT lines FROM kept_pieces WHERE number = 1) WHERE ledger = @ledger AND start_seq > 0", "ledger ", "restore")]
    [InlineData("UPDATE pieces SET checkpoint = NULL WHERE ledger = @ledger", "ledger ", "restore")]
    [InlineData("UPDATE pieces SET checkpoint = (SELECT checkpoint FROM kept_pieces WHERE number = 1 AND checkpoint IS NOT NULL) WHERE ledger = @ledger", "ledger ", "restore")]
    [InlineData("UPDATE pieces SET frontier = (SELECT root FROM kept WHERE number = 1) WHERE ledger = @ledger AND start_seq > 0", "ledger ", "restore")]
    [InlineData("UPDATE uses SET node_seconds = node_seconds + 1 WHERE ledger = @ledger", "ledger ", "export")]
    [InlineData("UPDATE uses SET cores = 1 WHERE ledger = @ledger", "ledger ", "export")]
    [InlineData("DELETE FROM uses WHERE ledger = @ledger", "ledger ", "export")]
    [InlineData("DELETE FROM claims WHERE ledger = @ledger", "ledger ", "export")]
    [InlineData("UPDATE meters SET core_seconds = 0 WHERE ledger = @ledger", "ledger ", "export")]
    [InlineData("UPDATE clock_days SET steps = 7", "ledger ", "export")]
    [InlineData("DELETE FROM lineage", "ledger ", "export")]
    [InlineData("UPDATE lineage SET followed_size = 0", "ledger ", "export")]
    [InlineData("DELETE FROM kept_pieces", "kept file ", "restore")]
    [InlineData("UPDATE kept SET end_seq = end_seq + 1", "kept file ", "restore")]
    [InlineData("UPDATE kept SET root = (SELECT root FROM ledgers WHERE name = @ledger)", "kept file ", "restore")]
    [InlineData("DELETE FROM kept_pieces; DELETE FROM kept", "finding ", "restore")]
    [InlineData("UPDATE findings SET kept = NULL", "finding ", "restore")]
    [InlineData("UPDATE findings SET closed_at = found_at WHERE kind = 'gap'", "kept file ", "export")]
    [InlineData("UPDATE findings SET kind = 'surprise' WHERE kind = 'gap'", "findings", "restore")]
    [InlineData("UPDATE ledgers SET forked_size = NULL", "kept file ", "export")]
    [InlineData("UPDATE kept SET start_seq = 2 WHERE kept_for = 'gap'", "kept file ", "import")]
    [InlineData("UPDATE replies SET note = SUBSTR(note, 1, 40)", "reply 1 to Acme Telemedicine", "restore")]
    [InlineData("UPDATE replies SET number = number + 5", "reply 6 to Acme Telemedicine", "restore")]
    [InlineData("UPDATE imports SET at = 'today'", "journal of imports", "restore")]
    public void What_is_not_as_it_was_written_is_told(string sql, string where, string mend)
    {
        var report = shared.After(sql);

        Assert.Contains(report.Faults, fault => fault.Where.StartsWith(where, StringComparison.Ordinal) && fault.What.Length > 0 && fault.Mend.Contains(mend, StringComparison.Ordinal));
        Assert.Empty(shared.After("").Faults);
    }
}

/// <summary>Books for all of the tests: what one does to them is never committed.</summary>
public sealed class SharedBooks : IAsyncLifetime
{
    private VendorDesk? _books;

    /// <inheritdoc/>
    public async Task InitializeAsync() => _books = await VendorDesk.Open();

    /// <inheritdoc/>
    public Task DisposeAsync()
    {
        _books!.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>What a check finds after statements that are taken back; <c>@ledger</c> is a ledger that mailed all it has.</summary>
    internal BookReport After(string sql)
    {
        BookReport? report = null;
        using var registry = _books!.Desk.OpenRegistry();
        Assert.Throws<InvalidOperationException>(() => registry.Write(transaction =>
        {
            foreach (var statement in sql.Split("; ", StringSplitOptions.RemoveEmptyEntries))
                transaction.Execute(statement.Replace("@ledger", $"'{_books.First.Ledger}'", StringComparison.Ordinal));
            report = BookCheck.Of(transaction, VendorKeys.Of(_books.Desk.OpenHome()));
            throw new InvalidOperationException("taken back");
        }));
        return report!;
    }
}
