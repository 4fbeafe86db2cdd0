using System.Text.Json;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Books;

/// <summary>A vendor learns that the books are as they were written, or what in them is not.</summary>
public sealed class BookCheckTests
{
    [Fact]
    public async Task Books_that_hold_one_of_everything_are_good_and_checking_changes_nothing()
    {
        using var books = await VendorDesk.Open();
        var before = books.Desk.Everything();

        var page = await VendorDesk.Ok(books.Desk, "registry", "check");

        foreach (var part in (string[])["licenses    2", "ledgers     3, with", "kept files  2", "replies     2", "good: all is as it was written"])
            Assert.Contains(part, page, StringComparison.Ordinal);
        Assert.Equal(before, books.Desk.Everything());
    }

    [Fact]
    public async Task Every_fault_is_a_line_with_what_mends_it_and_programs_read_it_as_json()
    {
        using var books = await VendorDesk.Open();
        using (var registry = books.Desk.OpenRegistry())
            registry.Write(static transaction => transaction.Execute("UPDATE clock_days SET steps = 7"));

        var (page, answer) = (await books.Desk.Run("registry", "check"), await books.Desk.Run("registry", "check", "--json"));

        Assert.Equal((ExitCode.Inconsistent, ExitCode.Inconsistent, "", ""), (page.ExitCode, answer.ExitCode, page.Error, answer.Error));
        Assert.Contains("mend it: 'issuer registry export'", page.Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(answer.Output);
        var fault = Assert.Single(json.RootElement.GetProperty("faults").EnumerateArray());
        Assert.Equal($"ledger {books.First.Ledger}", fault.GetProperty("where").GetString());
        Assert.Contains("clock set 7 times", fault.GetProperty("what").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Books_that_went_back_to_an_older_backup_are_told_by_the_replies_that_were_sent()
    {
        using var books = await VendorDesk.Open();
        using (var registry = books.Desk.OpenRegistry())
        {
            var node = books.First;
            registry.Write(transaction =>
            {
                foreach (var table in (string[])["uses", "meters", "claims", "clock_days", "lineage", "pieces"])
                    transaction.Execute($"DELETE FROM {table} WHERE ledger = '{node.Ledger}'");
                transaction.Execute($"DELETE FROM ledgers WHERE name = '{node.Ledger}'");
            });
        }

        await books.Import(ExitCode.Ok, ("again", books.First.Mail(until: 4)));
        var old = await books.Desk.Run("registry", "check");

        Assert.Equal(ExitCode.Inconsistent, old.ExitCode);
        Assert.Contains(FormattableString.Invariant($"reply 2 to Acme Telemedicine names {books.First.Size} receipts of it, and 4 are good here"), old.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Licenses_that_cannot_be_read_at_all_end_the_check()
    {
        using var books = await VendorDesk.Open();
        using (var registry = books.Desk.OpenRegistry())
            registry.Write(static transaction => transaction.Execute("UPDATE licenses SET issued = 'yesterday'"));

        var run = await books.Desk.Run("registry", "check");

        Assert.Equal((ExitCode.Unreadable, ""), (run.ExitCode, run.Output));
        Assert.Contains("'yesterday' where a time stands; restore it from a backup", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_license_that_no_key_of_the_home_signed_is_told_so()
    {
        using var books = await VendorDesk.Open();
        using var stranger = new FleetVendor();
        var foreign = stranger.Issue(FleetVendor.Plan(7));
        using (var registry = books.Desk.OpenRegistry())
            registry.Write(transaction => new LicenseTable(transaction).Add(StoredLicense.Of(foreign, stranger.Note(foreign.License))));

        var run = await books.Desk.Run("registry", "check");

        Assert.Equal(ExitCode.Inconsistent, run.ExitCode);
        Assert.Contains("put the public key that signed it into issuer.yaml", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registry_of_an_older_version_is_left_as_it_is()
    {
        using var books = await VendorDesk.Open();
        using (var registry = books.Desk.OpenRegistry())
            registry.Write(static transaction => transaction.Execute("DELETE FROM upgrades WHERE number > 2"));

        var run = await books.Desk.Run("registry", "check");

        Assert.Equal((ExitCode.Unreadable, ""), (run.ExitCode, run.Output));
        Assert.Contains("has version 2", run.Error, StringComparison.Ordinal);
    }
}
