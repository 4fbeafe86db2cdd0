using System.Diagnostics;
using OfflineLicense.Verifier;

namespace OfflineLicense.Tests.Worker;

/// <summary>What a worker does with its node.</summary>
internal static class Work
{
    private const int MostAtOnce = 3;
    private const int MostCores = 4;
    private const int PiecesOfALine = 100;

    public static int Hold(NodeOptions options, int cores, string[] child, TextReader? input = null)
    {
        using var node = Node.Open(options);
        if (!node.TryBegin(cores, out var usage, out var why))
        {
            Console.Error.WriteLine($"error: {why.Sentence}");
            return 1;
        }

        using (usage)
        {
            if (child is [var program, .. var words])
                Console.WriteLine(Process.Start(program, words).Id);
            Console.WriteLine("begun");
            while ((input ?? Console.In).ReadLine() is not null)
            {
                // Until the input ends.
            }
        }

        return 0;
    }

    /// <summary>Up to three pieces at once, of one to four cores; when one is refused, another ends.</summary>
    public static int Pieces(NodeOptions options, string path, int count, Random random)
    {
        using var node = Node.Open(options);
        using var log = new PieceLog(path);
        var running = new Queue<(Usage Usage, int Place, PieceOfWork Piece)>();
        for (var begun = 0; begun < count;)
        {
            var cores = random.Next(1, MostCores + 1);
            var asked = Stopwatch.GetTimestamp();
            if (node.TryBegin(cores, out var usage, out _))
            {
                var piece = new PieceOfWork(asked, Stopwatch.GetTimestamp(), 0, 0, cores);
                log.Write(begun, piece);
                running.Enqueue((usage, begun, piece));
                if (++begun % PiecesOfALine == 0)
                    Console.WriteLine(begun);
            }
            else if (running.Count == 0)
            {
                Thread.Yield();
            }

            if (usage is null || running.Count > random.Next(MostAtOnce))
                EndOne(running, log);
        }

        while (running.Count > 0)
            EndOne(running, log);
        return 0;
    }

    private static void EndOne(Queue<(Usage Usage, int Place, PieceOfWork Piece)> running, PieceLog log)
    {
        if (!running.TryDequeue(out var oldest))
            return;
        var piece = oldest.Piece with { Ending = Stopwatch.GetTimestamp() };
        log.Write(oldest.Place, piece);
        oldest.Usage.Dispose();
        log.Write(oldest.Place, piece with { Ended = Stopwatch.GetTimestamp() });
    }
}
