using OfflineLicense.Issuer.Registry;
using OfflineLicense.Tests.Issuer.Registry;
using OfflineLicense.Verifier.Command;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Books;

/// <summary>Books that were lost, damaged or are to move come back from files, and are the same books.</summary>
public sealed class BookRebuildTests
{
    [Fact]
    public async Task Books_that_went_out_into_files_and_came_back_are_the_same_books()
    {
        using var books = await VendorDesk.Open();
        var desk = books.Desk;
        await VendorDesk.Ok(desk, "findings", "settle", "2", "--by", "maria", "--why", "seen to");
        await VendorDesk.Ok(desk, "registry", "export", "books");

        var (place, store) = NewPlace(desk);
        var page = await VendorDesk.Ok(desk, "registry", "rebuild", "--from", "books", "--into", place);

        Assert.Contains("good: all is as it was written", page, StringComparison.Ordinal);
        Assert.Equal(TextOf(desk), BooksText.Of(store));
        var moved = await desk.Run("--database", place, "statement", books.License, "--month", "2026-11");
        Assert.Equal(await VendorDesk.Ok(desk, "statement", books.License, "--month", "2026-11"), moved.Output);
    }

    [Fact]
    public async Task After_it_the_next_reply_has_the_next_number_and_the_same_name()
    {
        using var books = await VendorDesk.Open();
        var desk = books.Desk;
        await VendorDesk.Ok(desk, "registry", "export", "books");
        var (place, store) = NewPlace(desk);
        await VendorDesk.Ok(desk, "registry", "rebuild", "--from", "books", "--into", place);

        Assert.Equal(ExitCode.Ok, (await desk.Run("--database", place, "import", "a")).ExitCode);

        using var registry = VendorRegistry.Open(store);
        var reply = registry.Read(static transaction => new ReplyTable(transaction).Newest(new("openvidu-pro", "Acme Telemedicine")))!;
        Assert.Equal((3, "acme-telemedicine-openvidu-pro.reply"), (reply.Number, reply.File));
    }

