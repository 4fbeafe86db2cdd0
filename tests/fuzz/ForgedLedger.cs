using System.Globalization;
using System.IO.Compression;
using System.Text;
using OfflineLicense.Keys;
using OfflineLicense.Tests;
using OfflineLicense.Verifier.Ledger;

namespace OfflineLicense.Fuzz;

/// <summary>
/// A ledger whose key is known, so that any lines can be put under a good root and a good signature: what a rebuilt product
/// would write, and what reaches the checks that lie behind the signature. Thread-safe.
/// </summary>
/// <param name="honest">A node that told its life as it was.</param>
/// <param name="key">The ledger's key.</param>
internal sealed class ForgedLedger(FleetNode honest, SigningKey key)
{
    private const int ManyLines = 1200; // of 2^53 - 1 each add up to more than 2^63

    private readonly byte[][] _lines = [.. honest.Receipts.Select(static receipt => ReceiptLine.Print(receipt))];

    /// <summary>The whole ledger as its node would mail it.</summary>
    internal byte[] Honest { get; } = honest.Mail();

    /// <summary>A part of the ledger with changed lines, signed by the ledger's key.</summary>
    /// <param name="random">What decides.</param>
    /// <param name="other">Another ledger, whose lines may come into it.</param>
    internal byte[] Forge(Random random, ForgedLedger other)
    {
        var start = random.OneIn(3) ? random.Next(_lines.Length) : 0;
        var tree = new MerkleTree();
        foreach (var line in _lines.AsSpan(0, start))
            tree.Append(line);
        var lines = _lines.Skip(start).ToList();
        for (var changes = random.Next(6); changes > 0 && lines.Count > 0; changes--)
            Change(random, lines, other);
        if (!random.OneIn(6))
            Renumber(lines, start);
        return Signed(random, tree, lines);
    }

    /// <summary>The same bytes, gzipped in one to three members.</summary>
    internal static byte[] Gzip(Random random, byte[] file)
    {
        using var gzipped = new MemoryStream();
        foreach (var part in file.Chunk(file.Length / random.Next(1, 4) + 1))
        {
            using var member = new GZipStream(gzipped, CompressionLevel.Fastest, leaveOpen: true);
            member.Write(part);
        }

        return gzipped.ToArray();
    }

    private static void Change(Random random, List<byte[]> lines, ForgedLedger other)
    {
        var (at, to) = (random.Next(lines.Count), random.Next(lines.Count));
        switch (random.Next(16))
        {
            case 0:
                lines.RemoveAt(at);
                break;
            case 1:
                lines.Insert(to, lines[at]);
                break;
            case 2:
                (lines[at], lines[to]) = (lines[to], lines[at]);
                break;
            case 3:
                lines.Insert(at, random.Of(other._lines));
                break;
            case 4 or 5 or 6:
                Everywhere(random, lines, at);
                break;
            case 7 when random.OneIn(25):
                lines.InsertRange(at, Enumerable.Repeat(lines[at], ManyLines));
                break;
            default:
                lines[at] = Spoiled.InLine(random, lines[at]);
                break;
        }
    }

    /// <summary>One field gets the same value in every line that has it: sums and products are then what overflows.</summary>
    private static void Everywhere(Random random, List<byte[]> lines, int at)
    {
        var line = Encoding.Latin1.GetString(lines[at]);
        var values = line.Split(',').Where(static part => part.Contains("\":", StringComparison.Ordinal)).ToArray();
        if (values.Length == 0) return;
        var field = random.Of(values).Split("\":")[0].TrimStart('{') + "\":";
        var value = Encoding.Latin1.GetString(Spoiled.Value(random));
        for (var index = 0; index < lines.Count; index++)
        {
            var text = Encoding.Latin1.GetString(lines[index]);
            var begin = text.IndexOf(field, StringComparison.Ordinal);
            if (begin < 0) continue;
            begin += field.Length;
            var end = text.AsSpan(begin).IndexOfAny(",}");
            if (end < 0) continue;
            var quoted = text[begin] == '"' ? $"\"{value}\"" : value;
            lines[index] = Encoding.Latin1.GetBytes(string.Concat(text.AsSpan(0, begin), quoted, text.AsSpan(begin + end)));
        }
    }

    private static void Renumber(List<byte[]> lines, long start)
    {
        for (var index = 0; index < lines.Count; index++)
        {
            var text = Encoding.Latin1.GetString(lines[index]);
            var end = text.IndexOf(',', StringComparison.Ordinal);
            if (end > 0 && text.StartsWith("{\"seq\":", StringComparison.Ordinal))
                lines[index] = Encoding.Latin1.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"seq\":{start + index}{text[end..]}"));
        }
    }

    private byte[] Signed(Random random, MerkleTree tree, List<byte[]> lines)
    {
        using var file = new MemoryStream();
        var head = Encoding.UTF8.GetBytes(LedgerHead.After(tree, key.VerifierKey).Print());
        file.Write(random.OneIn(30) ? Spoiled.InLine(random, head) : head);
        foreach (var group in lines.Chunk(random.OneIn(4) ? random.Next(1, lines.Count + 2) : lines.Count + 1))
        {
            file.Write("\n"u8);
            foreach (var line in group)
            {
                file.Write(line);
                file.Write("\n"u8);
                tree.Append(line);
            }

            file.Write("\n"u8);
            var checkpoint = new Checkpoint { Origin = key.VerifierKey.Name, Size = tree.Size, Root = tree.Root() };
            file.Write(random.OneIn(40) ? SignedAgain.Note(Spoiled.InLine(random, Encoding.UTF8.GetBytes(checkpoint.Text)), key) : checkpoint.Sign(key));
        }

        return file.ToArray();
    }
}
