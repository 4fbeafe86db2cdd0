using System.IO.Compression;
using System.Text;
using OfflineLicense.Tests.Verifier.Ledger;
using OfflineLicense.Verifier.Check;
using Xunit;
using Xunit.Abstractions;
using static System.FormattableString;

namespace OfflineLicense.Tests.Verifier.Check;

/// <summary>
/// The checker and the node's own reader were written apart, from one page. Where they do not agree about a file, one of the
/// two is wrong, or the page is.
/// </summary>
public sealed class ReaderAgreementTests(ITestOutputHelper output)
{
    private const int Seed = 20261122;

    [Fact]
    public void Both_take_every_vector()
    {
        foreach (var vector in Directory.GetFiles(Path.Combine(Snapshot.Repository(), "tests", "Vectors", "receipts")))
        {
            var file = File.ReadAllBytes(vector);
            Assert.Null(Checks.RefusedByReader(file));
            Assert.All(Checks.OfFile(file, SignaturesToVerify.Every, Checks.ExampleText), report => Assert.Equal(CheckOutcome.Good, report.Outcome));
        }
    }

    [Fact]
    public void Both_take_receipts_of_every_kind()
    {
        var file = Checks.FileOf([LedgerSamples.OfEveryKind[0], .. LedgerSamples.OfEveryKind.Skip(1)]);
        Assert.Null(Checks.RefusedByReader(file));
        var report = Assert.Single(Checks.OfFile(file));
        Assert.False(Checks.IsRefused(report));
        Assert.Equal((LedgerSamples.OfEveryKind.Count, 2), (report.Receipts, report.NewerKinds));
    }

    [Fact]
    public void Both_refuse_a_mailed_file_in_which_any_byte_was_changed_or_from_which_it_was_cut_off()
    {
        var file = LedgerSamples.SmallExport();
        for (var position = 0; position < file.Length; position++)
        {
            Agree(file[..position], Invariant($"cut off at {position}"));
            foreach (var bit in (int[])[0, 5, 7])
            {
                var changed = (byte[])file.Clone();
                changed[position] ^= (byte)(1 << bit);
                Assert.True(Checks.IsRefused(Checks.OfFile(changed)[0]), Invariant($"bit {bit} of byte {position} was not found"));
            }
        }
    }

    [Fact]
    public void Both_agree_about_lines_that_were_left_out_doubled_swapped_or_spelled_otherwise()
    {
        var random = new Random(Seed);
        byte[][] files = [LedgerSamples.SmallExport(), Checks.FileOf([.. LedgerSamples.OfEveryKind]), File.ReadAllBytes(Continued)];
        var refused = 0;
        for (var round = 0; round < 1500; round++)
        {
            var lines = Encoding.Latin1.GetString(files[random.Next(files.Length)]).Split('\n').ToList();
            var what = Mutation.Of(random, lines);
            refused += Agree(Encoding.Latin1.GetBytes(string.Join('\n', lines)), Invariant($"seed {Seed}, round {round}: {what}")) ? 1 : 0;
        }

        output.WriteLine(Invariant($"seed {Seed}: of 1500 mutated files both refused {refused} and took {1500 - refused}"));
        Assert.InRange(refused, 1, 1499);
    }

    [Fact]
    public void Both_read_files_that_were_put_together_and_say_the_same_of_each()
    {
        var cut = LedgerSamples.SmallExport((byte)'x');
        cut = cut[..(cut.AsSpan()[..^1].LastIndexOf((byte)'\n') + 1)];
        byte[] file = [.. LedgerSamples.SmallExport(), .. cut, .. LedgerSamples.SmallExport()];
        var reports = Checks.OfFile(file);
        Assert.Equal([CheckOutcome.Good, CheckOutcome.Damaged, CheckOutcome.Good], reports.Select(report => report.Outcome));
        Assert.Equal(Checks.RefusedByReader(file)!.Line, reports[1].Damage!.Line);
    }

    [Fact]
    public void Both_agree_about_gzipped_files_whole_joined_cut_changed_and_followed_by_something()
    {
        var file = LedgerSamples.SmallExport();
        byte[] gzipped = [.. Gzip(file[..700]), .. Gzip([]), .. Gzip(file[700..])];
        Assert.False(Agree(gzipped, "three members"));
        Assert.Equal(CheckOutcome.Good, Checks.OfFile(gzipped)[0].Outcome);
        Assert.True(Agree([.. gzipped, .. file], "a plain file behind it"));
        Assert.True(Agree([.. gzipped, 0], "a zero behind it"));
        for (var position = 0; position < gzipped.Length; position++)
        {
            Assert.True(Agree(gzipped[..position], Invariant($"cut off at {position}")));
            var changed = (byte[])gzipped.Clone();
            changed[position] ^= (byte)(1 << (position % 8));
            Agree(changed, Invariant($"byte {position} changed"));
        }
    }

    [Fact]
    public void A_gzipped_file_that_grows_without_end_is_refused()
    {
        using var members = new GzipMembers(new MemoryStream(Gzip(new byte[3_000_000])));
        Assert.Contains("more than 100 times its size", Assert.Throws<InvalidDataException>(() => members.CopyTo(Stream.Null)).Message, StringComparison.Ordinal);
    }

    private static byte[] Gzip(byte[] content)
    {
        using var gzipped = new MemoryStream();
        using (var gzip = new GZipStream(gzipped, CompressionLevel.SmallestSize))
            gzip.Write(content);
        return gzipped.ToArray();
    }

    /// <summary>Whether both refuse the file. They must agree.</summary>
    private static bool Agree(byte[] file, string what)
    {
        var isRefused = Checks.OfFile(file).Exists(Checks.IsRefused);
        var damage = Checks.RefusedByReader(file);
        Assert.True(isRefused == damage is not null, $"{what}: the checker {(isRefused ? "refuses" : "takes")} it; the reader says: {damage?.Message ?? "good"}");
        return isRefused;
    }

    private static string Continued => Path.Combine(Snapshot.Repository(), "tests", "Vectors", "receipts", "continued.receipts");
}
