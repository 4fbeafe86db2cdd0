using OfflineLicense.Keys;

namespace OfflineLicense.Fuzz;

/// <summary>What an input began as, and so who reads it; <c>inspect</c> reads all of them.</summary>
internal enum InputKind
{
    License,
    Reply,
    Reset,
    Request,
    Receipts,
    Anchors,
    KeyFile,
    Batch,
    Plan,
}

/// <summary>A file that a stranger might send.</summary>
/// <param name="Kind">What it began as.</param>
/// <param name="File">Its bytes.</param>
/// <param name="IsSignedAgain">Whether it was signed after it was changed.</param>
/// <param name="IsForAll">Whether also those get it who take milliseconds for it: nodes that start, reports.</param>
internal sealed record Input(InputKind Kind, byte[] File, bool IsSignedAgain, bool IsForAll);

/// <summary>Makes inputs from their numbers alone: any one can be made again without those before it. Thread-safe.</summary>
/// <param name="examples">What they are made from.</param>
/// <param name="seed">The run's seed.</param>
internal sealed class Inputs(Examples examples, int seed)
{
    // How many of a hundred inputs are of a kind: receipts have the most code behind them, and cost the most.
    private static readonly InputKind[] s_kinds =
    [
        .. Times(InputKind.License, 26), .. Times(InputKind.Reply, 18), .. Times(InputKind.Reset, 10), .. Times(InputKind.Request, 10), .. Times(InputKind.Receipts, 8),
        .. Times(InputKind.Anchors, 8), .. Times(InputKind.KeyFile, 6), .. Times(InputKind.Batch, 7), .. Times(InputKind.Plan, 7),
    ];

    /// <summary>The input of a number.</summary>
    /// <param name="index">0 and up.</param>
    internal Input Of(long index)
    {
        var random = Chance.Of(seed, index);
        var kind = random.Of(s_kinds);
        var isSignedAgain = kind <= InputKind.Receipts && random.Next(3) > 0;
        var file = isSignedAgain ? SignedAgainOf(random, kind) : Good(random, kind);
        if (!isSignedAgain)
        {
            for (var changes = random.OneIn(50) ? 0 : random.Next(1, 4); changes > 0; changes--)
                file = Spoiled.Anywhere(random, file, Good(random, random.OneIn(2) ? kind : random.Of(s_kinds)));
        }

        if (kind == InputKind.Receipts && random.OneIn(6))
            file = ForgedLedger.Gzip(random, random.OneIn(20) ? Flood(random, file) : file);
        else if (kind < InputKind.Receipts && random.OneIn(12))
            file = Armor.Wrap(file);
        return new Input(kind, random.OneIn(60) ? Spoiled.Anywhere(random, file, file) : file, isSignedAgain, random.OneIn(8));
    }

    private byte[] Good(Random random, InputKind kind) => kind switch
    {
        InputKind.License => SignedAgain.Note(random.Of(examples.LicenseTexts), examples.LicenseKey),
        InputKind.Reply => SignedAgain.Note(random.Of(examples.ReplyTexts), examples.ReplyKey),
        InputKind.Reset => SignedAgain.Note(random.Of(examples.ResetTexts), examples.LicenseKey),
        InputKind.Request => SignedAgain.Note(random.Of(examples.RequestTexts), examples.RequestKey),
        InputKind.Receipts => random.Of(examples.Receipts),
        InputKind.Anchors => random.Of(examples.Anchors),
        InputKind.KeyFile => random.Of(examples.KeyFiles),
        InputKind.Batch => random.Of(examples.Batches),
        _ => random.Of(examples.Plans),
    };

    private byte[] SignedAgainOf(Random random, InputKind kind) => kind switch
    {
        InputKind.License => SignedAgain.Note(Changed(random, examples.LicenseTexts), examples.LicenseKey),
        InputKind.Reply => SignedAgain.Note(Changed(random, examples.ReplyTexts), examples.ReplyKey),
        InputKind.Reset => SignedAgain.Note(Changed(random, examples.ResetTexts), examples.LicenseKey),
        InputKind.Request => SignedAgain.Note(Changed(random, examples.RequestTexts), examples.RequestKey),
        _ => Receipts(random),
    };

    private static byte[] Changed(Random random, IReadOnlyList<byte[]> texts)
    {
        var text = random.Of(texts);
        for (var changes = random.OneIn(3) ? random.Next(4) : 1; changes > 0; changes--)
            text = random.OneIn(12) ? Spoiled.Anywhere(random, text, random.Of(texts)) : Spoiled.InLine(random, text);
        return text;
    }

    private byte[] Receipts(Random random)
    {
        byte[] file = [];
        for (var ledgers = random.OneIn(5) ? 2 : 1; ledgers > 0; ledgers--)
            file = [.. file, .. random.Of(examples.Ledgers).Forge(random, random.Of(examples.Ledgers))];
        return file;
    }

    // Gzipped it is a few KB.
    private static byte[] Flood(Random random, byte[] file) => [.. file, .. Enumerable.Repeat(random.Of<byte>([0, (byte)'\n', (byte)'{', (byte)'a']), 3_000_000)];

    private static IEnumerable<InputKind> Times(InputKind kind, int times) => Enumerable.Repeat(kind, times);
}
