using System.IO.Compression;
using OfflineLicense.Issuer.Import;
using OfflineLicense.Issuer.Packing;
using OfflineLicense.Issuer.Registry;
using OfflineLicense.Tests.Issuer.Import;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Packing;

/// <summary>What becomes of packed lines in the books: older ones are read, changed ones are told.</summary>
public sealed class StoredPiecesTests : ImportTest
{
    [Fact]
    public void Books_that_an_older_version_kept_go_on_as_if_this_one_had()
    {
        var node = Node();
        Mailbox.Import("first", node.Mail(until: 6));
        foreach (var piece in Pieces(node))
            Replace(node, piece, Deflated(piece.Text().Span));

        Assert.Equal(ImportOutcome.Known, Mailbox.Outcome("part", node.Mail(until: 4)));
        Assert.Equal(ImportOutcome.Added, Mailbox.Outcome("all", node.Mail()));
        Assert.Equal(node.Mail(), Text(node));
        Assert.Equal(node.Size, Mailbox.Registry.Read(transaction => new LedgerTable(transaction).Receipts(node.Ledger).LongCount()));
    }

    [Fact]
    public void Lines_that_changed_in_the_books_are_told_as_damage_of_the_registry()
    {
        var node = Node();
        Mailbox.Import("all", node.Mail());
        var piece = Assert.Single(Pieces(node));
        for (var place = 0; place <= PackedLines.DigestBytes; place++)
        {
            Replace(node, piece, [.. piece.Lines[..place], (byte)(piece.Lines[place] ^ 0x10), .. piece.Lines[(place + 1)..]]);
            Assert.Contains("the registry is damaged", Told(node), StringComparison.Ordinal);
        }

        // What is whole and too short, as only an older version's lines can be.
        Replace(node, piece, Deflated(piece.Text().Span[..(piece.Text().Span.IndexOf((byte)'\n') + 1)]));
        Assert.Contains("there are more or fewer lines", Told(node), StringComparison.Ordinal);
    }

    private List<ReceiptsPiece> Pieces(FleetNode node) => Mailbox.Registry.Read(transaction =>
    {
        var ledgers = new LedgerTable(transaction);
        return ledgers.PieceStarts(node.Ledger).ConvertAll(start => ledgers.Piece(node.Ledger, start));
    });

    private void Replace(FleetNode node, ReceiptsPiece piece, byte[] lines) => Mailbox.Registry.Write(transaction => transaction.Execute(
        "UPDATE pieces SET lines = @lines WHERE ledger = @ledger AND start_seq = @start", ("@lines", lines), ("@ledger", node.Ledger), ("@start", piece.Start)));

    private string Told(FleetNode node) => Assert.Throws<RegistryException>(
        () => Mailbox.Registry.Read(transaction => new LedgerTable(transaction).Receipts(node.Ledger).LongCount())).Message;

    private static byte[] Deflated(ReadOnlySpan<byte> lines)
    {
        using var deflated = new MemoryStream();
        using (var deflater = new DeflateStream(deflated, CompressionLevel.Fastest))
            deflater.Write(lines);
        return deflated.ToArray();
    }
}