    [Fact]
    public async Task From_what_was_issued_and_mailed_alone_they_come_back_too()
    {
        using var books = await VendorDesk.Open();
        var desk = books.Desk;
        Directory.CreateDirectory(desk.Path("mails"));
        await File.WriteAllBytesAsync(desk.Path("mails/1.receipts"), books.First.Mail());
        await File.WriteAllBytesAsync(desk.Path("mails/notes.txt"), "not ours"u8.ToArray());
        await File.WriteAllBytesAsync(desk.Path("mails/2.receipts"), books.First.Mail()[..^9]);

        var run = await desk.Run("registry", "rebuild", "--from", "licenses", "--from", "replies", "--from", "mails", "--into", NewPlace(desk).Place);

        // The replies acknowledged more than these mails have, and say so.
        Assert.Equal(ExitCode.Inconsistent, run.ExitCode);
        Assert.Contains($"ledger {books.Torn.Ledger}", run.Output, StringComparison.Ordinal);
        Assert.Contains("reply 2 to Acme Telemedicine names it, and nothing of it is here", run.Output, StringComparison.Ordinal);
        Assert.Contains("left out: mails/2.receipts", run.Error.Replace('\\', '/'), StringComparison.Ordinal);
        Assert.Contains("5, 1 left out, 1 of other kinds", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UPDATE uses SET node_seconds = 1")]
    [InlineData("DELETE FROM meters")]
    [InlineData("UPDATE ledgers SET licensed_seconds = 0, last_at = '2026-11-22T10:00:00Z'")]
    [InlineData("DELETE FROM findings WHERE kind = 'new-installation'")]
    [InlineData("DELETE FROM signings WHERE number > 1")]
    public async Task What_was_derived_wrongly_is_right_after_it(string sql)
    {
        using var books = await VendorDesk.Open();
        var desk = books.Desk;
        var before = TextOf(desk);
        using (var registry = desk.OpenRegistry())
            registry.Write(transaction => transaction.Execute(sql));
        Assert.NotEqual(before, TextOf(desk));

        await VendorDesk.Ok(desk, "registry", "export", "books");
        var (place, store) = NewPlace(desk);
        await VendorDesk.Ok(desk, "registry", "rebuild", "--from", "books", "--into", place);

        Assert.Equal(before, BooksText.Of(store));
    }

    [Fact]
    public async Task A_ledger_that_is_damaged_in_the_registry_is_told_and_all_else_goes_out()
    {
        using var books = await VendorDesk.Open();
        using (var registry = books.Desk.OpenRegistry())
            registry.Write(transaction => transaction.Execute($"UPDATE pieces SET lines = frontier WHERE ledger = '{books.First.Ledger}'"));

        var run = await books.Desk.Run("registry", "export", "books");

        Assert.Equal(ExitCode.Inconsistent, run.ExitCode);
        Assert.Contains(books.First.Ledger, run.Error, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(books.Desk.Path("books/receipts/1-stored")), file => file.Contains(books.Torn.Ledger[^16..], StringComparison.Ordinal));
        Assert.DoesNotContain(Directory.GetFiles(books.Desk.Path("books/receipts/1-stored")), file => file.Contains(books.First.Ledger[^16..], StringComparison.Ordinal));
    }

    [Fact]
    public async Task Nothing_is_ever_overwritten_and_what_fails_leaves_nothing()
    {
        using var books = await VendorDesk.Open();
        var desk = books.Desk;
        await VendorDesk.Ok(desk, "registry", "export", "books");
        var (place, _) = NewPlace(desk);
        await VendorDesk.Ok(desk, "registry", "rebuild", "--from", "books", "--into", place);
        await File.WriteAllTextAsync(desk.Path("books/licenses/large.lic"), new string('x', 100_000));
        var before = (desk.Everything(), TextOf(desk));

        var again = await desk.Run("registry", "export", "books");
        var over = await desk.Run("registry", "rebuild", "--from", "books", "--into", place);
        var large = await desk.Run("registry", "rebuild", "--from", "books", "--into", NewPlace(desk).Place);
        var nowhere = await desk.Run("registry", "rebuild", "--from", "nowhere", "--into", NewPlace(desk).Place);

        Assert.Equal((ExitCode.Unreadable, ExitCode.Unreadable, ExitCode.Malformed, ExitCode.Unreadable), (again.ExitCode, over.ExitCode, large.ExitCode, nowhere.ExitCode));
        Assert.Contains("never overwritten", over.Error, StringComparison.Ordinal);
        Assert.Equal(before, (desk.Everything(), TextOf(desk)));
    }

    [Fact]
    public async Task A_file_that_a_stranger_signed_is_left_out()
    {
        using var books = await VendorDesk.Open();
        var desk = books.Desk;
        await VendorDesk.Ok(desk, "registry", "export", "books");
        using var stranger = new FleetVendor();
        await File.WriteAllBytesAsync(desk.Path("books/licenses/stranger.lic"), stranger.Note(FleetVendor.Plan(7)));
        await File.WriteAllTextAsync(desk.Path("books/replies/stranger.reply"), "not signed\n");
        await File.WriteAllTextAsync(desk.Path("books/licenses/decisions.json"), """{"format":"offline-license/decisions/v9"}""");
        var (place, store) = NewPlace(desk);

        var run = await desk.Run("registry", "rebuild", "--from", "books", "--into", place);

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        foreach (var file in (string[])["stranger.lic", "stranger.reply", "decisions.json"])
            Assert.Contains(file, run.Error, StringComparison.Ordinal);
        Assert.Equal(TextOf(desk), BooksText.Of(store));
    }

    private static string TextOf(IssuerDesk desk)
    {
        using var registry = desk.OpenRegistry();
        return registry.Read(BooksText.Of);
    }

    private static (string Place, RegistryStore Store) NewPlace(IssuerDesk desk)
    {
        var place = OwnRegistry.Place(Path.Combine(desk.Folder, $"new-{System.Security.Cryptography.RandomNumberGenerator.GetHexString(16)}.db"));
        return (place, RegistryStore.Of(place, desk.Home));
    }
}
