using static OfflineLicense.Tests.Attacks.Hostile.HostileCast;

namespace OfflineLicense.Tests.Attacks.Hostile;

/// <summary>Gzipped files: what they expand to is bounded by what they are, and nothing behind a member is passed over.</summary>
internal static class HostileGzip
{
    private const int BombBytes = 64 * 1024 * 1024;

    private static readonly byte[] s_mail = FleetNode.Begin("acme", "second", Begin).Hold(Acme).Use(4, 3).Mail();
    private static readonly byte[] s_gzipped = StoredGzip.Of(s_mail);

    internal static HostileChapter Chapter { get; } = new("gzip",
        "Gzipped receipts. A file may expand to a hundred times its size past the first MiB, and to 4 GiB; all of it is members, to the last byte.",
        "issuer import FILE", "offline-license check FILE")
    {
        { "two-members.receipts.gz", "a member for each half of the file: good, as RFC 1952 has it", [.. StoredGzip.Of(s_mail[..700]), .. StoredGzip.Of(s_mail[700..])] },
        { "cut.receipts.gz", "cut off in the midst", s_gzipped[..900] },
        { "cut-before-the-sum.receipts.gz", "cut off before the check sum, with all that it holds", s_gzipped[..^8] },
        { "header-alone.receipts.gz", "a header and nothing more", s_gzipped[..10] },
        { "other-sum.receipts.gz", "a check sum that does not fit", Spoiled(^8) },
        { "other-length.receipts.gz", "a length that does not fit", Spoiled(^4) },
        { "one-bit.receipts.gz", "one bit of what it holds is another", Spoiled(700) },
        { "garbage-after.receipts.gz", "a good member, and garbage behind it", [.. s_gzipped, .. "PK\u0003\u0004 and so on"u8] },
        { "zeros-after.receipts.gz", "a good member, and the zeros with which tapes are filled", [.. s_gzipped, .. new byte[512]] },
        { "plain-after.receipts.gz", "a good member, and plain receipts behind it, by 'cat a.gz b'", [.. s_gzipped, .. FleetNode.Begin("acme", "third", Begin).Hold(Acme).Use(1, 1).Mail()] },
        { "within-gzip.receipts.gz", "gzipped two times", StoredGzip.Of(s_gzipped) },
        { "empty-member.receipts.gz", "a member with nothing in it", StoredGzip.Of([]) },
        { "thousand-empty-members.receipts.gz", "a thousand empty members before a good one", [.. Enumerable.Repeat(StoredGzip.Of([]), 1000).SelectMany(static member => member), .. s_gzipped] },
        { "name-that-steers.receipts.gz", "a file's name in the header that clears the terminal: nobody reads it", StoredGzip.Of(s_mail, flags: 8, extra: "\u001b[2J../../etc/passwd\0"u8.ToArray()) },
        { "reserved-flags.receipts.gz", "flags of the header that nobody knows", StoredGzip.Of(s_mail, flags: 0xe0) },
        { "other-method.receipts.gz", "another way of compressing", [0x1f, 0x8b, 9, .. s_gzipped[3..]] },
        { "letter.receipts.gz", "a letter, gzipped", StoredGzip.Of("Dear vendor,\n\nplease find our receipts enclosed.\n"u8.ToArray()) },
        { "license.receipts.gz", "a license, gzipped", StoredGzip.Of(Next) },
        { "archive.zip", "a ZIP archive", "PK\u0003\u0004\u0014\0\0\0\b\0receipts"u8.ToArray() },
        { "bomb-of-zeros.receipts.gz", "64 MiB of zeros in 64 KiB", StoredGzip.Bomb(0, BombBytes, []) },
        { "bomb-of-lines.receipts.gz", "64 MiB of empty lines in 64 KiB, after a good head", StoredGzip.Bomb((byte)'\n', BombBytes, s_mail[..Array.IndexOf(s_mail, (byte)'{')]) },
        { "bomb-behind-good-receipts.receipts.gz", "64 MiB of brackets behind receipts that are good", StoredGzip.Bomb((byte)'[', BombBytes, s_mail) },
    };

    private static byte[] Spoiled(Index at)
    {
        var spoiled = s_gzipped.ToArray();
        spoiled[at] ^= 1;
        return spoiled;
    }
}
