using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Verifier.Command;
using Xunit;
using ReceiptsFile = OfflineLicense.Issuer.Import.ReceiptsFile;

namespace OfflineLicense.Tests.Issuer.Import;

/// <summary>What becomes of many files at once: the same as of one after another, whatever is read first.</summary>
public sealed class ManyFilesTests : ImportTest
{
    [Fact]
    public void Many_files_come_to_the_same_however_many_are_read_at_once()
    {
        var files = Files();
        var alone = Imported(files, threads: 1);
        Assert.Contains("Fork", alone, StringComparison.Ordinal);
        Assert.Contains("Gap", alone, StringComparison.Ordinal);
        Assert.Contains("Damage", alone, StringComparison.Ordinal);
        Assert.Contains("Unreadable", alone, StringComparison.Ordinal);
        Assert.Contains("Refused", alone, StringComparison.Ordinal);
        Assert.Contains("Known", alone, StringComparison.Ordinal);

        foreach (var threads in new[] { 2, 3, 8 })
            Assert.Equal(alone, Imported(files, threads));
    }

    [Fact]
    public void A_ledger_that_was_read_before_an_earlier_file_had_it_is_read_once_more()
    {
        var node = Node();
        using var laterIsRead = new ManualResetEventSlim();
        var (opened, openedLater) = (0, 0);

        // Each is opened for its hash, for a look at what it is, and then for its ledgers.
        var earlier = new ReceiptsFile("earlier", () =>
        {
            if (++opened == 3)
                laterIsRead.Wait();
            return new MemoryStream(node.Mail(until: 6));
        });
        var later = new ReceiptsFile("later", () => new ActingStream(node.Mail(), ++openedLater == 3 ? laterIsRead.Set : static () => { }));

        var results = new ReceiptsImport(Mailbox.Registry, Mailbox.Time) { Threads = 2 }.Import([earlier, later], static () => { });

        Assert.Equal([("earlier", 6L), ("later", node.Size - 6)], results.Select(static result => (result.File, result.Added)));
        Assert.Equal(node.Mail(), Text(node));
    }

    [Fact]
    public void A_file_that_fails_in_the_middle_ends_the_import_in_its_place_and_what_came_before_stays()
    {
        var nodes = Enumerable.Range(0, 6).Select(number => FleetNode.Begin("acme", FormattableString.Invariant($"n{number}"), Start).Hold(License).Use(2, 5)).ToList();
        var files = nodes.ConvertAll(node => ImportBooks.FileOf(node.Ledger, node.Mail()));
        var opened = 0;
        files[3] = files[3] with { Open = () => ++opened == 3 ? throw new IOException("the disk is gone") : new MemoryStream(nodes[3].Mail()) };
        var settled = 0;

        Assert.Equal("the disk is gone", Assert.Throws<IOException>(
            () => new ReceiptsImport(Mailbox.Registry, Mailbox.Time) { Threads = 3 }.Import(files, () => settled++)).Message);

        Assert.Equal(3, settled);
        Assert.Equal([true, true, true, false, false, false], nodes.Select(node => Mailbox.SizeOf(node) == node.Size));
    }

    // A customer's folder in the order of its names, in which all that happens has happened.
    private List<ReceiptsFile> Files()
    {
        var nodes = Enumerable.Range(0, 5).Select(number => FleetNode.Begin("acme", FormattableString.Invariant($"node{number}"), Start).Hold(License).Use(4, 5)).ToList();
        var copy = nodes[0].Copy();
        copy.Use(9, 3);
        var files = new List<ReceiptsFile> { ImportBooks.FileOf("all.receipts", [.. nodes.Select(static node => node.Mail())]) };
        for (var month = 0; month < 4; month++)
        {
            var before = nodes.ConvertAll(static node => node.Size);
            nodes.ForEach(static node => node.Restart(hoursOff: 2).Use(3, 4).Restart(hoursOff: 1).Idle(1));
            for (var node = 0; node < nodes.Count; node++)
                files.Add(ImportBooks.FileOf(FormattableString.Invariant($"{month}-{node}.receipts"), nodes[node].Mail(node == 1 && month == 2 ? before[node] + 2 : before[node])));
        }

        files[9] = ImportBooks.FileOf("late.receipts", nodes[1].Mail());
        files.Insert(4, ImportBooks.FileOf("copy.receipts", copy.Mail(), nodes[2].Mail(until: 4), copy.Mail(from: 2)));
        files.Insert(7, ImportBooks.FileOf("noise.receipts", [1, 2, 3]));
        var spoiled = nodes[3].Mail();
        spoiled[^20] ^= 1;
        files.Insert(8, ImportBooks.FileOf("spoiled.receipts", spoiled, nodes[4].Mail(), spoiled));
        files.Insert(2, new ReceiptsFile("gone.receipts", static () => throw new CommandFailure("it is gone", null, 6)));
        return files;
    }

    private string Imported(List<ReceiptsFile> files, int threads)
    {
        using var books = new ImportBooks(License);
        var import = new ReceiptsImport(books.Registry, books.Time) { Threads = threads };
        var results = import.Import(files, static () => { });
        import.JudgeCustomers(results);
        var journal = books.Registry.Read(static transaction => new ImportJournal(transaction).All());
        return string.Join('\n', results.Select(static result => $"{result with { Customers = [] }} {string.Join(", ", result.Customers)}"))
            + string.Join('\n', journal) + books.Dump();
    }
}
