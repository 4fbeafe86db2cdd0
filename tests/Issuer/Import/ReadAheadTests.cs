using OfflineLicense.Issuer.Import;
using Xunit;

namespace OfflineLicense.Tests.Issuer.Import;

/// <summary>Files are read on many threads, and come out as if there were one.</summary>
public sealed class ReadAheadTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Parts_come_in_the_order_of_the_files_and_not_many_files_are_ahead(int threads)
    {
        const int files = 60;
        var settled = 0;
        var tooFar = 0;
        using var ahead = new ReadAhead(files, threads, (file, _) =>
        {
            if (file > Volatile.Read(ref settled) + (2 * threads))
                Interlocked.Increment(ref tooFar);
            return Enumerable.Range(0, file % 9).Select(part => Part(file, part));
        });
        for (var file = 0; file < files; file++)
        {
            Assert.Equal(Enumerable.Range(0, file % 9).Select(part => Part(file, part)), ahead.PartsOf(file));
            Volatile.Write(ref settled, file + 1);
        }

        Assert.Equal(0, tooFar);
    }

    [Fact]
    public void What_fails_is_thrown_in_its_place_and_all_threads_end()
    {
        using var ahead = new ReadAhead(9, 3, (file, _) => Enumerable.Range(0, 3).Select(part => file == 4 && part == 2 ? throw new IOException("gone") : Part(file, part)));
        for (var file = 0; file < 4; file++)
            Assert.Equal(3, ahead.PartsOf(file).Count());

        var came = new List<FilePart>();
        Assert.Equal("gone", Assert.Throws<IOException>(() => came.AddRange(ahead.PartsOf(4))).Message);
        Assert.Equal(2, ahead.PartsOf(5).Take(2).Count());
    }

    [Fact]
    public void A_ledger_that_stands_in_an_earlier_file_is_read_after_that_was_settled()
    {
        using var isBegun = new ManualResetEventSlim();
        var isSettled = false;
        var wasSettled = false;
        using var ahead = new ReadAhead(2, 2, Read);
        Assert.Single(ahead.PartsOf(0).Take(1));
        Volatile.Write(ref isSettled, true);
        ahead.Settled(0, "ledger");
        Assert.Empty(ahead.PartsOf(0));
        Assert.Single(ahead.PartsOf(1));
        Assert.True(wasSettled);

        IEnumerable<FilePart> Read(int file, Action<string> beforeLedger)
        {
            if (file == 1)
                isBegun.Wait();
            beforeLedger("ledger");
            isBegun.Set();
            if (file == 1)
                wasSettled = Volatile.Read(ref isSettled);
            yield return Part(file, 0);
        }
    }

    [Fact]
    public void Whoever_gives_up_leaves_no_thread_behind_that_waits_for_a_ledger_or_for_room()
    {
        using var isBegun = new ManualResetEventSlim();
        var ended = 0;
        using (new ReadAhead(2, 2, Read))
            isBegun.Wait();
        Assert.InRange(ended, 1, 2);

        IEnumerable<FilePart> Read(int file, Action<string> beforeLedger)
        {
            try
            {
                if (file == 1)
                    isBegun.Wait();
                beforeLedger("ledger");
                isBegun.Set();
                for (var part = 0; ; part++)
                    yield return Part(file, part);
            }
            finally
            {
                Interlocked.Increment(ref ended);
            }
        }
    }

    private static FilePart.Begun Part(int file, int part) => new(FormattableString.Invariant($"{file}.{part}"), false);
}
